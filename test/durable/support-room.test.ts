import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { RoomTables } from '../../src/durable/room-tables.ts'
import { SupportRoom } from '../../src/durable/support-room.ts'
import { TokenBuckets } from '../../src/durable/token-buckets.ts'
import { settingsFrom } from '../../src/env.ts'
import { call, textAt } from '../support/call.ts'
import { PASSWORD, type Person, person, personWith } from '../support/people.ts'
import { type Client, joinDesk, sitIn, until } from '../support/sockets.ts'

const roomOf = (someone: Person) => env.SUPPORT_ROOM.getByName(String(someone.id))
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const stored = (someone: Person) =>
  runInDurableObject(roomOf(someone), (_room, state) =>
    state.storage.sql.exec<{ id: number; message: string }>('SELECT id, message FROM messages ORDER BY id').toArray(),
  )

const refit = (someone: Person, parts: Partial<SupportRoom['parts']>): Promise<void> =>
  runInDurableObject(roomOf(someone), (room) => {
    if (!(room instanceof SupportRoom)) throw new Error('no room')
    room.parts = { ...room.parts, ...parts }
  })

const say = async (client: Client, message: string): Promise<number> => {
  const clientId = crypto.randomUUID()
  client.send({ message, client_id: clientId })
  return Number((await client.hears({ type: 'ack', client_id: clientId })).id)
}

describe('what is said', () => {
  test('reaches everybody in the room but the socket that said it, in the words of old clients', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, laptop, helper] = [
      await sitIn(sam, sam, { old: true }),
      await sitIn(sam, sam, { old: true }),
      await sitIn(sam, staff, { old: true }),
    ]
    phone.send('{"message":"Is anybody there?"}')
    const [onLaptop] = [await laptop.hears({ message: 'Is anybody there?' })]
    expect(Object.keys(onLaptop)).toEqual(['event', 'message', 'identifier', 'user_id', 'from_admin', 'id', 'sent_at'])
    expect(onLaptop).toMatchObject({ event: 'chat_message', identifier: String(sam.id), user_id: String(sam.id), from_admin: false, id: 1 })
    expect(await helper.hears({ message: 'Is anybody there?' })).toEqual(onLaptop)
    helper.send({ message: 'I am here.' })
    expect(await phone.hears({ message: 'I am here.' })).toMatchObject({ from_admin: true, user_id: String(sam.id), id: 2 })
    await laptop.hears({ message: 'I am here.' })
    await rest(50)
    expect(phone.heard).toHaveLength(1)
    expect(helper.heard).toHaveLength(1)
  })

  test('is stored before it is seen, and one order holds for everybody', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, helper, watcher] = [await sitIn(sam), await sitIn(sam, staff), await sitIn(sam, staff)]
    await refit(sam, {
      report: () => new Promise(() => undefined), // a desk that never answers
    })
    for (let n = 0; n < 12; n++) {
      phone.send({ message: `person ${n}` })
      helper.send({ message: `staff ${n}` })
    }
    await until(() => watcher.messages().length === 24)
    const ids = watcher.heard.map(({ id }) => Number(id))
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    expect((await stored(sam)).map(({ message }) => message)).toEqual(watcher.messages())
    expect(phone.messages()).toEqual(watcher.messages().filter((message) => String(message).startsWith('staff')))
  })

  test('under one client_id is one message, however often and from wherever it is said; others may use the same name', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, laptop, helper] = [await sitIn(sam), await sitIn(sam), await sitIn(sam, staff)]
    for (let n = 0; n < 10; n++) for (const client of [phone, laptop]) client.send({ message: 'once', client_id: 'a' })
    await until(() => phone.heard.filter(({ type }) => type === 'ack').length === 10)
    await until(() => laptop.heard.filter(({ type }) => type === 'ack').length === 10)
    expect(phone.heard.find(({ type }) => type === 'ack')).toEqual({ type: 'ack', id: 1, client_id: 'a' })
    expect(helper.messages()).toEqual(['once'])
    helper.send({ message: 'mine', client_id: 'a' })
    expect(await helper.hears({ type: 'ack' })).toMatchObject({ id: 2 })
    expect((await stored(sam)).map(({ message }) => message)).toEqual(['once', 'mine'])
  })

  test('by many at once is on disk when it is seen, each thing once, and in the order in which it was stored', async () => {
    const sam = await person('sam')
    const staff = await Promise.all(Array.from({ length: 7 }, () => personWith('is_staff')))
    const crowd = await Promise.all([sitIn(sam), ...staff.map((one) => sitIn(sam, one))])
    for (let n = 0; n < 12; n++) {
      for (const [seat, client] of crowd.entries()) {
        client.send({ message: `${seat}.${n}`, client_id: `${n}` })
        // Said again before anybody has heard that it arrived.
        if (n % 3 === 0) client.send({ message: `${seat}.${n}`, client_id: `${n}` })
      }
    }
    const acks = (client: Client) => client.heard.filter(({ type }) => type === 'ack')
    await until(() => crowd.every((client) => acks(client).length === 16 && client.messages().length === 84))
    const kept = await stored(sam)
    expect(kept).toHaveLength(96)
    for (const [seat, client] of crowd.entries()) {
      const others = kept.filter(({ message }) => !message.startsWith(`${seat}.`))
      expect(client.messages()).toEqual(others.map(({ message }) => message))
      for (const { id, client_id } of acks(client)) expect(kept).toContainEqual({ id, message: `${seat}.${client_id}` })
    }
  })

  const NOTHING: readonly (readonly [frame: string | ArrayBuffer, what: string])[] = [
    ['', 'not JSON'],
    ['null', 'nothing'],
    ['[]', 'a list'],
    ['"x"', 'a text'],
    ['{}', 'no message'],
    ['{"message":""}', 'empty'],
    ['{"message":"   "}', 'blank'],
    ['{"message":null}', 'null'],
    ['{"message":true}', 'a boolean'],
    ['{"message":{"a":1}}', 'an object'],
    ['{"message":"a\\u0000b"}', 'NUL'],
    ['{"message":"\\ud800"}', 'half a character'],
    [JSON.stringify({ message: 'x'.repeat(4001) }), 'too long'],
    ['x'.repeat(1_000_000), 'far too long'],
    ['{"message":"x","client_id":{}}', 'a client_id that is none'],
    ['{"type":"resume"}', 'resume from nowhere'],
    ['{"type":"read","id":"x"}', 'read what'],
    [new Uint8Array([1, 2, 3]).buffer, 'binary'],
  ]
  test.each(NOTHING.map(([frame, what]) => ({ frame, what })))(
    'that is nothing ($what) stores nothing and closes nothing',
    async ({ frame }) => {
      const sam = await person('sam')
      const [modern, old] = [await sitIn(sam), await sitIn(sam, sam, { old: true })]
      modern.send(frame)
      old.send(frame)
      expect(Object.keys(await modern.hears({ event: 'error' }))).toEqual(['event', 'detail'])
      await say(modern, 'still here')
      await old.hears({ message: 'still here' })
      expect(old.heard).toHaveLength(1)
      expect((await stored(sam)).map(({ message }) => message)).toEqual(['still here'])
    },
  )

  test('may be four thousand characters of any kind, with lines', async () => {
    const sam = await person('sam')
    const [phone, laptop] = [await sitIn(sam), await sitIn(sam)]
    for (const message of ['🦊'.repeat(4000), 'a\n\tb', '<script>alert(1)</script>', '{"event":"error"}']) {
      await say(phone, message)
      expect(await laptop.hears({ message })).toBeTruthy()
    }
  })
})

describe('somebody who was away', () => {
  test('hears what was missed and nothing twice, however it asks, while others go on talking', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const helper = await sitIn(sam, staff)
    await runInDurableObject(roomOf(sam), (_room, state) => {
      for (let n = 1; n <= 950; n++)
        state.storage.sql.exec(
          'INSERT INTO messages (sender_id, sender_name, from_admin, message, sent_at) VALUES (1, ?, 1, ?, ?)',
          'staff',
          `old ${n}`,
          n,
        )
    })
    const opened = sitIn(sam, sam, { since: 3, old: true })
    for (let n = 0; n < 10; n++) helper.send({ message: `new ${n}` })
    const phone = await opened
    await say(helper, 'last')
    await phone.hears({ message: 'last' })
    const ids = phone.heard.map(({ id }) => Number(id))
    expect(ids).toEqual(Array.from({ length: 958 }, (_, n) => n + 4))

    phone.send({ type: 'resume', since: 955 })
    helper.send({ message: 'after all' })
    await phone.hears({ message: 'after all' })
    const again = phone.heard.slice(ids.length).map(({ id }) => id)
    expect(again).toEqual([956, 957, 958, 959, 960, 961, 962])
  })

  test('hears nothing of the past when it does not ask', async () => {
    const sam = await person('sam')
    const phone = await sitIn(sam)
    await say(phone, 'one')
    const laptop = await sitIn(sam)
    await say(phone, 'two')
    await laptop.hears({ message: 'two' })
    expect(laptop.messages()).toEqual(['two'])
    const late = await sitIn(sam, await personWith('is_admin'), { since: 0 })
    await late.hears({ message: 'two' })
    expect(late.messages()).toEqual(['one', 'two'])
  })

  test('knows its own words by the names that it gave them', async () => {
    const sam = await person('sam')
    const phone = await sitIn(sam)
    phone.send({ message: 'mine', client_id: 'm1' })
    await phone.hears({ type: 'ack' })
    const back = await sitIn(sam, sam, { since: 0 })
    expect(await back.hears({ message: 'mine' })).toMatchObject({ client_id: 'm1', from_admin: false })
    const helper = await sitIn(sam, await personWith('is_staff'), { since: 0 })
    expect(await helper.hears({ message: 'mine' })).not.toHaveProperty('client_id')
  })
})

describe('typing and reading', () => {
  test('are told to those who know such frames, and to no old client', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, old, helper] = [await sitIn(sam), await sitIn(sam, sam, { old: true }), await sitIn(sam, staff)]
    helper.send({ type: 'typing' })
    expect(await phone.hears({ type: 'typing' })).toEqual({
      type: 'typing',
      identifier: `${sam.id}`,
      user_id: `${sam.id}`,
      from_admin: true,
    })
    await say(helper, 'one')
    await say(helper, 'two')
    const unread = async (as: Person) =>
      (await call('GET', `/api/v1/chat/user/support/${sam.id}/messages/`, { as: as.token })).json as { unread: number }
    expect((await unread(sam)).unread).toBe(2)
    expect((await unread(staff)).unread).toBe(0)
    phone.send({ type: 'read', id: 1 })
    expect(await helper.hears({ type: 'read' })).toMatchObject({ id: 1, from_admin: false })
    expect((await unread(sam)).unread).toBe(1)
    phone.send({ type: 'read', id: 999 })
    phone.send({ type: 'read', id: 1 })
    await say(phone, 'three')
    expect((await unread(sam)).unread).toBe(0)
    expect((await unread(staff)).unread).toBe(1)
    await say(helper, 'four')
    expect((await unread(staff)).unread).toBe(0)
    expect((await unread(sam)).unread).toBe(1)
    expect(old.heard.every(({ event }) => event === 'chat_message')).toBe(true)
    expect(helper.heard.filter(({ type }) => type === 'typing')).toEqual([])
  })
})

describe('more than a person can type', () => {
  test('is told to slow down and not stored; a flood is closed', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, laptop, helper] = [await sitIn(sam, sam, { old: true }), await sitIn(sam), await sitIn(sam, staff)]
    for (let n = 0; n < 50; n++) phone.send({ message: `${n}` })
    expect(await phone.hears({ event: 'error' })).toEqual({ event: 'error', detail: 'Slow down.' })
    await until(() => phone.heard.length >= 19)
    expect((await stored(sam)).length).toBeLessThan(33)
    expect((await stored(sam)).length).toBeGreaterThanOrEqual(30)
    // Another socket of the same person is no second bucket; staff have one of their own.
    laptop.send({ message: 'me, too' })
    expect(await laptop.hears({ event: 'error' })).toEqual({ event: 'error', detail: 'Slow down.' })
    await say(helper, 'Take your time.')
    for (let n = 0; n < 100; n++) phone.send('nonsense')
    expect(await phone.isClosed()).toBe(4429)
    expect(laptop.closed).toBeNull()
  })
})

describe('what may be said at once', () => {
  test('is thirty words and two a second, unless an operator sets it otherwise', () => {
    expect(settingsFrom(env).chat).toEqual({ burst: 30, perSecond: 2 })
    expect(settingsFrom({ ...env, CHAT_BURST: '500', CHAT_PER_SECOND: '20' }).chat).toEqual({ burst: 500, perSecond: 20 })
    // A chat in which nobody can speak is a mistake.
    expect(settingsFrom({ ...env, CHAT_BURST: '0', CHAT_PER_SECOND: '0' }).chat).toEqual({ burst: 1, perSecond: 0.1 })
    expect(settingsFrom({ ...env, CHAT_BURST: 'many', CHAT_PER_SECOND: '-1' }).chat).toEqual({ burst: 30, perSecond: 2 })
  })

  test.each([
    { burst: 3, perSecond: 1 },
    { burst: 1000, perSecond: 100 },
  ])('is what the limits say (%j), and far beyond them is a flood', ({ burst, perSecond }) => {
    const buckets = new TokenBuckets({ burst, perSecond })
    const take = (times: number, at: number) => Array.from({ length: times }, () => buckets.take(1, at))
    expect(new Set(take(burst, 0))).toEqual(new Set(['fine']))
    expect(take(1, 0)).toEqual(['slow-down'])
    expect(buckets.take(2, 0)).toBe('fine')
    expect(take(perSecond, 2000)).not.toContain('slow-down')
    expect(new Set(take(perSecond, 2000))).toContain('slow-down')
    expect(take(100, 2000).at(-1)).toBe('flood')
    expect(take(burst, 3_600_000)).not.toContain('slow-down')
  })
})

describe('sleep', () => {
  test('loses nobody and nothing: who sits where, what they know, and the order', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const desk = await joinDesk(staff, { old: true })
    const [phone, old, helper] = [await sitIn(sam), await sitIn(sam, sam, { old: true }), await sitIn(sam, staff)]
    await desk.hears({ event: 'user_connected', user_id: String(sam.id) })
    await say(phone, 'before')
    await evictDurableObject(roomOf(sam))
    expect(await say(helper, 'after')).toBe(2)
    await phone.hears({ message: 'after' })
    await old.hears({ message: 'after' })
    await evictDurableObject(roomOf(sam))
    helper.send({ type: 'typing' })
    await phone.hears({ type: 'typing' })
    expect(old.messages()).toEqual(['before', 'after'])
    phone.send('{')
    await phone.hears({ event: 'error' })
    await evictDurableObject(roomOf(sam))
    phone.socket.close(1000)
    await rest(100)
    expect(desk.heard.some(({ event }) => event === 'user_disconnected')).toBe(false)
    await evictDurableObject(roomOf(sam))
    old.socket.close(1000)
    await desk.hears({ event: 'user_disconnected', user_id: String(sam.id) })
    expect(desk.heard.filter(({ event }) => event === 'user_connected')).toHaveLength(1)
  })

  test('whom a word goes to is as true after it as before: who comes, who leaves, and who learns', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, old] = [await sitIn(sam), await sitIn(sam, sam, { old: true })]
    await say(phone, 'one')
    const helper = await sitIn(sam, staff)
    await say(phone, 'two')
    await evictDurableObject(roomOf(sam))
    await say(phone, 'three')
    helper.send({ type: 'typing' })
    await phone.hears({ type: 'typing' })
    expect(old.heard.some(({ type }) => type === 'typing')).toBe(false)
    // An old client that gives its words names has shown that it knows more.
    await say(old, 'four')
    helper.send({ type: 'typing' })
    await old.hears({ type: 'typing' })
    phone.socket.close(1000)
    await phone.isClosed()
    const laptop = await sitIn(sam)
    await say(helper, 'five')
    await laptop.hears({ message: 'five' })
    await old.hears({ message: 'five' })
    expect(phone.messages()).toEqual(['four'])
    expect(old.messages()).toEqual(['one', 'two', 'three', 'five'])
    expect(helper.messages()).toEqual(['two', 'three', 'four'])
    expect(laptop.messages()).toEqual(['five'])
  })

  test('a ping is answered without waking the room', async () => {
    const sam = await person('sam')
    const phone = await sitIn(sam)
    await say(phone, 'x')
    let woken = 0
    await rest(50)
    await refit(sam, {
      now: () => {
        woken++
        return Date.now()
      },
    })
    phone.send('ping')
    await until(() => phone.texts.includes('pong'))
    expect(woken).toBe(0)
    phone.send({ message: 'x' })
    await until(async () => woken > 0)
  })

  test.each([
    [1000, 1000],
    [3001, 3001],
    [4000, 4000],
  ])('a good-bye of %i is answered with %i', async (code, answered) => {
    const sam = await person('sam')
    const phone = await sitIn(sam)
    await evictDurableObject(roomOf(sam))
    phone.socket.close(code)
    expect(await phone.isClosed()).toBe(answered)
  })

  test('a good-bye without a code is answered, and no reserved code is echoed', async () => {
    const sam = await person('sam')
    const phone = await sitIn(sam)
    phone.socket.close()
    expect([1000, 1005]).toContain(await phone.isClosed())
  })
})

describe('presence', () => {
  test('a crash that took the sockets is noticed, and the person is told as gone once', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const desk = await joinDesk(staff)
    await sitIn(sam)
    await desk.hears({ event: 'user_connected', user_id: String(sam.id) })
    await runInDurableObject(roomOf(sam), (_room, state) => {
      for (const socket of state.getWebSockets()) socket.serializeAttachment(null)
    })
    await runDurableObjectAlarm(roomOf(sam))
    await desk.hears({ event: 'user_disconnected', user_id: String(sam.id) })
    await runInDurableObject(roomOf(sam), (_room, state) => state.storage.setAlarm(Date.now() + 60_000))
    await runDurableObjectAlarm(roomOf(sam))
    const gone = desk.heard.filter(({ event, user_id }) => event === 'user_disconnected' && user_id === String(sam.id))
    expect(gone).toHaveLength(1)
  })
})

test('a crash that took the staff of a room is noticed, and the desk no longer believes that they sit there', async () => {
  const [sam, staff] = [await person('sam'), await personWith('is_staff')]
  await sitIn(sam, staff)
  const occupied = () =>
    runInDurableObject(
      env.SUPPORT_DESK.getByName('desk'),
      (_desk, state) =>
        state.storage.sql.exec<{ occupied: number }>('SELECT occupied FROM rooms WHERE user_id = ?', sam.id).toArray().at(0)?.occupied,
    )
  await until(async () => (await occupied()) === 1)
  await runInDurableObject(roomOf(sam), (_room, state) => {
    for (const socket of state.getWebSockets()) socket.serializeAttachment(null)
  })
  await runDurableObjectAlarm(roomOf(sam))
  await until(async () => (await occupied()) === 0)
  await runDurableObjectAlarm(roomOf(sam))
  const armed = await runInDurableObject(roomOf(sam), (_room, state) => state.storage.getAlarm())
  expect(armed).toBeNull()
})

test('of several desks each is told everything, and each in its own time', async () => {
  const sam = await person('sam')
  await runInDurableObject(roomOf(sam), (_room, state) => {
    const ledger = new RoomTables(state.storage.sql)
    ledger.keepPerson({ id: sam.id, username: sam.username })
    ledger.tell(['north', 'south'], { is: 'connected' })
    const north = ledger.report('north', [])
    expect(north?.report.happened).toHaveLength(1)
    ledger.told('north', north?.upTo ?? 0, [])
    expect(ledger.report('north', [])).toBeNull()
    // What is only remembered is told again by a room that has forgotten it, under the name by which the desk knows it.
    const again = new RoomTables(state.storage.sql).report('north', [])
    expect(again?.report.happened).toEqual(north?.report.happened)
    expect(ledger.waiting()).toEqual(['south'])
    expect(ledger.report('south', [])?.report.happened.map(({ event }) => event)).toEqual([{ is: 'connected' }])
  })
})

describe('revocation', () => {
  const in2Seconds = async (client: Client): Promise<number> => (await until(() => client.closed, 2000)).code
  const logIn = async (someone: Person): Promise<Person> => {
    const answer = await call('POST', '/user/login/', { json: { username: someone.username, password: PASSWORD } })
    return { ...someone, token: `Token ${textAt(answer, 'token')}` }
  }

  test.each([
    ['logging out', (as: string) => call('POST', '/user/logout/', { as })],
    ['deactivation', (as: string) => call('PATCH', '/users/deactivate/', { as })],
  ])('%s closes the sockets with 4401, also in a room that sleeps', async (_what, end) => {
    const sam = await person('sam')
    const [phone, laptop] = [await sitIn(sam), await sitIn(sam)]
    await say(phone, 'x')
    await evictDurableObject(roomOf(sam))
    const answer = await end(sam.token)
    if (answer.status >= 300) throw new Error(answer.text)
    expect([await in2Seconds(phone), await in2Seconds(laptop)]).toEqual([4401, 4401])
  })

  test('only those of the credential that ended', async () => {
    const sam = await person('sam')
    const other = await logIn(sam)
    const [phone, laptop] = [await sitIn(sam), await sitIn(sam, other)]
    await call('DELETE', '/api/v1/user/sessions/', { as: sam.token })
    expect(await in2Seconds(laptop)).toBe(4401)
    await say(phone, 'still here')
    expect(phone.closed).toBeNull()
  })

  test('a new password leaves only the socket of whoever set it', async () => {
    const sam = await person('sam')
    const [phone, laptop] = [await sitIn(sam), await sitIn(sam, await logIn(sam))]
    await evictDurableObject(roomOf(sam))
    const json = { username: sam.username, old_password: PASSWORD, new_password: 'another horse 8' }
    expect((await call('PUT', '/users/reset/', { as: sam.token, json })).status).toBe(200)
    expect(await in2Seconds(laptop)).toBe(4401)
    await say(phone, 'still here')
  })

  test('staff lose the rooms and the desk where they sit', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [desk, phone, helper] = [await joinDesk(staff), await sitIn(sam), await sitIn(sam, staff)]
    await desk.hears({ event: 'room' })
    await evictDurableObject(roomOf(sam))
    await call('POST', '/user/logout/', { as: staff.token })
    expect([await in2Seconds(helper), await in2Seconds(desk)]).toEqual([4401, 4401])
    expect(phone.closed).toBeNull()
  })

  test('what an operator does to the database closes them, too: seen by the desk, or by the next frame', async () => {
    const [sam, staff, boss] = [await person('sam'), await personWith('is_staff'), await personWith('is_admin')]
    const desk = await joinDesk(boss)
    const [phone, helper] = [await sitIn(sam), await sitIn(sam, staff)]
    await desk.hears({ event: 'room' })
    await env.DB.prepare('UPDATE accounts SET is_staff = 0 WHERE id = ?').bind(staff.id).run()
    await env.DB.prepare('DELETE FROM credentials WHERE account_id = ?').bind(sam.id).run()
    await until(async () => {
      await runDurableObjectAlarm(env.SUPPORT_DESK.getByName('desk'))
      return phone.closed && helper.closed
    })
    expect([phone.closed?.code, helper.closed?.code]).toEqual([4401, 4403])

    const [pam] = [await person('pam')]
    const hers = await sitIn(pam)
    await evictDurableObject(roomOf(pam)) // what was asked a moment ago holds for a while
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(pam.id).run()
    hers.send({ message: 'too late' })
    expect(await in2Seconds(hers)).toBe(4401)
    expect(await stored(pam)).toEqual([])
  })

  test('a token that has run out closes its socket at the next ring, and errorResponse nothing more', async () => {
    const sam = await person('sam')
    const phone = await sitIn(sam)
    await refit(sam, { now: () => Date.now() + 31 * 24 * 60 * 60_000 })
    phone.send({ message: 'too late' })
    expect(await in2Seconds(phone)).toBe(4401)
    expect(await stored(sam)).toEqual([])
    const laptop = await sitIn(sam)
    await runDurableObjectAlarm(roomOf(sam))
    expect(await in2Seconds(laptop)).toBe(4401)
  })

  test.each([
    ['fails', () => Promise.reject(new Error('D1 is down'))],
    ['hangs', () => new Promise<never>(() => undefined)],
  ])('a database that %s shows nobody the door, and stops nobody from calling for help', async (_what, standing) => {
    const sam = await person('sam')
    const [phone, laptop] = [await sitIn(sam), await sitIn(sam)]
    await evictDurableObject(roomOf(sam))
    await refit(sam, { standing })
    await say(phone, 'hello?')
    await laptop.hears({ message: 'hello?' })
  })
})

test('a room that is erased forgets everything, closes its sockets, and begins anew', async () => {
  const sam = await person('sam')
  const phone = await sitIn(sam)
  await say(phone, 'x')
  expect(await roomOf(sam).erase()).toBeGreaterThan(0)
  expect(await phone.isClosed()).toBe(4401)
  await rest(50)
  const tables = await runInDurableObject(roomOf(sam), (_room, state) =>
    state.storage.sql.exec(`SELECT name FROM sqlite_master WHERE name IN ('messages', 'facts', 'outbox')`).toArray(),
  )
  expect(tables).toEqual([])
  expect(await say(await sitIn(sam), 'anew')).toBe(1)
})

test('asking after nobody leaves no trace of a room', async () => {
  const sam = await person('sam')
  await call('POST', '/user/logout/', { as: sam.token })
  const tables = await runInDurableObject(roomOf(sam), (_room, state) => state.storage.sql.exec('SELECT name FROM sqlite_master').toArray())
  expect(tables).toEqual([])
})
