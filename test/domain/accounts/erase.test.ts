import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { eraseAccount } from '../../../src/domain/accounts/erase.ts'
import { sweepOutbox } from '../../../src/domain/maintenance/retention.ts'
import { Failure } from '../../../src/model/result.ts'
import { DAY } from '../../../src/model/time.ts'
import { ack, alarms, clock, dispatcherOf, personWithContacts, runAlarm, setDependencies, trigger, V1 } from '../../support/alarms.ts'
import { at, call } from '../../support/call.ts'
import { PASSWORD, type Person, person } from '../../support/people.ts'
import { withOperatorContext, withSystemContext } from '../../support/worker-context.ts'

/** All columns, as `table.column`, that contain one of these texts. */
const columnsContaining = async (texts: readonly string[]): Promise<string[]> => {
  const tables = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
  ).all<{ name: string }>()
  const columns: string[] = []
  for (const { name } of tables.results) {
    const { results } = await env.DB.prepare(`SELECT * FROM "${name}"`).all()
    for (const row of results) {
      for (const [column, value] of Object.entries(row))
        if (texts.some((text) => String(value).includes(text))) columns.push(`${name}.${column}`)
    }
  }
  return [...new Set(columns)].sort()
}

const countRows = async (table: string, column: string, id: number) =>
  env.DB.prepare(`SELECT count(*) AS n FROM "${table}" WHERE "${column}" = ?`).bind(id).first<number>('n')

interface ForeignKey {
  readonly table: string
  readonly column: string
  readonly onDelete: string
}

/** Every column that refers to an account. */
const accountForeignKeys = async (): Promise<ForeignKey[]> => {
  const tables = await env.DB.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`).all<{
    name: string
  }>()
  const lists = tables.results.map(async ({ name }) => {
    const { results } = await env.DB.prepare(`PRAGMA foreign_key_list("${name}")`).all<{ table: string; from: string; on_delete: string }>()
    return results
      .filter(({ table }) => table === 'accounts')
      .map(({ from: column, on_delete: onDelete }) => ({ table: name, column, onDelete }))
  })
  return (await Promise.all(lists)).flat()
}

/** The number of rows in each table of a person's alarm dispatcher. */
const dispatcherRowCounts = (someone: Pick<Person, 'id'>) =>
  runInDurableObject(dispatcherOf(someone), (_object, state) =>
    ['facts', 'alarms', 'steps', 'deliveries', 'attempts', 'due'].map(
      (table) => state.storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
    ),
  )

const deskEventCount = (someone: Pick<Person, 'id'>) =>
  runInDurableObject(
    env.SUPPORT_DESK.getByName('desk'),
    (_object, state) => state.storage.sql.exec('SELECT id FROM events WHERE user_id = ?', String(someone.id)).toArray().length,
  )

/** A person with data in every table, object and bucket that this contract uses. */
const personWithData = async (): Promise<Person> => {
  const sam = await personWithContacts({
    contacts: [{ name: 'Zebrafinch', phone: '+380501234567', email: 'zebrafinch@example.com', relationship: 'friend' }],
  })
  await setDependencies(sam, { now: clock().now })
  await call('POST', `${V1}/chat/${sam.id}/`, { as: sam.token, json: { text: 'zebrafinch: I want to die' } })
  await call('POST', '/session/', { as: sam.token, json: { name: 'zebrafinch', date: '2026-01-01', duration: 5 } })
  const id = at(await trigger(sam), 'alarm_id')
  await runAlarm(sam)
  await ack(sam, id, { note: 'zebrafinch' })
  await runAlarm(sam)
  const picture = `profile_img/${'a'.repeat(24)}${sam.id}.jpg`
  await env.MEDIA.put(picture, 'a picture')
  await env.DB.prepare('UPDATE accounts SET profile_picture = ? WHERE id = ?').bind(`/media/${picture}`, sam.id).run()
  await call('POST', `${V1}/user/login/`, { json: { username: sam.username, password: 'wrong' } })
  return sam
}

test('a person is erased from every table, object and bucket, and the report counts what was deleted', async () => {
  const [sam, other] = [await personWithData(), await person()]
  await call('POST', `${V1}/chat/${other.id}/`, { as: other.token, json: { text: 'hello' } })
  const texts = [sam.username, sam.objectId, 'ebrafinch']
  expect(await columnsContaining(texts)).toEqual(
    expect.arrayContaining([
      'accounts.username',
      'assistant_turns.text',
      'emergency_contacts.name',
      'outbox.body',
      'practice_sessions.name',
    ]),
  )
  expect((await dispatcherRowCounts(sam)).every((rows) => rows > 0)).toBe(false) // Nothing is due any more.
  expect(await deskEventCount(sam)).toBe(3)

  const erased = await withOperatorContext((context) => eraseAccount(context, sam.username.toUpperCase()))
  if (erased instanceof Failure) throw new Error(erased.code)
  expect(erased).toMatchObject({ accountId: sam.id, username: sam.username, conversation: 0, deskEvents: 3, pictures: 1 })
  expect(erased.rows).toEqual({
    accounts: 1,
    announcement_gaps: 1, // the account is closed first
    alarm_histories: 1,
    assistant_turns: 2,
    emergency_contacts: 1,
    login_failures: 2, // of this address, and of all addresses together
    outbox: 4, // the alarm and the all-clear, each to two people
    practice_sessions: 1,
    quota_uses: 4,
    recovery_profiles: 1,
    therapists: 1,
  })
  expect(erased.alarms).toBeGreaterThan(5)

  expect(await columnsContaining(texts)).toEqual([])
  for (const { table, column } of await accountForeignKeys()) expect([table, await countRows(table, column, sam.id)]).toEqual([table, 0])
  expect(await dispatcherRowCounts(sam)).toEqual([0, 0, 0, 0, 0, 0])
  expect(await deskEventCount(sam)).toBe(0)
  expect((await env.MEDIA.list()).objects.map(({ key }) => key)).not.toContain(`profile_img/${'a'.repeat(24)}${sam.id}.jpg`)

  expect((await alarms(sam)).status).toBe(401)
  expect((await call('POST', `${V1}/user/login/`, { json: { username: sam.username, password: 'correct horse 7' } })).status).toBe(401)
  expect(await countRows('assistant_turns', 'account_id', other.id)).toBe(2)
  expect(await withOperatorContext((context) => eraseAccount(context, sam.username))).toBeInstanceOf(Failure)
})

test('every foreign key to accounts deletes its row with the account', async () => {
  const foreignKeys = await accountForeignKeys()
  expect(foreignKeys.length).toBeGreaterThan(8)
  expect(foreignKeys.filter(({ onDelete }) => onDelete !== 'CASCADE')).toEqual([])
})

test('the operator’s entrypoint erases an account, and returns null for an unknown username', async () => {
  const sam = await person()
  expect(await exports.Operator.erase(sam.username)).toMatchObject({ accountId: sam.id, rows: { accounts: 1 } })
  expect(await exports.Operator.erase(sam.username)).toBeNull()
})

test('erasing an unknown account creates no Durable Object', async () => {
  const before = (await listDurableObjectIds(env.ALARM_DISPATCHER)).length
  expect(await withOperatorContext((context) => eraseAccount(context, 'unknown.account'))).toBeInstanceOf(Failure)
  expect((await listDurableObjectIds(env.ALARM_DISPATCHER)).length).toBe(before)
})

describe('a person erases their own account', () => {
  const erase = (someone: Person, password: string) => call('POST', '/account/erase', { as: someone.token, json: { password } })

  test('with the password, and is told what was removed', async () => {
    const sam = await personWithData()
    const erased = await erase(sam, PASSWORD)
    expect(erased.status).toBe(200)
    expect(erased.json).toMatchObject({
      erased: sam.username,
      removed: { rows: { accounts: 1, therapists: 1 }, desk_events: 3, pictures: 1 },
    })
    expect(await columnsContaining([sam.username, sam.objectId])).toEqual([])
    expect((await alarms(sam)).status).toBe(401)
    const entry = await env.DB.prepare(`SELECT actor_id FROM audit_entries WHERE action = 'account-erased' AND subject_id = ?`)
    expect(await entry.bind(sam.id).first('actor_id')).toBe(sam.id)
  })

  test('not with a wrong password, which counts as a failed log-in until the account is locked', async () => {
    const sam = await person()
    const statuses: number[] = []
    for (let attempt = 0; attempt < 11; attempt++) statuses.push((await erase(sam, 'wrong')).status)
    expect(statuses).toEqual([...Array(10).fill(400), 429])
    expect((await erase(sam, PASSWORD)).status).toBe(429)
    expect(await countRows('accounts', 'id', sam.id)).toBe(1)
    expect((await call('POST', '/account/erase', { as: sam.token })).status).toBe(400)
    expect((await call('POST', '/account/erase', { json: { password: PASSWORD } })).status).toBe(401)
  })

  test('of an erasure and a password change at the same time, one succeeds', async () => {
    for (let round = 0; round < 3; round++) {
      const sam = await person()
      const json = { username: sam.username, old_password: PASSWORD, new_password: 'another horse 8' }
      const [erased, changed] = await Promise.all([erase(sam, PASSWORD), call('PUT', '/users/reset/', { as: sam.token, json })])
      expect([erased.status === 200, changed.status === 200].filter(Boolean)).toHaveLength(1)
      expect(await countRows('accounts', 'id', sam.id)).toBe(erased.status === 200 ? 0 : 1)
    }
  })
})

test('messages in the outbox are deleted after their retention time, in chunks', async () => {
  const sam = await person()
  const insert = (days: number, count: number) =>
    env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
       INSERT INTO outbox (key, account_id, channel, recipient, address, subject, body, created_at) SELECT 'old.' || ?2 || '.' || i, ?1, 'sms', 'Ann', '+4915112345678', '', 'Help.', ?2 FROM n`,
    )
      .bind(sam.id, Date.now() - days * DAY, count)
      .run()
  await insert(91, 1200)
  await insert(89, 2)
  expect(await withSystemContext(sweepOutbox)).toBe(1200)
  expect(await countRows('outbox', 'account_id', sam.id)).toBe(2)
})

describe('a picture', () => {
  test('of a matrimony profile is deleted at once', async () => {
    const sam = await person()
    const image = `${'b'.repeat(32)}.jpg`
    await env.MEDIA.put(`profile_img/${image}`, 'a picture')
    await env.DB.prepare('INSERT INTO matrimony_profiles (account_id, is_listed, image, created_at, updated_at) VALUES (?, 1, ?, 0, 0)')
      .bind(sam.id, image)
      .run()
    const erased = await withOperatorContext((context) => eraseAccount(context, sam.username))
    expect(erased).toMatchObject({ pictures: 1 })
    expect(await env.MEDIA.head(`profile_img/${image}`)).toBeNull()
  })

  test('that another account uses as well is not deleted', async () => {
    const [sam, other] = [await person(), await person()]
    await env.MEDIA.put('profile_img/theirs.jpg', 'a picture')
    for (const { id } of [sam, other])
      await env.DB.prepare(`UPDATE accounts SET profile_picture = '/media/profile_img/theirs.jpg' WHERE id = ?`).bind(id).run()
    await withOperatorContext((context) => eraseAccount(context, sam.username))
    expect(await env.MEDIA.head('profile_img/theirs.jpg')).not.toBeNull()
    await withOperatorContext((context) => eraseAccount(context, other.username))
    expect(await env.MEDIA.head('profile_img/theirs.jpg')).toBeNull()
  })
})

test('an erasure that failed half-way can be repeated with the same username', async () => {
  const sam = await personWithData()
  await withOperatorContext(async (context) => {
    const broken = { ...context, media: { ...context.media, remove: () => Promise.reject(new Error('R2 is down')) } }
    await expect(eraseAccount(broken, sam.username)).rejects.toThrow('R2 is down')
  })
  expect((await alarms(sam)).status).toBe(401)
  const erased = await withOperatorContext((context) => eraseAccount(context, sam.username))
  expect(erased).toMatchObject({ accountId: sam.id, pictures: 1 })
  expect(await columnsContaining([sam.username])).toEqual([])
})
