import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { readTrail, recordCommand } from '../../src/domain/audit.ts'
import { sweepAuditTrail } from '../../src/domain/maintenance/retention.ts'
import { DAY } from '../../src/model/time.ts'
import { findAuditEntries } from '../../src/store/audit.ts'
import { ANN, personWithContacts, trigger, V1 } from '../support/alarms.ts'
import { at, call, textAt } from '../support/call.ts'
import { expensiveSteps, explain } from '../support/explain.ts'
import { PASSWORD, type Person, person, personWith } from '../support/people.ts'
import { joinDesk, joinRoom } from '../support/sockets.ts'
import { withOperatorContext, withSystemContext } from '../support/worker-context.ts'

interface Entry {
  readonly action: string
  readonly role: string
  readonly actor_id: number | null
  readonly credential_id: string | null
  readonly address: string | null
  readonly subject_id: number | null
  readonly detail: string
}

const newestId = async (): Promise<number> => (await env.DB.prepare('SELECT max(id) AS id FROM audit_entries').first<number>('id')) ?? 0

/** The entries that the work has added, in order. */
const recordedBy = async (work: () => Promise<unknown>): Promise<Entry[]> => {
  const before = await newestId()
  await work()
  const { results } = await env.DB.prepare('SELECT * FROM audit_entries WHERE id > ? ORDER BY id')
    .bind(before)
    .all<Entry & { id: number; at: number }>()
  return results
}

/** Action, role, actor, subject. */
const shortly = (entries: readonly Entry[]) => entries.map((entry) => [entry.action, entry.role, entry.actor_id, entry.subject_id])

const credentialOf = async ({ id }: Person) =>
  env.DB.prepare('SELECT id FROM credentials WHERE account_id = ? ORDER BY created_at LIMIT 1').bind(id).first<string>('id')

const FROM = { 'CF-Connecting-IP': '2001:db8::7' }

describe('what is recorded', () => {
  test('a registration, a log-in, failures and the lock', async () => {
    const sam = await person()
    const logIn = (password: string) => call('POST', `${V1}/user/login/`, { json: { username: sam.username, password }, headers: FROM })
    const [entry] = await recordedBy(() => logIn(PASSWORD))
    expect(entry).toMatchObject({
      action: 'log-in',
      role: 'member',
      actor_id: sam.id,
      subject_id: sam.id,
      address: FROM['CF-Connecting-IP'],
    })
    const ids = await env.DB.prepare('SELECT id FROM credentials WHERE account_id = ?').bind(sam.id).all<{ id: string }>()
    expect(ids.results.map(({ id }) => id)).toContain(entry?.credential_id)

    const failures = await recordedBy(async () => {
      for (let attempt = 0; attempt < 12; attempt++) await logIn('wrong')
    })
    expect(shortly(failures)).toEqual([...Array(10).fill(['log-in-failed', 'anyone', null, sam.id]), ['locked', 'anyone', null, sam.id]])
    const unknown = await recordedBy(() => call('POST', `${V1}/user/login/`, { json: { username: 'nobody.at.all', password: 'x' } }))
    expect(shortly(unknown)).toEqual([['log-in-failed', 'anyone', null, null]])
    const registered = await recordedBy(() => person())
    expect(registered.map(({ action, role }) => [action, role])).toEqual([['registered', 'anyone']])
  })

  test('concurrent failures are all recorded, and the lock once', async () => {
    const sam = await person()
    const entries = await recordedBy(() =>
      Promise.all(
        Array.from({ length: 14 }, () => call('POST', `${V1}/user/login/`, { json: { username: sam.username, password: 'wrong' } })),
      ),
    )
    expect(entries.filter(({ action }) => action === 'locked')).toHaveLength(1)
    expect(entries.filter(({ action }) => action === 'log-in-failed').length).toBeGreaterThanOrEqual(10)
  })

  test('a changed e-mail address, only if it really changes', async () => {
    const sam = await person()
    const patch = (json: object) => recordedBy(() => call('PATCH', '/users/byId/', { as: sam.token, json }))
    const email = `new.${sam.email}`
    expect(shortly(await patch({ email }))).toEqual([['email-changed', 'member', sam.id, sam.id]])
    expect(await patch({ email })).toEqual([])
    const { email: taken } = await person()
    expect(await patch({ email: taken })).toEqual([])
    expect(await patch({ first_name: 'Sam' })).toEqual([])
  })

  test('a new password, and only the one of two changes that succeeds', async () => {
    const sam = await person()
    const change = (password: string) =>
      call('PUT', '/users/reset/', {
        as: sam.token,
        json: { username: sam.username, old_password: PASSWORD, new_password: password, confirm_password: password },
      })
    const entries = await recordedBy(() => Promise.all([change('another horse 8'), change('another horse 9')]))
    expect(entries.filter(({ action }) => action === 'password-changed')).toHaveLength(1)
    expect(entries.find(({ action }) => action === 'password-changed')).toMatchObject({
      actor_id: sam.id,
      credential_id: await credentialOf(sam),
    })
  })

  test('a closed account, once; a suspension; flags', async () => {
    const [sam, other, boss] = [await person(), await person(), await personWith('is_admin', 'is_superuser')]
    const close = () => call('PATCH', '/users/deactivate/', { as: sam.token })
    expect(shortly(await recordedBy(() => Promise.all([close(), close()])))).toEqual([['account-closed', 'member', sam.id, sam.id]])
    const suspend = () => call('PATCH', `/users/deactivateuser/${other.id}`, { as: boss.token })
    expect(shortly(await recordedBy(suspend))).toEqual([['account-suspended', 'staff', boss.id, other.id]])
    expect(await recordedBy(suspend)).toEqual([])
    const [flags] = await recordedBy(() => call('PATCH', '/users/byId/', { as: boss.token, json: { role: 'user' } }))
    expect(flags).toMatchObject({ action: 'flags-changed', actor_id: boss.id, subject_id: boss.id, detail: 'isAdmin: taken' })
  })

  test('health data: each change, and what staff read of others', async () => {
    const [sam, helper] = [await personWithContacts(), await personWith('is_staff')]
    const info = (as: Person, json?: object) =>
      call(json ? 'PATCH' : 'GET', json ? `${V1}/user/edit/${sam.id}/` : `${V1}/user/${sam.id}/`, { as: as.token, ...(json && { json }) })
    expect(await recordedBy(() => info(sam))).toEqual([])
    expect(shortly(await recordedBy(() => info(helper)))).toEqual([['health-read', 'staff', helper.id, sam.id]])
    const [change] = await recordedBy(() => info(helper, { age: 41 }))
    expect(change).toMatchObject({
      action: 'health-changed',
      role: 'staff',
      actor_id: helper.id,
      subject_id: sam.id,
      detail: expect.stringContaining('age'),
    })
    expect(change?.detail).not.toContain('41')
    const stranger = await person()
    expect(await recordedBy(() => info(stranger, { age: 42 }))).toEqual([])
    const added = await recordedBy(() => call('PATCH', `${V1}/user/edit/contact/${sam.id}/`, { as: sam.token, json: ANN }))
    expect(added).toMatchObject([{ action: 'health-changed', actor_id: sam.id, subject_id: sam.id, detail: 'contact added' }])
    expect(await recordedBy(() => call('DELETE', `${V1}/user/contacts/${sam.id}/999999/`, { as: sam.token }))).toEqual([])
    const unknown = await recordedBy(() => call('GET', `${V1}/user/999999/`, { as: helper.token }))
    expect(unknown).toEqual([])
  })

  test('conversations and alarms: what staff do, and nothing of the person’s own', async () => {
    const [sam, helper] = [await personWithContacts(), await personWith('is_staff')]
    const chat = `${V1}/chat/user/support/${sam.id}`
    const alarmId = textAt(await trigger(sam), 'alarm_id')
    const calls = (as: Person) => async () => {
      for (const path of [
        `${chat}/`,
        `${chat}/messages/`,
        `${chat}/messages.txt`,
        `${chat}/messages.json`,
        `${V1}/event/alarms/${sam.id}/`,
      ])
        await call('GET', path, { as: as.token })
      ;(await joinRoom(sam, as)).socket.close()
    }
    expect(await recordedBy(calls(sam))).toEqual([])
    const seen = [
      'conversation-opened',
      'conversation-read',
      'conversation-exported',
      'conversation-exported',
      'alarms-read',
      'conversation-opened',
    ]
    expect(shortly(await recordedBy(calls(helper)))).toEqual(seen.map((action) => [action, 'staff', helper.id, sam.id]))
    const [acknowledged] = await recordedBy(() =>
      call('POST', `${V1}/event/alarms/${sam.id}/${alarmId}/ack/`, { as: helper.token, json: {} }),
    )
    expect(acknowledged).toMatchObject({ action: 'alarm-acknowledged', actor_id: helper.id, subject_id: sam.id, detail: alarmId })
    const triggered = await recordedBy(() => call('POST', `${V1}/event/trigger/${sam.id}/`, { as: helper.token }))
    expect(shortly(triggered)).toEqual([['alarm-triggered', 'staff', helper.id, sam.id]])
  })

  test('what staff see and write about a person beside the conversation', async () => {
    const [sam, helper] = [await personWithContacts(), await personWith('is_staff')]
    const room = (id: number, method: string, path: string, json?: object) =>
      call(method, `/console/api/rooms/${id}/${path}/`, { as: helper.token, ...(json && { json }) })
    const entries = await recordedBy(async () => {
      expect((await room(sam.id, 'GET', 'person')).status).toBe(200)
      expect((await room(sam.id, 'GET', 'notes')).status).toBe(200)
      expect((await room(sam.id, 'POST', 'notes', { text: 'Prefers the phone.', client_id: 'a' })).status).toBe(201)
      expect((await room(sam.id, 'GET', 'messages')).status).toBe(200)
    })
    expect(shortly(entries)).toEqual(
      ['health-read', 'notes-read', 'note-added', 'conversation-read'].map((action) => [action, 'staff', helper.id, sam.id]),
    )
    expect(entries.map(({ detail }) => detail)).toEqual(['details', '', '', ''])
    const unknown = await recordedBy(async () => {
      for (const path of ['person', 'notes', 'messages']) expect((await room(999_999, 'GET', path)).status).toBe(404)
    })
    expect(unknown).toEqual([])
  })

  test('the desk, the inbox, the alarms of all and the outbox', async () => {
    const helper = await personWith('is_staff')
    const entries = await recordedBy(async () => {
      for (const path of ['rooms', 'alarms/', 'outbox/']) await call('GET', `/console/api/${path}`, { as: helper.token })
      ;(await joinDesk(helper)).socket.close()
    })
    expect(shortly(entries)).toEqual(
      ['inbox-read', 'all-alarms-read', 'outbox-read', 'desk-opened'].map((action) => [action, 'staff', helper.id, null]),
    )
  })

  test('commands of the operator, also about nobody', async () => {
    const sam = await person()
    const entries = await recordedBy(() =>
      withOperatorContext(async (context) => {
        await recordCommand(context, sam.username.toUpperCase(), 'grant --admin')
        await recordCommand(context, 'nobody.at.all', 'unlock')
      }),
    )
    expect(shortly(entries)).toEqual([
      ['operator-command', 'operator', null, sam.id],
      ['operator-command', 'operator', null, null],
    ])
  })
})

test('if the entry cannot be written, nothing is done', async () => {
  const [sam, helper] = [await person(), await personWith('is_staff')]
  await env.DB.exec("CREATE TRIGGER broken_trail BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'broken'); END")
  const closing = await call('PATCH', '/users/deactivate/', { as: sam.token })
  const reading = await call('GET', `${V1}/user/${sam.id}/`, { as: helper.token })
  const opening = await call('GET', '/console/api/rooms', { as: helper.token })
  await env.DB.exec('DROP TRIGGER broken_trail')
  expect([closing.status, reading.status, opening.status]).toEqual([500, 500, 500])
  expect((await call('GET', '/session/', { as: sam.token })).status).toBe(200)
})

describe('entries are only added', () => {
  test.each([
    ['UPDATE', "UPDATE audit_entries SET detail = 'x' WHERE id = ?1"],
    ['DELETE', 'DELETE FROM audit_entries WHERE id = ?1'],
    ['DELETE without a condition', 'DELETE FROM audit_entries WHERE id = ?1 OR true'],
    ['REPLACE', "INSERT OR REPLACE INTO audit_entries (id, at, action, role) VALUES (?1, 0, 'log-in', 'anyone')"],
    ['an upsert', "INSERT INTO audit_entries (id, at, action, role) VALUES (?1, 0, 'log-in', 'anyone') ON CONFLICT DO UPDATE SET at = 0"],
  ])('%s is rejected', async (_name, statement) => {
    await person()
    const id = await newestId()
    const row = () => env.DB.prepare('SELECT * FROM audit_entries WHERE id = ?').bind(id).first()
    const before = await row()
    await expect(env.DB.prepare(statement).bind(id).run()).rejects.toThrow('audit trail')
    expect(await row()).toEqual(before)
  })

  test('the sweep deletes what is older than the retention time, in chunks, and nothing else', async () => {
    const insert = (days: number, count: number) =>
      env.DB.prepare(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) INSERT INTO audit_entries (at, action, role) SELECT ?1, 'log-in', 'anyone' FROM n`,
      )
        .bind(Date.now() - days * DAY, count)
        .run()
    await insert(400, 2300)
    await insert(364, 3)
    expect(await withSystemContext(sweepAuditTrail)).toBe(2300)
    expect(
      await env.DB.prepare('SELECT count(*) AS n FROM audit_entries WHERE at < ?')
        .bind(Date.now() - 100 * DAY)
        .first('n'),
    ).toBe(3)
    expect(await withSystemContext(sweepAuditTrail)).toBe(0)
  })
})

describe('who reads the trail', () => {
  test('a person reads what concerns them, page by page, without the addresses of staff', async () => {
    const [sam, helper] = [await person(), await personWith('is_staff')]
    await call('GET', `${V1}/user/${sam.id}/`, { as: helper.token, headers: FROM })
    const first = await call('GET', '/account/audit?limit=1', { as: sam.token })
    expect(first.status).toBe(200)
    expect(at(first, 'entries')).toMatchObject([
      { action: 'health-read', by: { role: 'staff', username: helper.username, is_you: false }, address: null, credential: null },
    ])
    const rest = await call('GET', `/account/audit?cursor=${encodeURIComponent(textAt(first, 'next'))}`, { as: sam.token })
    expect(at(rest, 'entries')).toMatchObject([{ action: 'registered', by: { role: 'anyone', username: null } }])
    expect(at(rest, 'next')).toBeNull()
    expect((await call('GET', '/account/audit')).status).toBe(401)
  })

  test('the operator reads by subject, by actor and from a time on', async () => {
    const [sam, helper] = [await person(), await personWith('is_staff')]
    await call('GET', `${V1}/user/${sam.id}/`, { as: helper.token })
    const read = (query: Partial<Parameters<typeof readTrail>[1]>) =>
      withOperatorContext(async (context) => {
        const page = await readTrail(context, { of: null, by: null, since: 0, before: null, ...query }, 50)
        return 'unknown' in page ? page : page.items.map(({ action }) => action)
      })
    expect(await read({ of: sam.username })).toEqual(['health-read', 'registered'])
    expect(await read({ of: `#${sam.id}`, by: helper.username.toUpperCase() })).toEqual(['health-read'])
    expect(await read({ by: helper.username, since: Date.now() + 1000 })).toEqual([])
    expect(await read({ of: 'nobody.at.all' })).toEqual({ unknown: 'nobody.at.all' })
  })

  test('each page reads only the rows that it shows', async () => {
    const filter = { subjectId: null, actorId: null, since: 0, before: null }
    for (const part of [{ subjectId: 1 }, { actorId: 1 }, { subjectId: 1, before: 9 }, { since: 1 }])
      expect(
        expensiveSteps(await explain((store) => findAuditEntries(store, { ...filter, ...part }, { limit: 10, latestWriteMs: 1 }))),
      ).toEqual([])
  })
})
