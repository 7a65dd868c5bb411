import { runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, test } from 'vitest'
import { exportData } from '../../../src/domain/accounts/export.ts'
import { Failure } from '../../../src/model/result.ts'
import { findFirstOwnRows, findMoreOwnRows, OWN_SECTIONS } from '../../../src/store/own-data.ts'
import { accountColumns } from '../../support/account-columns.ts'
import { ack, clock, dispatcherOf, personWithContacts, runAlarm, setDependencies, trigger, V1 } from '../../support/alarms.ts'
import { at, call, type TestResponse, textAt } from '../../support/call.ts'
import { expensiveSteps, explain } from '../../support/explain.ts'
import { hex, insert, insertEverything } from '../../support/own-rows.ts'
import { PASSWORD, type Person, person, personWith } from '../../support/people.ts'
import { withOperatorContext } from '../../support/worker-context.ts'

const exportOf = (someone: Person, headers = {}) => call('GET', '/account/export', { as: someone.token, headers })

const rowsIn = (exported: TestResponse, section: string): Record<string, unknown>[] => {
  const rows = at(exported, section)
  if (!Array.isArray(rows)) throw new Error(`no section ${section}: ${exported.text.slice(0, 200)}`)
  return rows
}

/** Columns whose rows are not in the copy, because they are not the person's. */
const NOT_EXPORTED: Readonly<Record<string, string>> = {
  'matches.user2_id': "the result of the other member's search",
  'blocks.blocked_id': 'whom others block is their own affair',
  'member_reports.reported_id': 'it would tell who has reported the person',
  'audit_entries.actor_id': 'what the person did to others is about the others; what is about the person is in audit_trail',
  'announcements.subject_id': 'the text goes to other members',
  'name_prefixes.account_id': 'an index of the names in the account',
  'contact_answers.account_id': 'digests of the addresses of others; the person sees the answers beside their contacts',
  'one_time_links.account_id': 'digests of secrets that were sent',
  'erasures.account_id': 'a queue of work: the account is closed, so nobody can ask for a copy',
  'passkey_enrolments.account_id': 'the digest of a secret that the operator handed out',
  'push_subscriptions.account_id': 'the keys of a device of staff: whoever has them can notify it',
  'revoked_connections.account_id': 'a queue of work, emptied after a day',
}

/** Columns without a foreign key, and what becomes of their rows when the account is erased. */
const NOT_CASCADING: Readonly<Record<string, string>> = {
  'audit_entries.actor_id': 'stays: an id without an account',
  'audit_entries.subject_id': 'stays: an id without an account',
  'announcements.subject_id': "stays, like the id in the text of other members' notifications: an id without an account",
  'name_prefixes.account_id': 'a trigger deletes the row',
  'revoked_connections.account_id': 'deleted after a day: until then the objects need it',
}

const exportedColumns = new Set([
  ...OWN_SECTIONS.map(({ owner }) => `${getTableName(owner.table)}.${owner.name}`),
  'audit_entries.subject_id',
])

describe('the schema', () => {
  test('every column that refers to an account is in the copy, or has a reason', () => {
    expect(accountColumns.length).toBeGreaterThan(35)
    const missing = accountColumns.map(({ column }) => column).filter((column) => !exportedColumns.has(column))
    expect(missing.sort()).toEqual(Object.keys(NOT_EXPORTED).sort())
  })

  test('every column that refers to an account is erased by a foreign key, or has a reason', () => {
    const others = accountColumns.filter(({ cascades }) => !cascades).map(({ column }) => column)
    expect(others.sort()).toEqual(Object.keys(NOT_CASCADING).sort())
  })

  test('a section has every column of its table, except secrets and copies', () => {
    const omitted = OWN_SECTIONS.filter(({ joined, owner }) => !joined || owner.table === joined.table).flatMap(({ owner, columns }) =>
      Object.values(getTableColumns<SQLiteTable>(owner.table))
        .filter((column) => !columns.includes(column))
        .map(({ name }) => `${getTableName(owner.table)}.${name}`),
    )
    expect([...new Set(omitted)].sort()).toEqual([
      'accounts.email_key',
      'accounts.password',
      'accounts.username_key',
      'calendar_feeds.token',
      'contract_names.name_key',
      'friend_records.high_id',
      'friend_records.low_id',
    ])
  })

  test('each page is read by an index, in its order', async () => {
    for (const section of OWN_SECTIONS) {
      const last = Object.fromEntries(section.order.map(({ name }) => [name, 1]))
      const steps = await explain((store) => findMoreOwnRows(store, 1, section, last, 10))
      expect([section.name, expensiveSteps(steps)]).toEqual([section.name, []])
    }
    const audit = {
      at: 0,
      action: 'account-exported',
      role: 'member',
      actorId: 1,
      credentialId: '',
      address: '',
      subjectId: 1,
      detail: '',
    } as const
    expect(expensiveSteps(await explain((store) => findFirstOwnRows(store, 1, { limit: 10, audit })))).toEqual([])
  })
})

/** The tables of the objects that hold data of one person: what the copy has of each. */
const OBJECT_TABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a person’s alarms': {
    alarms: 'exported',
    deliveries: 'exported: those to people',
    attempts: 'the replies of providers to each attempt; the outcome is in the delivery',
    calls: 'ids that a client chose for its requests',
    due: 'a queue of work',
    facts: 'state of the object',
    steps: 'when a step started; its deliveries are exported',
  },
  'a person’s room': {
    messages: 'exported',
    notes: 'what staff write for each other; the person never sees it',
    outbox: 'copies of messages that the desk has not received yet',
    files: 'exported in support_files, with their content',
    notices: 'automatic answers, which nobody has written',
    reply_marks: 'which replies were announced',
    desks: 'whether staff are there',
    facts: 'state of the object',
  },
  'the desk': {
    events: 'copies of messages and alarms',
    rooms: 'copies of messages and alarms',
    alarms: 'copies of alarms',
    pushes: 'notifications for devices of staff; they say nothing about a person',
    facts: 'state of the object',
  },
}

test('every table of the objects is in the copy, or has a reason', async () => {
  const sam = await personWithContacts()
  const admin = await personWith('is_staff')
  await trigger(sam)
  await call('POST', `${V1}/chat/user/support/${sam.id}/`, { as: sam.token })
  await call('POST', `/console/api/rooms/${sam.id}/notes`, { as: admin.token, json: { text: 'note', client_id: 'n1' } })
  const tablesOf = (_object: unknown, { storage }: DurableObjectState) =>
    storage.sql
      .exec<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'`)
      .toArray()
      .map(({ name }) => name)
      .sort()
  const room = env.SUPPORT_ROOM.getByName(String(sam.id))
  await room.newestMessageId()
  await room.notes(1)
  expect({
    'a person’s alarms': await runInDurableObject(dispatcherOf(sam), tablesOf),
    'a person’s room': await runInDurableObject(room, tablesOf),
    'the desk': await runInDurableObject(env.SUPPORT_DESK.getByName('desk'), tablesOf),
  }).toEqual(Object.fromEntries(Object.entries(OBJECT_TABLES).map(([object, names]) => [object, Object.keys(names).sort()])))
})

const somebodyWithEverything = async (): Promise<{ sam: Person; stranger: Person }> => {
  const [sam, stranger, third] = [await personWithContacts(), await person('stranger'), await person()]
  await insertEverything(sam.id, stranger.id)
  const times = { created_at: 1, updated_at: 1 }
  await insert('friend_records', { id: hex('9', 24), sender_id: third.id, receiver_id: sam.id, ...times })
  await insert('blocks', { blocker_id: sam.id, blocked_id: third.id, created_at: 1 })
  await insert('member_reports', { reporter_id: sam.id, reported_id: third.id, reason: 'zebra spam', created_at: 1 })
  return { sam, stranger }
}

describe('a person gets a copy of their data', () => {
  test('with every section, as one JSON document', async () => {
    const { sam, stranger } = await somebodyWithEverything()
    await setDependencies(sam, { now: clock().now })
    const alarmId = at(await trigger(sam), 'alarm_id')
    await runAlarm(sam)
    await ack(sam, alarmId, { note: 'zebra note' })
    const room = env.SUPPORT_ROOM.getByName(String(sam.id))
    const sender = { id: sam.id, username: sam.username }
    await room.storeMessage(sender, { sender, fromAdmin: false, message: 'zebra hello', clientId: null, connectionId: '' })

    const exported = await exportOf(sam)
    expect(exported.status).toBe(200)
    expect(exported.headers.get('Content-Type')).toBe('application/json')
    expect(exported.headers.get('Content-Disposition')).toBe(`attachment; filename="concord-${sam.id}.json"`)
    expect(exported.headers.get('Cache-Control')).toBe('no-store')
    for (const { name } of OWN_SECTIONS) expect([name, rowsIn(exported, name).length > 0]).toEqual([name, true])
    expect(rowsIn(exported, 'account')).toMatchObject([
      { id: sam.id, username: sam.username, is_staff: false, created_at: expect.stringMatching(/Z$/) },
    ])
    expect(rowsIn(exported, 'subscription_plan')).toMatchObject([{ plan_type: 'gold' }])
    expect(rowsIn(exported, 'match_preferences')).toMatchObject([{ profession: ['vet'] }])
    expect(rowsIn(exported, 'notifications')).toMatchObject([{ title: expect.any(String) }, { title: 'News', content: 'Zebra news' }])
    expect(rowsIn(exported, 'announcements')).toMatchObject([{ notification_id: expect.any(Number), kind: 'bulk', title: 'News' }])
    expect(rowsIn(exported, 'direct_messages_received')).toMatchObject([{ sender_id: stranger.id, content: 'zebra received' }])
    expect(rowsIn(exported, 'support_messages')).toMatchObject([{ sender_name: sam.username, message: 'zebra hello', from_admin: false }])
    const [alarm] = rowsIn(exported, 'alarms')
    expect(alarm).toMatchObject({ alarm_id: alarmId, status: 'acknowledged', location: 'Kyiv', note: 'zebra note' })
    expect(alarm?.deliveries).toContainEqual(expect.objectContaining({ channel: 'email', recipient: 'Ann', address: 'ann@example.com' }))
    expect(rowsIn(exported, 'audit_trail').map(({ action }) => action)).toContain('account-exported')
  })

  test('without secrets, and without what belongs to others', async () => {
    const { sam, stranger } = await somebodyWithEverything()
    const admin = await personWith('is_staff')
    await insert('blocks', { blocker_id: stranger.id, blocked_id: sam.id, created_at: 1 })
    await insert('member_reports', { reporter_id: stranger.id, reported_id: sam.id, reason: 'giraffe', created_at: 1 })
    await insert('matches', { user1_id: stranger.id, user2_id: sam.id, score: 77.25, status: 'pending', created_at: 1, updated_at: 1 })
    await env.SUPPORT_ROOM.getByName(String(sam.id)).addNote(
      { id: sam.id, username: sam.username },
      { author: { id: admin.id, username: admin.username }, text: 'giraffe', clientId: 'n1' },
    )
    await call('GET', `${V1}/user/${sam.id}/`, { as: admin.token, headers: { 'CF-Connecting-IP': '203.0.113.77' } })
    const secrets = await env.DB.prepare(
      'SELECT password, (SELECT token FROM calendar_feeds WHERE account_id = accounts.id) AS token FROM accounts WHERE id = ?',
    )
      .bind(sam.id)
      .first<{ password: string; token: string }>()
    const exported = await exportOf(sam)
    expect(rowsIn(exported, 'blocks')).toHaveLength(1)
    expect(rowsIn(exported, 'audit_trail')).toContainEqual(
      expect.objectContaining({ action: 'health-read', actor_name: admin.username, address: null, credential_id: null }),
    )
    for (const text of [secrets?.password, secrets?.token, 'argon2', '"password"', 'giraffe', '77.25', '203.0.113.77', stranger.email])
      expect([text, exported.text.includes(String(text))]).toEqual([text, false])
  })

  test('with long lists in pages: each row once, in order, and never all of it in memory', async () => {
    const sam = await person()
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1700)
       INSERT INTO practice_sessions (account_id, name, date, duration, created_at) SELECT ?, 'Sit ' || i, date('2020-01-01', (i % 900) || ' days'), 1, 0 FROM n`,
    )
      .bind(sam.id)
      .run()
    await withOperatorContext(async (context) => {
      const exported = await exportData(context, sam.username)
      if (exported instanceof Failure) throw new Error(exported.code)
      const texts: string[] = []
      for await (const text of exported.texts) texts.push(text)
      const sessions: { name: string; date: string }[] = JSON.parse(texts.join('')).practice_sessions
      expect(new Set(sessions.map(({ name }) => name)).size).toBe(1700)
      expect(sessions).toHaveLength(1700)
      expect(sessions.map(({ date }) => date)).toEqual(sessions.map(({ date }) => date).sort())
      expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(texts.join('').length / 3)
    })
  })

  test('also with hundreds of alarms', async () => {
    const sam = await person()
    await runInDurableObject(dispatcherOf(sam), (_object, { storage }) => {
      for (let number = 1; number <= 140; number++)
        storage.sql.exec(
          `INSERT INTO alarms (id, account_id, username, who, location, scenario, recipients, messages, triggered_at, begins_at)
           VALUES (?, ?, 'sam', 'Sam', '', 'x', '[]', '[]', ?, 0)`,
          `alarm-${number}`,
          sam.id,
          number,
        )
    })
    const ids = rowsIn(await exportOf(sam), 'alarms').map(({ alarm_id }) => alarm_id)
    expect(ids).toEqual(Array.from({ length: 140 }, (_, index) => `alarm-${index + 1}`))
  })

  test.each([0, 1, 2, 3, 24_576, 200_003])('with a picture of %i bytes', async (size) => {
    const sam = await person()
    const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31) % 256)
    const name = `${hex('', 32)}.png`
    await env.MEDIA.put(`profile_img/${name}`, bytes, { httpMetadata: { contentType: 'image/png' } })
    await env.DB.prepare('UPDATE accounts SET profile_picture = ? WHERE id = ?').bind(`/media/profile_img/${name}`, sam.id).run()
    const [picture, ...others] = rowsIn(await exportOf(sam), 'pictures')
    expect(others).toEqual([])
    expect(picture?.path).toBe(`/media/profile_img/${name}`)
    const [type, data = ''] = String(picture?.data).split(',')
    expect(type).toBe('data:image/png;base64')
    expect(Uint8Array.from(atob(data), (character) => character.charCodeAt(0))).toEqual(bytes)
  })

  test('with the files of the conversation, of both sides, and none of another one', async () => {
    const [sam, alex, other] = [await person(), await personWith('is_staff'), await person()]
    const sendFile = async (room: Person, as: Person, name: string, content: string | Uint8Array<ArrayBuffer>) => {
      const form = new FormData()
      form.set('file', new Blob([content]), name)
      form.set('name', name)
      const id = textAt(await call('POST', `/support/files/${room.id}/`, { as: as.token, body: form }), 'id')
      await call('POST', `/support/files/${room.id}/${id}/send/`, { as: as.token, json: { client_id: id } })
      return id
    }
    const text = 'zebra '.repeat(20_000)
    const own = await sendFile(sam, sam, 'diary "1".txt', text)
    const theirs = await sendFile(sam, alex, 'plan.txt', 'breathe')
    await sendFile(other, other, 'secret.txt', 'giraffe')
    const form = new FormData()
    form.set('file', new Blob(['never sent']), 'a.txt')
    await call('POST', `/support/files/${sam.id}/`, { as: sam.token, body: form })
    const files = rowsIn(await exportOf(sam), 'support_files')
    const dataOf = (content: string) => `data:text/plain;base64,${btoa(content)}`
    expect(files).toEqual([
      { message_id: 1, id: own, name: 'diary 1.txt', data: dataOf(text) },
      { message_id: 2, id: theirs, name: 'plan.txt', data: dataOf('breathe') },
    ])
    await env.MEDIA.delete(`chat/${sam.id}/${own}`)
    expect(rowsIn(await exportOf(sam), 'support_files').map(({ id }) => id)).toEqual([theirs])
  })

  test('with large files in small pieces, so that no file is in memory as a whole', async () => {
    const sam = await person()
    const size = 3 * 1024 * 1024
    const room = env.SUPPORT_ROOM.getByName(String(sam.id))
    const sender = { id: sam.id, username: sam.username }
    for (const id of ['a', 'b'].map((letter) => letter.repeat(32))) {
      await env.MEDIA.put(`chat/${sam.id}/${id}`, new Uint8Array(size))
      await room.addFile(sender, { id, name: 'a.txt', type: 'text/plain', size, senderId: sam.id })
      await room.storeMessage(sender, { sender, fromAdmin: false, message: '', fileId: id, clientId: id, connectionId: '' })
    }
    await withOperatorContext(async (context) => {
      const exported = await exportData(context, sam.username)
      if (exported instanceof Failure) throw new Error(exported.code)
      let [longest, total] = [0, 0]
      for await (const piece of exported.texts) {
        longest = Math.max(longest, piece.length)
        total += piece.length
      }
      expect(total).toBeGreaterThan((2 * size * 4) / 3)
      expect(longest).toBeLessThan(100_000)
    })
  })

  test('without a picture that is gone, or that is not of this site', async () => {
    const sam = await person()
    for (const path of [
      'https://elsewhere.example/a.png',
      '/media/profile_img/../secret.png',
      `/media/profile_img/${'a'.repeat(32)}.gif`,
    ]) {
      await env.DB.prepare('UPDATE accounts SET profile_picture = ? WHERE id = ?').bind(path, sam.id).run()
      expect(rowsIn(await exportOf(sam), 'pictures')).toEqual([])
    }
  })
})

describe('the request', () => {
  test('needs a credential, has a quota that concurrent requests share, and is recorded', async () => {
    expect((await call('GET', '/account/export')).status).toBe(401)
    const sam = await person()
    const statuses = (await Promise.all(Array.from({ length: 23 }, () => exportOf(sam)))).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(20)
    expect(statuses.filter((status) => status === 429)).toHaveLength(3)
    const entries = await env.DB.prepare(
      `SELECT count(*) AS n FROM audit_entries WHERE action = 'account-exported' AND subject_id = ? AND actor_id = ?`,
    )
      .bind(sam.id, sam.id)
      .first('n')
    expect(entries).toBe(20)
  })

  test('HEAD records nothing, and a cookie counts on our own pages only', async () => {
    const sam = await person()
    const head = await call('HEAD', '/account/export', { as: sam.token })
    expect([head.status, head.text]).toEqual([200, ''])
    const login = await call('POST', '/api/sessions/', { json: { username: sam.username, password: PASSWORD } })
    const cookie = login.headers.get('Set-Cookie')?.split(';')[0] ?? ''
    const from = (site: string) => call('GET', '/account/export', { headers: { Cookie: cookie, 'Sec-Fetch-Site': site } })
    expect((await from('cross-site')).status).toBe(403)
    expect((await from('same-origin')).status).toBe(200)
    const entries = await env.DB.prepare(`SELECT count(*) AS n FROM audit_entries WHERE action = 'account-exported' AND subject_id = ?`)
      .bind(sam.id)
      .first('n')
    expect(entries).toBe(1)
  })

  test('and an erasure at the same time: the copy is whole or refused, and nothing is left', async () => {
    for (let round = 0; round < 3; round++) {
      const { sam } = await somebodyWithEverything()
      const [exported, erased] = await Promise.all([
        exportOf(sam),
        call('POST', '/account/erase', { as: sam.token, json: { password: PASSWORD } }),
      ])
      expect(erased.status).toBe(200)
      expect([200, 401, 404]).toContain(exported.status)
      if (exported.status === 200) expect(rowsIn(exported, 'account')).toMatchObject([{ id: sam.id }])
      for (const { owner } of OWN_SECTIONS) {
        const left = await env.DB.prepare(`SELECT count(*) AS n FROM ${getTableName(owner.table)} WHERE ${owner.name} = ?`)
          .bind(sam.id)
          .first('n')
        expect([owner.name, left]).toEqual([owner.name, 0])
      }
    }
  })
})

test('the operator’s entrypoint streams the same document, and returns null for an unknown username', async () => {
  const sam = await person()
  const stream = await exports.Operator.export(sam.username.toUpperCase())
  if (!stream) throw new Error('no stream')
  const exported: Record<string, { username: string }[]> = JSON.parse(await new Response(stream).text())
  expect(exported.account?.[0]?.username).toBe(sam.username)
  expect(await exports.Operator.export('unknown.account')).toBeNull()
  const entry = await env.DB.prepare(`SELECT role FROM audit_entries WHERE action = 'account-exported' AND subject_id = ?`)
    .bind(sam.id)
    .first('role')
  expect(entry).toBe('operator')
})
