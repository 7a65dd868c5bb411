import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { sweepClosedAccounts } from '../../../src/domain/accounts/erase.ts'
import { reactivate } from '../../../src/domain/accounts/operator-actions.ts'
import type { Context } from '../../../src/domain/context.ts'
import {
  sweepAlarmMessages,
  sweepCancelledPlans,
  sweepCredentials,
  sweepDeskAlarms,
  sweepLoginFailures,
  sweepLoginNetworks,
  sweepRevokedConnections,
} from '../../../src/domain/maintenance/retention.ts'
import { sweep } from '../../../src/domain/maintenance/sweep.ts'
import { DAY } from '../../../src/model/time.ts'
import {
  claimClosedAccounts,
  deleteExpiredCredentials,
  deleteOldAuditEntries,
  deleteOldCancelledPlans,
  deleteOldLoginFailures,
  deleteOldLoginNetworks,
  deleteOldOutboxMessages,
  deleteOldRevokedConnections,
} from '../../../src/store/retention.ts'
import { createStore } from '../../../src/store/store.ts'
import { ack, alarms, clock, dispatcherOf, personWithContacts, rows, runAlarm, setDependencies, trigger } from '../../support/alarms.ts'
import { at } from '../../support/call.ts'
import { type Person, person } from '../../support/people.ts'
import { withOperatorContext, withSystemContext } from '../../support/worker-context.ts'

const NUMBERS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)'

/** Inserts `count` rows of the age `time`, for an account. */
const INSERTS: Readonly<Record<string, string>> = {
  credentials: `INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day) SELECT lower(hex(randomblob(16))), ?1, 'token', 0, ?3, '' FROM n`,
  login_failures: `INSERT INTO login_failures SELECT 'f' || ?1 || ?3 || i, 1, ?3, 0, 0 FROM n`,
  login_networks: `INSERT INTO login_networks SELECT ?1, 'n' || ?3 || i, ?3 FROM n`,
  revoked_connections: `INSERT INTO revoked_connections (account_id, revoked_at) SELECT ?1, ?3 FROM n`,
  cancelled_plans: `INSERT INTO cancelled_plans SELECT lower(hex(randomblob(12))), 'x', NULL, 1, 1, 1, ?3, ?1 FROM n`,
  outbox: `INSERT INTO outbox (key, account_id, channel, recipient, address, subject, body, created_at) SELECT 'k' || ?1 || ?3 || i, ?1, 'sms', 'Ann', '+49', '', '', ?3 FROM n`,
  audit_entries: `INSERT INTO audit_entries (at, action, role, subject_id) SELECT ?3, 'log-in', 'anyone', ?1 FROM n`,
}

const insert = (table: string, accountId: number, count: number, time: number): Promise<unknown> =>
  env.DB.prepare(`${NUMBERS} ${INSERTS[table]}`).bind(accountId, count, time).run()

const AGES: Readonly<Record<string, string>> = {
  credentials: 'expires_at',
  login_failures: 'since',
  login_networks: 'last_at',
  revoked_connections: 'revoked_at',
  cancelled_plans: 'cancelled_at',
  outbox: 'created_at',
  audit_entries: 'at',
}

const agesIn = async (table: string, below: number): Promise<number[]> => {
  const { results } = await env.DB.prepare(`SELECT ${AGES[table]} AS age FROM ${table} WHERE age < ? ORDER BY age`)
    .bind(below)
    .all<{ age: number }>()
  return results.map(({ age }) => age)
}

describe('rows of the database', () => {
  test.each<[string, typeof deleteOldAuditEntries]>([
    ['credentials', deleteExpiredCredentials],
    ['login_failures', deleteOldLoginFailures],
    ['login_networks', deleteOldLoginNetworks],
    ['revoked_connections', deleteOldRevokedConnections],
    ['cancelled_plans', deleteOldCancelledPlans],
    ['outbox', deleteOldOutboxMessages],
    ['audit_entries', deleteOldAuditEntries],
  ])('%s: a statement deletes the oldest ones, and no more than its limit', async (table, deleteOldest) => {
    const { id } = await person()
    const store = createStore(env.DB)
    for (const time of [3000, 1000, 2000]) await insert(table, id, 3, time)
    expect(await deleteOldest(store, 3000, 4)).toBe(4)
    expect(await agesIn(table, 10_000)).toEqual([2000, 2000, 3000, 3000, 3000])
    expect(await deleteOldest(store, 3000, 4)).toBe(2)
    expect(await deleteOldest(store, 3000, 4)).toBe(0)
    expect(await agesIn(table, 10_000)).toEqual([3000, 3000, 3000])
    await deleteOldest(store, 10_000, 10)
  })

  test('two sweeps at the same time delete each row once', async () => {
    const { id } = await person()
    await insert('login_networks', id, 50, 1000)
    const store = createStore(env.DB)
    const counts = await Promise.all(Array.from({ length: 4 }, () => deleteOldLoginNetworks(store, 2000, 20)))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(50)
  })

  test.each([
    ['credentials', sweepCredentials, 0],
    ['login_failures', sweepLoginFailures, 1],
    ['login_networks', sweepLoginNetworks, 90],
    ['revoked_connections', sweepRevokedConnections, 1],
    ['cancelled_plans', sweepCancelledPlans, 30],
  ] as const)('%s: everything that is too old is deleted, in chunks, and nothing else', async (table, sweepTable, days) => {
    const { id } = await person()
    await insert(table, id, 1200, Date.now() - days * DAY - 1000)
    await insert(table, id, 2, Date.now() - days * DAY + 60_000)
    expect(await withSystemContext(sweepTable)).toBe(1200)
    expect((await agesIn(table, Date.now() + DAY)).length).toBeGreaterThanOrEqual(2)
    await env.DB.prepare(`DELETE FROM ${table} WHERE ${AGES[table]} < ?`)
      .bind(Date.now() + DAY)
      .run()
  })

  test('a failure counter that still locks stays', async () => {
    await env.DB.prepare(`INSERT INTO login_failures VALUES ('locked', 10, 0, 9, ?)`)
      .bind(Date.now() + DAY)
      .run()
    await withSystemContext(sweepLoginFailures)
    expect(await env.DB.prepare(`SELECT who FROM login_failures WHERE who = 'locked'`).first('who')).toBe('locked')
  })

  test('the daily cron runs all of them', async () => {
    const { id } = await person()
    await insert('login_networks', id, 1, 0)
    await withSystemContext(sweep)
    expect(await agesIn('login_networks', 1)).toEqual([])
  })
})

const NO_PEOPLE = { recipients: '[]', messages: '[]' }

describe('the messages of alarms', () => {
  const historyOf = ({ id }: Person) =>
    env.DB.prepare('SELECT oldest_at FROM alarm_histories WHERE account_id = ?').bind(id).first<number>('oldest_at')
  const sweepAt = (now: number) => withSystemContext((context) => sweepAlarmMessages({ ...context, now: () => now }))
  const people = (someone: Person) => rows<Record<string, string>>(someone, 'SELECT recipients, messages FROM alarms ORDER BY number')
  const counts = async (someone: Person) =>
    (
      await rows<{ deliveries: number; attempts: number }>(
        someone,
        'SELECT (SELECT count(*) FROM deliveries) AS deliveries, (SELECT count(*) FROM attempts) AS attempts',
      )
    )[0]

  /** A person whose alarm is over, and nothing is left to send. */
  const afterAlarm = async (): Promise<{ sam: Person; time: ReturnType<typeof clock> }> => {
    const [sam, time] = [await personWithContacts(), clock()]
    await setDependencies(sam, { now: time.now })
    const id = at(await trigger(sam), 'alarm_id')
    await runAlarm(sam)
    await ack(sam, id, { note: 'all good' })
    await runAlarm(sam)
    await expect.poll(() => historyOf(sam)).not.toBeNull()
    return { sam, time }
  }

  test('are deleted after their time, with all names and addresses of others; the alarm stays', async () => {
    const { sam, time } = await afterAlarm()
    expect((await counts(sam))?.deliveries).toBeGreaterThan(3)
    // The row in the index is as old as the request; the object uses the clock of the test.
    expect(await sweepAt(time.now() + 364 * DAY)).toBe(1)
    expect((await counts(sam))?.deliveries).toBeGreaterThan(3)
    expect(await historyOf(sam)).toBe(time.now())

    expect(await sweepAt(time.now() + 366 * DAY)).toBe(1)
    expect(await counts(sam)).toEqual({ deliveries: 0, attempts: 0 })
    expect(await people(sam)).toEqual([NO_PEOPLE])
    expect(await historyOf(sam)).toBeNull()
    expect(at(await alarms(sam), 'alarms')).toMatchObject([{ status: 'acknowledged', note: 'all good', deliveries: [] }])
    const everything = await runInDurableObject(dispatcherOf(sam), (_object, { storage }) =>
      ['alarms', 'deliveries', 'attempts', 'due', 'calls', 'steps', 'facts'].map((table) =>
        JSON.stringify(storage.sql.exec(`SELECT * FROM ${table}`).toArray()),
      ),
    )
    for (const text of ['ann@example.com', '+380501234567', 'Ann', 'Hall']) expect(everything.join()).not.toContain(text)
    expect(await sweepAt(time.now() + 400 * DAY)).toBe(0)
  })

  test('stay as long as the alarm has something to send', async () => {
    const [sam, time] = [await personWithContacts(), clock()]
    await setDependencies(sam, { now: time.now })
    await trigger(sam)
    await expect.poll(() => historyOf(sam)).not.toBeNull()
    const before = await counts(sam)
    await sweepAt(time.now() + 366 * DAY)
    expect(await counts(sam)).toEqual(before)
    expect(await historyOf(sam)).toBe(time.now())
  })

  test('of a new alarm stay when the old ones are deleted, also if both happen at the same time', async () => {
    const { sam, time } = await afterAlarm()
    time.advance(366 * DAY)
    const [triggered] = await Promise.all([trigger(sam), sweepAt(time.now())])
    expect(triggered.status).toBe(200)
    const [first, second] = await people(sam)
    expect(first).toEqual(NO_PEOPLE)
    expect(second?.recipients).toContain('ann@example.com')
    expect(await historyOf(sam)).not.toBeNull()
  })

  test('are deleted in chunks', async () => {
    const sam = await person()
    await runInDurableObject(dispatcherOf(sam), (_object, { storage }) => {
      for (let number = 0; number < 5; number++)
        storage.sql.exec(
          `INSERT INTO deliveries (id, account_id, purpose, step, channel, recipient, address, subject, body, state, created_at, updated_at)
           VALUES (?, 1, 'alarm', 1, 'sms', 'Ann', '+49', '', '', 'sent', ?, 0)`,
          `d${number}`,
          number,
        )
    })
    const dispatcher = dispatcherOf(sam)
    expect(await dispatcher.deleteOldMessages(4, 3)).toBe(3)
    expect(await dispatcher.deleteOldMessages(4, 3)).toBe(4)
    expect(await dispatcher.deleteOldMessages(5, 3)).toBeNull()
  })

  test('of an object that fails are deleted by the next run; the others are not affected', async () => {
    const [first, second] = [await afterAlarm(), await afterAlarm()]
    const later = first.time.now() + 366 * DAY
    const failing = (context: Context): Context['alarms'] => ({
      dispatcher: (accountId) => {
        const dispatcher = context.alarms.dispatcher(accountId)
        return accountId === first.sam.id ? { ...dispatcher, deleteOldMessages: () => Promise.reject(new Error('moved')) } : dispatcher
      },
    })
    await withSystemContext(async (context) => {
      const broken = { ...context, now: () => later, alarms: failing(context) }
      await expect(sweepAlarmMessages(broken)).rejects.toThrow('1 alarm objects could not be swept')
    })
    expect(await historyOf(second.sam)).toBeNull()
    expect(await historyOf(first.sam)).not.toBeNull()
    await sweepAt(later)
    expect(await historyOf(first.sam)).toBeNull()
  })
})

test('alarms that are over leave the list at the desk after their time; open ones stay', async () => {
  const desk = env.SUPPORT_DESK.getByName('desk')
  await runInDurableObject(desk, (_object, { storage }) => {
    const add = (id: string, days: number, status: string) =>
      storage.sql.exec(
        `INSERT INTO alarms VALUES (?, 1, 'sam', 'x', ?, ?, NULL, NULL, NULL)`,
        id,
        status,
        new Date(Date.now() - days * DAY).toISOString().replace(/\.\d+Z$/, 'Z'),
      )
    for (let number = 0; number < 1100; number++) add(`old-${number}`, 366, 'acknowledged')
    add('open', 366, 'open')
    add('young', 364, 'cancelled')
  })
  expect(await withSystemContext(sweepDeskAlarms)).toBe(1100)
  // The tests above have alarms in the far future.
  const left = (await desk.alarms(1000)).filter(({ triggeredAt }) => triggeredAt < '2039')
  expect(left.map(({ alarmId }) => alarmId).sort()).toEqual(['open', 'young'])
})

describe('closed accounts', () => {
  const close = async (someone: Person, days: number, suspended = 0): Promise<Person> => {
    await env.DB.prepare('UPDATE accounts SET is_active = 0, is_suspended = ?, updated_at = ? WHERE id = ?')
      .bind(suspended, Date.now() - days * DAY, someone.id)
      .run()
    return someone
  }
  const exists = async ({ id }: Person) => (await env.DB.prepare('SELECT id FROM accounts WHERE id = ?').bind(id).first('id')) !== null
  const eraseAfter = (days: number, changes: Partial<Context> = {}) =>
    withSystemContext((context) => {
      const retention = { ...context.settings.retention, closedAccountsMs: days * DAY }
      return sweepClosedAccounts({ ...context, ...changes, settings: { ...context.settings, retention } })
    })

  test('are kept unless the operator sets a time', async () => {
    const sam = await close(await person(), 5000)
    await withSystemContext(sweep)
    expect(await exists(sam)).toBe(true)
    expect(await eraseAfter(30)).toBe(1)
    expect(await exists(sam)).toBe(false)
    const entry = await env.DB.prepare(`SELECT role FROM audit_entries WHERE action = 'account-erased' AND subject_id = ?`).bind(sam.id)
    expect(await entry.first('role')).toBe('system')
  })

  test('are erased after this time; active, suspended and recently closed ones stay', async () => {
    const [active, suspended, recent, old] = [
      await person(),
      await close(await person(), 100, 1),
      await close(await person(), 29),
      await close(await personWithContacts(), 31),
    ]
    await env.DB.prepare('UPDATE accounts SET updated_at = 0 WHERE id = ?').bind(active.id).run()
    await trigger(old)
    expect(await eraseAfter(30)).toBe(1)
    expect(await Promise.all([active, suspended, recent, old].map(exists))).toEqual([true, true, true, false])
    expect(await eraseAfter(30)).toBe(0)
  })

  test('are erased at most twenty in a run, the oldest first', async () => {
    const people: Person[] = []
    for (let number = 0; number < 22; number++) people.push(await close(await person(), 100 - number))
    expect(await eraseAfter(30)).toBe(20)
    expect(await Promise.all(people.map(exists))).toEqual([...Array(20).fill(false), true, true])
    expect(await eraseAfter(30)).toBe(2)
  })

  test('are either reactivated or erased, if both happen at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const sam = await close(await person(), 100)
      const [reactivated] = await Promise.all([withOperatorContext((context) => reactivate(context, sam.username)), eraseAfter(30)])
      expect(await exists(sam)).toBe(reactivated !== null)
    }
    const claimed = await close(await person(), 100)
    await claimClosedAccounts(createStore(env.DB), Date.now() - 30 * DAY, 20)
    expect(await withOperatorContext((context) => reactivate(context, claimed.username))).toBeNull()
    expect(await eraseAfter(30)).toBe(1)
    const reopened = await close(await person(), 100)
    expect(await withOperatorContext((context) => reactivate(context, reopened.username))).toMatchObject({ isActive: true })
    expect(await eraseAfter(30)).toBe(0)
  })

  test('whose erasure fails are erased by the next run; the others are not affected', async () => {
    const [first, second] = [await close(await person(), 101), await close(await person(), 100)]
    const image = `${'c'.repeat(32)}.jpg`
    await env.DB.prepare('INSERT INTO matrimony_profiles (account_id, is_listed, image, created_at, updated_at) VALUES (?, 0, ?, 0, 0)')
      .bind(first.id, image)
      .run()
    const media: Context['media'] = await withSystemContext(async (context) => ({
      ...context.media,
      remove: (names) => (names.length > 0 ? Promise.reject(new Error('R2 is down')) : Promise.resolve()),
    }))
    await expect(eraseAfter(30, { media })).rejects.toThrow('R2 is down')
    expect([await exists(first), await exists(second)]).toEqual([true, false])
    expect(await eraseAfter(30)).toBe(1)
    expect(await exists(first)).toBe(false)
  })
})
