import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { RoomTables } from '../../src/durable/room-tables.ts'
import { SupportRoom } from '../../src/durable/support-room.ts'
import { settingsFrom } from '../../src/env.ts'
import { call, textAt } from '../support/call.ts'
import { PASSWORD, type Person, person, personWith } from '../support/people.ts'
import { type Client, joinDesk, joinRoom, until } from '../support/sockets.ts'

const roomOf = (person: Person) => env.SUPPORT_ROOM.getByName(String(person.id))
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const storedMessages = (person: Person) =>
  runInDurableObject(roomOf(person), (_room, state) =>
    state.storage.sql.exec<{ id: number; message: string }>('SELECT id, message FROM messages ORDER BY id').toArray(),
  )

const replaceInRoom = (person: Person, dependencies: Partial<SupportRoom['dependencies']>): Promise<void> =>
  runInDurableObject(roomOf(person), (room) => {
    if (!(room instanceof SupportRoom)) throw new Error('no room')
    room.dependencies = { ...room.dependencies, ...dependencies }
  })

const sendMessage = async (client: Client, message: string): Promise<number> => {
  const clientId = crypto.randomUUID()
  client.send({ message, client_id: clientId })
  return Number((await client.waitForFrame({ type: 'ack', client_id: clientId })).id)
}

describe('a message', () => {
  test('reaches everybody in the room except the socket that sent it, in the frames that old clients support', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, laptop, helper] = [
      await joinRoom(sam, sam, { old: true }),
      await joinRoom(sam, sam, { old: true }),
      await joinRoom(sam, staff, { old: true }),
    ]
    phone.send('{"message":"Is anybody there?"}')
    const [onLaptop] = [await laptop.waitForFrame({ message: 'Is anybody there?' })]
    expect(Object.keys(onLaptop)).toEqual(['event', 'message', 'identifier', 'user_id', 'from_admin', 'id', 'sent_at'])
    expect(onLaptop).toMatchObject({ event: 'chat_message', identifier: String(sam.id), user_id: String(sam.id), from_admin: false, id: 1 })
    expect(await helper.waitForFrame({ message: 'Is anybody there?' })).toEqual(onLaptop)
    helper.send({ message: 'I am here.' })
    expect(await phone.waitForFrame({ message: 'I am here.' })).toMatchObject({ from_admin: true, user_id: String(sam.id), id: 2 })
    await laptop.waitForFrame({ message: 'I am here.' })
    await sleep(50)
    expect(phone.frames).toHaveLength(1)
    expect(helper.frames).toHaveLength(1)
  })

  test('is stored before it is sent, and everybody gets the same order', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, helper, watcher] = [await joinRoom(sam), await joinRoom(sam, staff), await joinRoom(sam, staff)]
    await replaceInRoom(sam, {
      report: () => new Promise(() => undefined), // a desk that never answers
    })
    for (let n = 0; n < 12; n++) {
      phone.send({ message: `person ${n}` })
      helper.send({ message: `staff ${n}` })
    }
    await until(() => watcher.messages().length === 24)
    const ids = watcher.frames.map(({ id }) => Number(id))
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    expect((await storedMessages(sam)).map(({ message }) => message)).toEqual(watcher.messages())
    expect(phone.messages()).toEqual(watcher.messages().filter((message) => String(message).startsWith('staff')))
  })

  test('with the same client_id is stored once, however often it is sent and from which socket; another sender may use the same client_id', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, laptop, helper] = [await joinRoom(sam), await joinRoom(sam), await joinRoom(sam, staff)]
    for (let n = 0; n < 10; n++) for (const client of [phone, laptop]) client.send({ message: 'once', client_id: 'a' })
    await until(() => phone.frames.filter(({ type }) => type === 'ack').length === 10)
    await until(() => laptop.frames.filter(({ type }) => type === 'ack').length === 10)
    expect(phone.frames.find(({ type }) => type === 'ack')).toEqual({ type: 'ack', id: 1, client_id: 'a' })
    expect(helper.messages()).toEqual(['once'])
    helper.send({ message: 'mine', client_id: 'a' })
    expect(await helper.waitForFrame({ type: 'ack' })).toMatchObject({ id: 2 })
    expect((await storedMessages(sam)).map(({ message }) => message)).toEqual(['once', 'mine'])
  })

  test('of many concurrent senders is on disk when it is sent, arrives once, and in the order of storage', async () => {
    const sam = await person('sam')
    const staff = await Promise.all(Array.from({ length: 7 }, () => personWith('is_staff')))
    const clients = await Promise.all([joinRoom(sam), ...staff.map((member) => joinRoom(sam, member))])
    for (let n = 0; n < 12; n++) {
      for (const [index, client] of clients.entries()) {
        client.send({ message: `${index}.${n}`, client_id: `${n}` })
        // Sent again before the acknowledgement has arrived.
        if (n % 3 === 0) client.send({ message: `${index}.${n}`, client_id: `${n}` })
      }
    }
    const acks = (client: Client) => client.frames.filter(({ type }) => type === 'ack')
    await until(() => clients.every((client) => acks(client).length === 16 && client.messages().length === 84))
    const messages = await storedMessages(sam)
    expect(messages).toHaveLength(96)
    for (const [index, client] of clients.entries()) {
      const others = messages.filter(({ message }) => !message.startsWith(`${index}.`))
      expect(client.messages()).toEqual(others.map(({ message }) => message))
      for (const { id, client_id } of acks(client)) expect(messages).toContainEqual({ id, message: `${index}.${client_id}` })
    }
  })

  const INVALID_FRAMES: readonly (readonly [frame: string | ArrayBuffer, what: string])[] = [
    ['', 'not JSON'],
    ['null', 'JSON null'],
    ['[]', 'a list'],
    ['"x"', 'a text'],
    ['{}', 'no message'],
    ['{"message":""}', 'empty'],
    ['{"message":"   "}', 'blank'],
    ['{"message":null}', 'null'],
    ['{"message":true}', 'a boolean'],
    ['{"message":{"a":1}}', 'an object'],
    ['{"message":"a\\u0000b"}', 'NUL'],
    ['{"message":"\\ud800"}', 'half a surrogate pair'],
    [JSON.stringify({ message: 'x'.repeat(4001) }), 'too long'],
    ['x'.repeat(1_000_000), 'far too long'],
    ['{"message":"x","client_id":{}}', 'an invalid client_id'],
    ['{"type":"resume"}', 'resume without since'],
    ['{"type":"read","id":"x"}', 'read with an invalid id'],
    [new Uint8Array([1, 2, 3]).buffer, 'binary'],
  ]
  test.each(INVALID_FRAMES.map(([frame, what]) => ({ frame, what })))(
    'that is invalid ($what) is not stored and does not close the socket',
    async ({ frame }) => {
      const sam = await person('sam')
      const [modern, old] = [await joinRoom(sam), await joinRoom(sam, sam, { old: true })]
      modern.send(frame)
      old.send(frame)
      expect(Object.keys(await modern.waitForFrame({ event: 'error' }))).toEqual(['event', 'detail'])
      await sendMessage(modern, 'still here')
      await old.waitForFrame({ message: 'still here' })
      expect(old.frames).toHaveLength(1)
      expect((await storedMessages(sam)).map(({ message }) => message)).toEqual(['still here'])
    },
  )

  test('is never older than the message before it, even if the clock goes back and the object restarts', async () => {
    const sam = await person('sam')
    const phone = await joinRoom(sam)
    const start = Date.now()
    for (const [text, offset] of [
      ['now', 0],
      ['an hour back', -3_600_000],
      ['a second back', -1000],
      ['later', 5000],
    ] as const) {
      await replaceInRoom(sam, { now: () => start + offset })
      await sendMessage(phone, text)
    }
    await evictDurableObject(roomOf(sam))
    await sendMessage(phone, 'after a restart, five seconds back')
    const stored = await runInDurableObject(roomOf(sam), (_room, state) =>
      state.storage.sql.exec<{ sent_at: number }>('SELECT sent_at FROM messages ORDER BY id').toArray(),
    )
    expect(stored.map(({ sent_at }) => sent_at - start)).toEqual([0, 0, 0, 5000, 5000])
  })

  test('may have 4000 characters of any kind, and line breaks', async () => {
    const sam = await person('sam')
    const [phone, laptop] = [await joinRoom(sam), await joinRoom(sam)]
    for (const message of ['🦊'.repeat(4000), 'a\n\tb', '<script>alert(1)</script>', '{"event":"error"}']) {
      await sendMessage(phone, message)
      expect(await laptop.waitForFrame({ message })).toBeTruthy()
    }
  })
})

describe('a client that was offline', () => {
  test('gets every missed message once, by query parameter or resume frame, while others keep sending', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const helper = await joinRoom(sam, staff)
    await runInDurableObject(roomOf(sam), (_room, state) => {
      for (let n = 1; n <= 950; n++)
        state.storage.sql.exec(
          'INSERT INTO messages (sender_id, sender_name, from_admin, message, sent_at) VALUES (1, ?, 1, ?, ?)',
          'staff',
          `old ${n}`,
          n,
        )
    })
    const opening = joinRoom(sam, sam, { since: 3, old: true })
    for (let n = 0; n < 10; n++) helper.send({ message: `new ${n}` })
    const phone = await opening
    await sendMessage(helper, 'last')
    await phone.waitForFrame({ message: 'last' })
    const ids = phone.frames.map(({ id }) => Number(id))
    expect(ids).toEqual(Array.from({ length: 958 }, (_, n) => n + 4))

    phone.send({ type: 'resume', since: 955 })
    helper.send({ message: 'after all' })
    await phone.waitForFrame({ message: 'after all' })
    const again = phone.frames.slice(ids.length).map(({ id }) => id)
    expect(again).toEqual([956, 957, 958, 959, 960, 961, 962])
  })

  test('gets no older messages unless it asks for them', async () => {
    const sam = await person('sam')
    const phone = await joinRoom(sam)
    await sendMessage(phone, 'one')
    const laptop = await joinRoom(sam)
    await sendMessage(phone, 'two')
    await laptop.waitForFrame({ message: 'two' })
    expect(laptop.messages()).toEqual(['two'])
    const late = await joinRoom(sam, await personWith('is_admin'), { since: 0 })
    await late.waitForFrame({ message: 'two' })
    expect(late.messages()).toEqual(['one', 'two'])
  })

  test('recognises its own messages by their client_id', async () => {
    const sam = await person('sam')
    const phone = await joinRoom(sam)
    phone.send({ message: 'mine', client_id: 'm1' })
    await phone.waitForFrame({ type: 'ack' })
    const back = await joinRoom(sam, sam, { since: 0 })
    expect(await back.waitForFrame({ message: 'mine' })).toMatchObject({ client_id: 'm1', from_admin: false })
    const helper = await joinRoom(sam, await personWith('is_staff'), { since: 0 })
    expect(await helper.waitForFrame({ message: 'mine' })).not.toHaveProperty('client_id')
  })
})

describe('typing and read', () => {
  test('frames go to new clients only', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, old, helper] = [await joinRoom(sam), await joinRoom(sam, sam, { old: true }), await joinRoom(sam, staff)]
    helper.send({ type: 'typing' })
    expect(await phone.waitForFrame({ type: 'typing' })).toEqual({
      type: 'typing',
      identifier: `${sam.id}`,
      user_id: `${sam.id}`,
      from_admin: true,
    })
    await sendMessage(helper, 'one')
    await sendMessage(helper, 'two')
    const unread = async (as: Person) =>
      (await call('GET', `/api/v1/chat/user/support/${sam.id}/messages/`, { as: as.token })).json as { unread: number }
    expect((await unread(sam)).unread).toBe(2)
    expect((await unread(staff)).unread).toBe(0)
    phone.send({ type: 'read', id: 1 })
    expect(await helper.waitForFrame({ type: 'read' })).toMatchObject({ id: 1, from_admin: false })
    expect((await unread(sam)).unread).toBe(1)
    phone.send({ type: 'read', id: 999 })
    phone.send({ type: 'read', id: 1 })
    await sendMessage(phone, 'three')
    expect((await unread(sam)).unread).toBe(0)
    expect((await unread(staff)).unread).toBe(1)
    await sendMessage(helper, 'four')
    expect((await unread(staff)).unread).toBe(0)
    expect((await unread(sam)).unread).toBe(1)
    expect(old.frames.every(({ event }) => event === 'chat_message')).toBe(true)
    expect(helper.frames.filter(({ type }) => type === 'typing')).toEqual([])
  })
})

describe('a client that connects', () => {
  test('gets both read marks, also after a restart; an old client and an unread room get none', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, helper] = [await joinRoom(sam), await joinRoom(sam, staff)]
    await sendMessage(phone, 'one')
    await sendMessage(helper, 'two')
    phone.send({ type: 'read', id: 2 })
    await helper.waitForFrame({ type: 'read', from_admin: false })
    await evictDurableObject(roomOf(sam))
    const [laptop, old] = [await joinRoom(sam), await joinRoom(sam, sam, { old: true })]
    await laptop.waitForFrame({ type: 'read', from_admin: false })
    await sendMessage(helper, 'three')
    await old.waitForFrame({ message: 'three' })
    expect(laptop.frames.filter(({ type }) => type === 'read')).toEqual(
      [true, false].map((from_admin) => ({ type: 'read', id: 2, identifier: `${sam.id}`, user_id: `${sam.id}`, from_admin })),
    )
    expect(old.frames.filter(({ type }) => type === 'read')).toEqual([])
    const unread = await joinRoom(await person('unread'))
    await sendMessage(unread, 'hello')
    expect(unread.frames.filter(({ type }) => type === 'read')).toEqual([])
  })

  test('learns who wrote a message only if it is of staff, live and when it catches up', async () => {
    const [sam, ann, bob] = [await person('sam'), await personWith('is_staff'), await personWith('is_staff')]
    const [phone, helper, other] = [await joinRoom(sam), await joinRoom(sam, ann), await joinRoom(sam, bob)]
    await sendMessage(helper, 'I am Ann.')
    expect(await other.waitForFrame({ message: 'I am Ann.' })).toMatchObject({ sender: { id: ann.id, username: ann.username } })
    expect(await phone.waitForFrame({ message: 'I am Ann.' })).not.toHaveProperty('sender')
    const [late, latePhone] = [await joinRoom(sam, bob, { since: 0 }), await joinRoom(sam, sam, { since: 0 })]
    expect(await late.waitForFrame({ message: 'I am Ann.' })).toMatchObject({ sender: { id: ann.id, username: ann.username } })
    expect(await latePhone.waitForFrame({ message: 'I am Ann.' })).not.toHaveProperty('sender')
  })
})

describe('a client that sends more than the limit', () => {
  test('gets an error and its message is not stored; a flood closes the socket', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, laptop, helper] = [await joinRoom(sam, sam, { old: true }), await joinRoom(sam), await joinRoom(sam, staff)]
    for (let n = 0; n < 50; n++) phone.send({ message: `${n}` })
    expect(await phone.waitForFrame({ event: 'error' })).toEqual({ event: 'error', detail: 'Slow down.' })
    await until(() => phone.frames.length >= 19)
    expect((await storedMessages(sam)).length).toBeLessThan(33)
    expect((await storedMessages(sam)).length).toBeGreaterThanOrEqual(30)
    // A second socket of the same person shares the bucket. Staff have a bucket of their own.
    laptop.send({ message: 'me, too' })
    expect(await laptop.waitForFrame({ event: 'error' })).toEqual({ event: 'error', detail: 'Slow down.' })
    await sendMessage(helper, 'Take your time.')
    for (let n = 0; n < 100; n++) phone.send('nonsense')
    expect(await phone.isClosed()).toBe(4429)
    expect(laptop.closed).toBeNull()
  })
})

describe('the rate limit', () => {
  test('is 30 messages and then 2 per second, unless the operator sets other values', () => {
    expect(settingsFrom(env).chat).toEqual({ burst: 30, perSecond: 2 })
    expect(settingsFrom({ ...env, CHAT_BURST: '500', CHAT_PER_SECOND: '20' }).chat).toEqual({ burst: 500, perSecond: 20 })
    // A limit of zero would make the chat unusable.
    expect(settingsFrom({ ...env, CHAT_BURST: '0', CHAT_PER_SECOND: '0' }).chat).toEqual({ burst: 1, perSecond: 0.1 })
    expect(settingsFrom({ ...env, CHAT_BURST: 'many', CHAT_PER_SECOND: '-1' }).chat).toEqual({ burst: 30, perSecond: 2 })
  })
})

describe('hibernation', () => {
  test('loses nothing: connections, what each client supports, and the order of messages', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const desk = await joinDesk(staff, { old: true })
    const [phone, old, helper] = [await joinRoom(sam), await joinRoom(sam, sam, { old: true }), await joinRoom(sam, staff)]
    await desk.waitForFrame({ event: 'user_connected', user_id: String(sam.id) })
    await sendMessage(phone, 'before')
    await evictDurableObject(roomOf(sam))
    expect(await sendMessage(helper, 'after')).toBe(2)
    await phone.waitForFrame({ message: 'after' })
    await old.waitForFrame({ message: 'after' })
    await evictDurableObject(roomOf(sam))
    helper.send({ type: 'typing' })
    await phone.waitForFrame({ type: 'typing' })
    expect(old.messages()).toEqual(['before', 'after'])
    phone.send('{')
    await phone.waitForFrame({ event: 'error' })
    await evictDurableObject(roomOf(sam))
    phone.socket.close(1000)
    await sleep(100)
    expect(desk.frames.some(({ event }) => event === 'user_disconnected')).toBe(false)
    await evictDurableObject(roomOf(sam))
    old.socket.close(1000)
    await desk.waitForFrame({ event: 'user_disconnected', user_id: String(sam.id) })
    expect(desk.frames.filter(({ event }) => event === 'user_connected')).toHaveLength(1)
  })

  test('does not change who gets a message: after new connections, closed ones, and clients that start to use new frames', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, old] = [await joinRoom(sam), await joinRoom(sam, sam, { old: true })]
    await sendMessage(phone, 'one')
    const helper = await joinRoom(sam, staff)
    await sendMessage(phone, 'two')
    await evictDurableObject(roomOf(sam))
    await sendMessage(phone, 'three')
    helper.send({ type: 'typing' })
    await phone.waitForFrame({ type: 'typing' })
    expect(old.frames.some(({ type }) => type === 'typing')).toBe(false)
    // An old client that sends a client_id has shown that it supports the new frames.
    await sendMessage(old, 'four')
    helper.send({ type: 'typing' })
    await old.waitForFrame({ type: 'typing' })
    phone.socket.close(1000)
    await phone.isClosed()
    const laptop = await joinRoom(sam)
    await sendMessage(helper, 'five')
    await laptop.waitForFrame({ message: 'five' })
    await old.waitForFrame({ message: 'five' })
    expect(phone.messages()).toEqual(['four'])
    expect(old.messages()).toEqual(['one', 'two', 'three', 'five'])
    expect(helper.messages()).toEqual(['two', 'three', 'four'])
    expect(laptop.messages()).toEqual(['five'])
  })

  test('a ping is answered without waking the room', async () => {
    const sam = await person('sam')
    const phone = await joinRoom(sam)
    await sendMessage(phone, 'x')
    let wakeups = 0
    await sleep(50)
    await replaceInRoom(sam, {
      now: () => {
        wakeups++
        return Date.now()
      },
    })
    phone.send('ping')
    await until(() => phone.texts.includes('pong'))
    expect(wakeups).toBe(0)
    phone.send({ message: 'x' })
    await until(async () => wakeups > 0)
  })

  test.each([
    [1000, 1000],
    [3001, 3001],
    [4000, 4000],
  ])('a close frame with code %i is answered with code %i', async (code, answered) => {
    const sam = await person('sam')
    const phone = await joinRoom(sam)
    await evictDurableObject(roomOf(sam))
    phone.socket.close(code)
    expect(await phone.isClosed()).toBe(answered)
  })

  test('a close frame without a code is answered, and no reserved code is echoed', async () => {
    const sam = await person('sam')
    const phone = await joinRoom(sam)
    phone.socket.close()
    expect([1000, 1005]).toContain(await phone.isClosed())
  })
})

describe('presence', () => {
  test('a crash that removed the sockets is detected, and the person is reported as offline once', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const desk = await joinDesk(staff)
    await joinRoom(sam)
    await desk.waitForFrame({ event: 'user_connected', user_id: String(sam.id) })
    await runInDurableObject(roomOf(sam), (_room, state) => {
      for (const socket of state.getWebSockets()) socket.serializeAttachment(null)
    })
    await runDurableObjectAlarm(roomOf(sam))
    await desk.waitForFrame({ event: 'user_disconnected', user_id: String(sam.id) })
    await runInDurableObject(roomOf(sam), (_room, state) => state.storage.setAlarm(Date.now() + 60_000))
    await runDurableObjectAlarm(roomOf(sam))
    const disconnected = desk.frames.filter(({ event, user_id }) => event === 'user_disconnected' && user_id === String(sam.id))
    expect(disconnected).toHaveLength(1)
  })
})

test('a crash that removed the staff connections of a room is detected, and the desk no longer lists the room as occupied', async () => {
  const [sam, staff] = [await person('sam'), await personWith('is_staff')]
  await joinRoom(sam, staff)
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
  const alarmAt = await runInDurableObject(roomOf(sam), (_room, state) => state.storage.getAlarm())
  expect(alarmAt).toBeNull()
})

test('each of several desks gets every event, independently of the others', async () => {
  const sam = await person('sam')
  await runInDurableObject(roomOf(sam), (_room, state) => {
    const tables = new RoomTables(state.storage.sql)
    tables.setPerson({ id: sam.id, username: sam.username })
    tables.enqueueForDesks(['north', 'south'], { type: 'connected' })
    const north = tables.report('north', [], 0)
    expect(north?.report.events).toHaveLength(1)
    tables.markDelivered('north', north?.upTo ?? 0, [])
    expect(tables.report('north', [], 0)).toBeNull()
    // Deliveries are remembered in memory only. After a restart the room sends the events again, with the same keys.
    const again = new RoomTables(state.storage.sql).report('north', [], 0)
    expect(again?.report.events).toEqual(north?.report.events)
    expect(tables.desksWithPendingEvents()).toEqual(['south'])
    expect(tables.report('south', [], 0)?.report.events.map(({ event }) => event)).toEqual([{ type: 'connected' }])
  })
})

describe('revocation', () => {
  const closeCode = async (client: Client): Promise<number> => (await until(() => client.closed, 2000)).code
  const logIn = async (person: Person): Promise<Person> => {
    const response = await call('POST', '/user/login/', { json: { username: person.username, password: PASSWORD } })
    return { ...person, token: `Token ${textAt(response, 'token')}` }
  }

  test.each([
    ['logging out', (as: string) => call('POST', '/user/logout/', { as })],
    ['deactivation', (as: string) => call('PATCH', '/users/deactivate/', { as })],
  ])('%s closes the sockets with 4401, also while the room hibernates', async (_what, end) => {
    const sam = await person('sam')
    const [phone, laptop] = [await joinRoom(sam), await joinRoom(sam)]
    await sendMessage(phone, 'x')
    await evictDurableObject(roomOf(sam))
    const response = await end(sam.token)
    if (response.status >= 300) throw new Error(response.text)
    expect([await closeCode(phone), await closeCode(laptop)]).toEqual([4401, 4401])
  })

  test('closes only the sockets of the credential that ended', async () => {
    const sam = await person('sam')
    const second = await logIn(sam)
    const [phone, laptop] = [await joinRoom(sam), await joinRoom(sam, second)]
    await call('DELETE', '/api/v1/user/sessions/', { as: sam.token })
    expect(await closeCode(laptop)).toBe(4401)
    await sendMessage(phone, 'still here')
    expect(phone.closed).toBeNull()
  })

  test('a new password closes all sockets except those of the session that set it', async () => {
    const sam = await person('sam')
    const [phone, laptop] = [await joinRoom(sam), await joinRoom(sam, await logIn(sam))]
    await evictDurableObject(roomOf(sam))
    const json = { username: sam.username, old_password: PASSWORD, new_password: 'another horse 8' }
    expect((await call('PUT', '/users/reset/', { as: sam.token, json })).status).toBe(200)
    expect(await closeCode(laptop)).toBe(4401)
    await sendMessage(phone, 'still here')
  })

  test('staff who log out lose their connections in rooms and at the desk', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [desk, phone, helper] = [await joinDesk(staff), await joinRoom(sam), await joinRoom(sam, staff)]
    await desk.waitForFrame({ event: 'room' })
    await evictDurableObject(roomOf(sam))
    await call('POST', '/user/logout/', { as: staff.token })
    expect([await closeCode(helper), await closeCode(desk)]).toEqual([4401, 4401])
    expect(phone.closed).toBeNull()
  })

  test('a change by an operator in the database closes sockets, too: the desk finds it, or the next frame', async () => {
    const [sam, staff, boss] = [await person('sam'), await personWith('is_staff'), await personWith('is_admin')]
    const desk = await joinDesk(boss)
    const [phone, helper] = [await joinRoom(sam), await joinRoom(sam, staff)]
    await desk.waitForFrame({ event: 'room' })
    await env.DB.prepare('UPDATE accounts SET is_staff = 0 WHERE id = ?').bind(staff.id).run()
    await env.DB.prepare('DELETE FROM credentials WHERE account_id = ?').bind(sam.id).run()
    await until(async () => {
      await runDurableObjectAlarm(env.SUPPORT_DESK.getByName('desk'))
      return phone.closed && helper.closed
    })
    expect([phone.closed?.code, helper.closed?.code]).toEqual([4401, 4403])

    const [pam] = [await person('pam')]
    const pamsPhone = await joinRoom(pam)
    await evictDurableObject(roomOf(pam)) // otherwise the last access check is still cached
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(pam.id).run()
    pamsPhone.send({ message: 'too late' })
    expect(await closeCode(pamsPhone)).toBe(4401)
    expect(await storedMessages(pam)).toEqual([])
  })

  test('an expired token closes its socket at the next frame or alarm, and its messages are not stored', async () => {
    const sam = await person('sam')
    const phone = await joinRoom(sam)
    await replaceInRoom(sam, { now: () => Date.now() + 31 * 24 * 60 * 60_000 })
    phone.send({ message: 'too late' })
    expect(await closeCode(phone)).toBe(4401)
    expect(await storedMessages(sam)).toEqual([])
    const laptop = await joinRoom(sam)
    await runDurableObjectAlarm(roomOf(sam))
    expect(await closeCode(laptop)).toBe(4401)
  })

  test.each([
    ['fails', () => Promise.reject(new Error('D1 is down'))],
    ['does not respond', () => new Promise<never>(() => undefined)],
  ])('a database that %s closes no socket, and messages are still delivered', async (_what, findAccessLoss) => {
    const sam = await person('sam')
    const [phone, laptop] = [await joinRoom(sam), await joinRoom(sam)]
    await evictDurableObject(roomOf(sam))
    await replaceInRoom(sam, { findAccessLoss })
    await sendMessage(phone, 'hello?')
    await laptop.waitForFrame({ message: 'hello?' })
  })
})

test('erasing a room deletes its data and closes its sockets; afterwards it can be used again', async () => {
  const sam = await person('sam')
  const phone = await joinRoom(sam)
  await sendMessage(phone, 'x')
  expect(await roomOf(sam).erase()).toBeGreaterThan(0)
  expect(await phone.isClosed()).toBe(4401)
  await sleep(50)
  const tables = await runInDurableObject(roomOf(sam), (_room, state) =>
    state.storage.sql.exec(`SELECT name FROM sqlite_master WHERE name IN ('messages', 'facts', 'outbox')`).toArray(),
  )
  expect(tables).toEqual([])
  expect(await sendMessage(await joinRoom(sam), 'again')).toBe(1)
})

test('a recheck of a room without connections stores nothing', async () => {
  const sam = await person('sam')
  await call('POST', '/user/logout/', { as: sam.token })
  const tables = await runInDurableObject(roomOf(sam), (_room, state) => state.storage.sql.exec('SELECT name FROM sqlite_master').toArray())
  expect(tables).toEqual([])
})
