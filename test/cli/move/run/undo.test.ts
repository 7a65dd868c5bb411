import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTarget, type TestTarget } from '../database.ts'
import { createFolder, type Folder, peopleOf, unpack } from '../fixtures.ts'
import { importPlan, moveIn, planFor, undoPlan } from '../moving.ts'

/** What is taken back, and what people have done since. */

const SOURCES = {
  mindharmony: 'db.sqlite3',
  facility: 'db.sqlite3',
  'facility-later': 'pg_dump.sql',
  matrimony: 'db.sqlite3',
  'matrimony-later': 'dumpdata.json',
  recovery: 'pg_dump.sql',
  meetups: 'dump',
} as const

type Name = keyof typeof SOURCES
const NAMES: readonly Name[] = ['mindharmony', 'facility', 'facility-later', 'matrimony', 'matrimony-later', 'recovery', 'meetups']

let folder: Folder
let target: TestTarget
beforeAll(() => {
  folder = createFolder()
  for (const name of NAMES) unpack(folder, name)
})
afterAll(() => folder.remove())
beforeEach(() => {
  target = createTarget()
})
afterEach(() => target.close())

const pathOf = (name: Name): string => folder.file(name, SOURCES[name])
const keysOf = (name: Name) => ({ secretKeys: [peopleOf(name).secretKey] })

test.each(NAMES)('%s: everything that was brought is gone, and nothing else', async (name) => {
  const before = target.dump()
  const { plan } = await moveIn(target, pathOf(name), keysOf(name))
  expect(target.rows('SELECT count(*) AS accounts FROM accounts')).not.toEqual([{ accounts: 0 }])
  await undoPlan(target, plan.plan)
  expect(target.dump()).toEqual(before)
})

const idOf = (username: string): number => Number(target.rows('SELECT id FROM accounts WHERE username = ?', username)[0]?.id)

const USES: Readonly<Record<string, (id: number) => void>> = {
  'has logged in': (id) => target.run('UPDATE accounts SET last_login_at = 1, password = ? WHERE id = ?', '$argon2id$new', id),
  'has a new log-in': (id) =>
    target.run(
      "INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day) VALUES (?, ?, 'token', 1, 2, '2026-11-21')",
      'f'.repeat(32),
      id,
    ),
  'has written a message': (id) =>
    target.run(
      'INSERT INTO direct_messages (sender_id, receiver_id, content, created_at, updated_at) VALUES (?, ?, ?, 1, 1)',
      id,
      idOf('admin'),
      'hello',
    ),
  'has changed the profile': (id) => target.run("UPDATE matrimony_profiles SET bio = 'new' WHERE account_id = ?", id),
  'was suspended by staff': (id) => target.run('UPDATE accounts SET is_active = 0, is_suspended = 1 WHERE id = ?', id),
}

describe('an account that was used since', () => {
  test.each(Object.keys(USES))('%s: it stays, with everything that is its own', async (use) => {
    const { plan } = await moveIn(target, pathOf('matrimony'))
    const id = idOf('quensa.mockridge')
    const profile = target.rows('SELECT * FROM match_preferences WHERE account_id = ?', id)
    USES[use]?.(id)
    const report = await undoPlan(target, plan.plan)
    expect(target.rows('SELECT id FROM accounts WHERE username = ?', 'quensa.mockridge')).toEqual([{ id }])
    expect(target.rows('SELECT * FROM match_preferences WHERE account_id = ?', id)).toEqual(profile)
    const others = use === 'has written a message' ? ['admin', 'quensa.mockridge'] : ['quensa.mockridge']
    expect(target.rows('SELECT username FROM accounts ORDER BY username')).toEqual(others.map((username) => ({ username })))
    expect(report.reasons('stays')).toContainEqual({
      model: 'app_user.customuser',
      reason: 'the account has been used since',
      rows: others.length,
    })
  })
})

test('a facility profile that was changed keeps its account', async () => {
  const { plan } = await moveIn(target, pathOf('facility'))
  target.run("UPDATE facility_profiles SET theme = 'dark' WHERE account_id = ?", idOf('quensa.mockridge'))
  await undoPlan(target, plan.plan)
  expect(target.rows('SELECT username FROM accounts')).toEqual([{ username: 'quensa.mockridge' }])
})

test('accounts that were here before are not touched', async () => {
  target.run(
    "INSERT INTO accounts (object_id, username, username_key, password, created_at, updated_at) VALUES (?, 'etan', 'etan', '!', 0, 0)",
    '0'.repeat(24),
  )
  const before = target.dump()
  const { plan } = await moveIn(target, pathOf('recovery'))
  expect(plan.accounts.renamed.map(({ username }) => username)).toContain('etan')
  await undoPlan(target, plan.plan)
  expect(target.dump()).toEqual(before)
})

test('interrupted, it can be repeated; and then the plan is not imported again, but a new one is', async () => {
  const before = target.dump()
  const { plan } = await moveIn(target, pathOf('meetups'), keysOf('meetups'))
  let batches = 0
  target.beforeBatch = () => {
    if (++batches > 5) throw new Error('stopped')
  }
  await expect(undoPlan(target, plan.plan)).rejects.toThrow('stopped')
  target.beforeBatch = () => undefined
  await undoPlan(target, plan.plan)
  expect(target.dump()).toEqual(before)
  await expect(importPlan(target, pathOf('meetups'), plan)).rejects.toThrow('This plan was imported and taken back. Make a new plan.')
  await moveIn(target, pathOf('meetups'))
  expect(target.rows('SELECT count(*) AS accounts FROM accounts')).toEqual([{ accounts: 40 }])
})

test('a later run of the same contract is undone first', async () => {
  const first = await moveIn(target, pathOf('recovery'), { change: (plan) => ({ ...plan, leaveOut: ['2'] }) })
  target.run('UPDATE moves SET started_at = started_at - 1')
  const second = await planFor(target, pathOf('recovery'))
  expect(second.accounts).toMatchObject({ moving: 1, before: 39 })
  await importPlan(target, pathOf('recovery'), second)
  expect(idOf('quensa.mockridge')).toBe(4 * 2 ** 28 + 2)
  await expect(undoPlan(target, first.plan.plan)).rejects.toThrow(`A later run has added to this one: undo ${second.plan} first.`)
  await undoPlan(target, second.plan)
  expect(target.rows('SELECT count(*) AS accounts FROM accounts')).toEqual([{ accounts: 39 }])
  await undoPlan(target, first.plan.plan)
  expect(target.rows('SELECT count(*) AS accounts FROM accounts')).toEqual([{ accounts: 0 }])
})
