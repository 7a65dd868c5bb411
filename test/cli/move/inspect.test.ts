import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Findings } from '../../../src/cli/move/inspect/findings.ts'
import { inspect } from '../../../src/cli/move/inspect/inspect.ts'
import { report } from '../../../src/cli/move/inspect/print.ts'
import type { ContractName } from '../../../src/model/contract.ts'
import { createFolder, FIXTURE_NAMES, type FixtureName, type Folder, peopleOf, unpack } from './fixtures.ts'

/** What `inspect` finds in the fixtures, compared with their people.json. */

const DATABASES = {
  facility: 'db.sqlite3',
  'facility-later': 'db.sqlite3',
  matrimony: 'db.sqlite3',
  'matrimony-later': 'db.sqlite3',
  meetups: 'dump',
  mindharmony: 'db.sqlite3',
  recovery: 'db.sqlite3',
} as const satisfies Record<FixtureName, string>

let folder: Folder
const found = new Map<FixtureName, Findings>()

const inspected = (path: string, options: { media?: string; contract?: ContractName } = {}): Promise<Findings> =>
  inspect({
    path: folder.file(path),
    media: options.media,
    contract: options.contract ?? null,
    now: Date.parse(peopleOf('mindharmony').now),
  })

const findingsOf = (name: FixtureName): Findings => {
  const findings = found.get(name)
  if (!findings) throw new Error(`${name} was not inspected`)
  return findings
}

const rowsOf = (findings: Findings, model: string): number => findings.models.find((count) => count.model === model)?.rows ?? 0

const notImported = (findings: Findings, model: string): number[] =>
  findings.notImported.filter((count) => count.model === model).map(({ rows }) => rows)

beforeAll(async () => {
  folder = createFolder()
  for (const name of FIXTURE_NAMES) {
    unpack(folder, name)
    found.set(name, await inspected(`${name}/${DATABASES[name]}`))
  }
})
afterAll(() => folder.remove())

describe.each(FIXTURE_NAMES)('%s', (name) => {
  test('is recognised, with its version', () => {
    const { contract, version } = findingsOf(name)
    expect([contract, version]).toEqual([name.replace('-later', ''), name])
  })

  test('has as many accounts as people.json, inactive ones and flags among them', () => {
    const { people, nextAccountId, userTable } = peopleOf(name)
    const { accounts, nextIds } = findingsOf(name)
    expect(accounts).toEqual({
      rows: people.length,
      inactive: people.filter(({ active }) => !active).length,
      withFlags: people.filter(({ flags }) => flags.length > 0).length,
    })
    const [model = ''] = Object.keys(nextIds).filter((other) => other.replace('.', '_') === userTable)
    expect(nextIds[model] ?? null).toBe(nextAccountId)
  })

  test('has as many rows of everything as people.json', () => {
    const { rows } = peopleOf(name)
    const { models, notImported, unreadable } = findingsOf(name)
    const sum = (counts: readonly { readonly model: string; readonly rows: number }[], table: string): number => {
      const names: Readonly<Record<string, string>> = { django_session: 'sessions_session', authtoken_token: 'authtoken_token' }
      return counts
        .filter(({ model }) => model.replaceAll('.', '_') === (names[table] ?? table))
        .reduce((total, count) => total + count.rows, 0)
    }
    for (const [table, expected] of Object.entries(rows)) {
      const moving = sum(models, table)
      // What moves as a model may leave some rows behind: those are counted in both.
      expect([table, moving > 0 ? moving + sum(unreadable, table) : sum(notImported, table)]).toEqual([table, expected])
    }
  })

  test('has passwords of each kind: those that the former server accepted are verified, except argon2 of 100 MiB', () => {
    const { people } = peopleOf(name)
    const { passwords } = findingsOf(name)
    const count = (verifies: boolean): number =>
      passwords.filter(({ fails }) => (fails === null) === verifies).reduce((total, { accounts }) => total + accounts, 0)
    const tooLarge = passwords
      .filter(({ kind }) => /^argon2(?:id, 100 MiB|i)$/.test(kind))
      .reduce((total, { accounts }) => total + accounts, 0)
    expect(count(true) + count(false)).toBe(people.length)
    // Good hashes of people who could not log in: the account is closed, or its password is unknown.
    const unknown = people.filter(({ worksInDjango }) => !worksInDjango).length
    const working = people.length - unknown
    expect(count(true)).toBeGreaterThanOrEqual(working - tooLarge)
    expect(count(false)).toBeLessThanOrEqual(unknown + tooLarge)
  })

  test('prints no name, address, hash, token or session of anybody', () => {
    const { people, credentials, secretKey } = peopleOf(name)
    const printed = `${report(findingsOf(name))}\n${JSON.stringify({ ...findingsOf(name), uploads: null })}`
    const withoutUploads = printed.replaceAll(/(?:profile_img|profile_pictures)\/\S*/g, '')
    expect(withoutUploads).not.toContain(secretKey)
    for (const { value } of credentials) expect(withoutUploads).not.toContain(value)
    for (const { username, email, password } of people) {
      if (username.length > 6) expect(withoutUploads).not.toContain(username)
      if (email) expect(withoutUploads).not.toContain(email)
      if (password && password.length > 6) expect(withoutUploads).not.toContain(password)
    }
    expect(withoutUploads).not.toMatch(/pbkdf2_sha256\$|[0-9a-f]{40}/)
  })
})

describe('what is not imported', () => {
  test.each(['mindharmony', 'recovery'] as const)('%s: rows whose account was deleted, as people.json lists them', (name) => {
    const orphans = Object.groupBy(peopleOf(name).orphans, ({ table }) => table.replace('_', '.'))
    for (const [model, rows = []] of Object.entries(orphans))
      expect([model, notImported(findingsOf(name), model)]).toEqual([model, [rows.length]])
  })

  test('matrimony: rows without an owner, and an account whose plan was deleted comes without it', () => {
    const findings = findingsOf('matrimony')
    expect(notImported(findings, 'authtoken.token')).toEqual([3])
    expect(notImported(findings, 'app_matching.matching')).toEqual([1])
    expect(findings.brokenLinks).toEqual([{ model: 'app_user.customuser', field: 'subscription_plan', rows: 1 }])
  })

  test('meetups: documents without an owner, what belongs to them, and a document by hand', () => {
    const findings = findingsOf('meetups')
    expect(notImported(findings, 'api.friend')).toEqual([2])
    expect(notImported(findings, 'plans')).toEqual([2])
    expect(notImported(findings, 'rsvp')).toEqual([3])
    expect(findings.unreadable).toEqual([
      {
        model: 'auth.user',
        reason: 'its key is not an id',
        rows: 1,
        examples: [{ key: 'test-user', place: expect.stringMatching(/^auth_user\.bson, byte [\d,]+$/) }],
      },
    ])
  })

  test('rows that belong to a row of a deleted account are not imported either', async () => {
    const time = '2025-01-01T00:00:00Z'
    const objects = [
      { model: 'chat.chatmessage', pk: 1, fields: { session: 1, sender: 'user', message: '', timestamp: time } },
      { model: 'chat.chatsession', pk: 1, fields: { user: 999, session_type: 'gpt', receiver: null, started_at: time, ended_at: null } },
      { model: 'chat.chatmessage', pk: 2, fields: { session: 2, sender: 'user', message: '', timestamp: time } },
    ]
    const users = peopleOf('recovery').people.length
    const dump = JSON.parse(readFileSync(folder.file('recovery/dumpdata.json'), 'utf8')).filter(
      ({ model }: { readonly model: string }) => !model.startsWith('chat.'),
    )
    folder.write('chain/dump.json', JSON.stringify([...objects, ...dump]))
    const findings = await inspected('chain/dump.json')
    expect(findings.accounts.rows).toBe(users)
    // Account 999 does not exist; session 2 does not exist at all.
    expect(notImported(findings, 'chat.chatsession')).toEqual([1])
    expect(notImported(findings, 'chat.chatmessage')).toEqual([2])
  })

  test('sessions of the admin site, where they open nothing; and those that ran out, where they would', () => {
    expect(notImported(findingsOf('mindharmony'), 'sessions.session')).toEqual([2])
    const { credentials } = peopleOf('facility')
    const expired = credentials.filter(({ why }) => /ran out|expired/.test(why ?? '')).length
    expect(findingsOf('facility').credentials.sessions).toEqual({ rows: credentials.length, expired })
  })

  test('what the contracts have no place for', () => {
    expect(notImported(findingsOf('mindharmony'), 'sessionsApp.sessions')).toEqual([3])
    expect(findingsOf('facility').notImported).toContainEqual({
      model: 'core.lesson',
      rows: 1,
      reason: expect.stringContaining('curriculum'),
    })
  })

  test.each<[fixture: FixtureName, model: string, expected: readonly [rows: number, reason: RegExp][]]>([
    ['recovery', 'event.alarm', [[1, /^an alarm of the contract is open, acknowledged or cancelled, /]]],
    ['recovery', 'event.alarmresult', [[1, /^a delivery of the contract has a recipient, /]]],
    ['recovery', 'chat.chatsession', [[2, /^its messages are imported one by one: /]]],
    ['mindharmony', 'appointment.appointment', [[4, /^the contract has no appointments$/]]],
    [
      'facility-later',
      'core.user',
      [
        [6, /^the contract has no survey$/],
        [1, /^the contract has no settings of the speech output$/],
      ],
    ],
    ['matrimony-later', 'app_subscription.subscription', [[5, /^the contract has no prices and no durations: /]]],
    ['matrimony-later', 'app_message.message', [[3, /^the contract has no connection requests$/]]],
  ])('%s: %s is counted, with the reason', (fixture, model, expected) => {
    const found = findingsOf(fixture).notImported.filter((count) => count.model === model)
    for (const [rows, reason] of expected) expect(found).toContainEqual({ model, rows, reason: expect.stringMatching(reason) })
    expect(findingsOf(fixture).models.filter(({ model: name }) => name === 'event.alarm')).toEqual([])
  })
})

describe('a part of a database', () => {
  test('the findings for dumpdata of meetups list what it lacks', async () => {
    const { absent, version } = await inspected('meetups/dumpdata.json')
    expect([version, absent]).toEqual(['meetups', ['plans', 'rsvp', 'dismissals']])
  })

  test('dumpdata of one model is recognised by its columns', async () => {
    const { contract, version, absent } = await inspected('facility/dumpdata-users.json')
    expect([contract, version, absent]).toEqual(['facility', 'facility', ['sessions.session']])
  })

  test('one collection: references to what is not there are not judged', async () => {
    const findings = await inspected('meetups/mongoexport/rsvp.json')
    expect(rowsOf(findings, 'rsvp')).toBe(50)
    expect(findings.notImported).toEqual([])
    expect(findings.absent).toContain('plans')
  })

  test('natural keys are references as well', async () => {
    const findings = await inspected('mindharmony/dumpdata-natural.json')
    expect(rowsOf(findings, 'user.userprofile')).toBe(39)
    expect(notImported(findings, 'user.userprofile')).toEqual([])
  })

  test('the original is named where only accounts are there, and contradicted where it is another', async () => {
    const users = readFileSync(folder.file('recovery/dumpdata.json'), 'utf8')
    const only = JSON.parse(users).filter(({ model }: { readonly model: string }) => model === 'auth.user')
    folder.write('users/users.json', JSON.stringify(only))
    await expect(inspected('users/users.json')).rejects.toThrow(/name the original: --contract mindharmony\.$/)
    expect((await inspected('users/users.json', { contract: 'recovery' })).contract).toBe('recovery')
    await expect(inspected('recovery/dumpdata.json', { contract: 'mindharmony' })).rejects.toThrow(
      'It is a database of recovery, not of mindharmony.',
    )
  })
})

describe('uploads', () => {
  test('are counted; rows that name a missing file, and files that no row names', () => {
    expect(findingsOf('mindharmony').uploads).toMatchObject({
      files: 1,
      bytes: 91,
      missing: { rows: 1, examples: [{ row: 'user.userprofile 40', file: 'profile_pictures/gone_S8o0mPL.gif' }] },
      unnamed: { files: 0, examples: [] },
    })
  })

  test('are found beside the database, too, and in a folder that is named', async () => {
    folder.write('project/db.sqlite3', readFileSync(folder.file('mindharmony/db.sqlite3')))
    folder.write('project/manage.py', '#!/usr/bin/env python\n')
    folder.write('project/profile_pictures/calm face.png', 'x')
    folder.write('project/profile_pictures/stray.png', 'xy')
    const { uploads, source } = await inspected('project')
    expect(uploads).toMatchObject({
      files: 2,
      bytes: 3,
      missing: { rows: 1 },
      unnamed: { files: 1, examples: ['profile_pictures/stray.png'] },
    })
    expect(source.ignored.map(({ name }) => name)).toEqual(['manage.py'])
    for (const media of ['mindharmony/media', 'mindharmony/media/profile_pictures']) {
      expect((await inspected('project/db.sqlite3', { media: folder.file(media) })).uploads).toMatchObject({
        files: 1,
        unnamed: { files: 0 },
      })
    }
    await expect(inspected('project/db.sqlite3', { media: folder.file('none') })).rejects.toThrow(/^There is no folder /)
  })

  test('a name with a way out of the folder is only looked up', async () => {
    const { uploads } = await inspected('matrimony/db.sqlite3')
    expect(uploads?.missing.rows).toBe(1)
    const escaping = JSON.stringify([
      {
        model: 'user.userprofile',
        pk: 1,
        fields: { user: 1, bio: '', profile_picture: '../dump.json', created_at: '2025-01-01T00:00:00Z' },
      },
    ])
    folder.write('escape/dump.json', escaping)
    folder.write('escape/media/profile_pictures/a.png', 'x')
    expect((await inspected('escape/dump.json')).uploads?.missing.rows).toBe(1)
  })
})

test('the report of a database', () => {
  const text = report(findingsOf('mindharmony'))
  expect(text.split('\n')[0]).toBe('A database of mindharmony (mindharmony): SQLite file')
  expect(text).toMatch(/^ {2}2 {2}argon2id, 100 MiB: more than 64 MiB of memory/m)
  expect(text).toMatch(/^ {2}auth\.user: 58$/m)
  expect(text).not.toMatch(/undefined|null|NaN/)
})

test('a name from the source does not control the terminal', async () => {
  folder.write(
    'escape-codes/dump.json',
    JSON.stringify([
      { model: 'main.musictrack\u001b[2J', pk: 1, fields: {} },
      { model: 'main.musictrack', pk: 1, fields: { name: '', url: '' } },
    ]),
  )
  const text = report(await inspected('escape-codes/dump.json'))
  expect(text).toContain('main.musictrack?[2J')
  expect(text).not.toContain('\u001b')
})
