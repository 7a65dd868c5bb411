import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { SupportRoom } from '../../src/durable/support-room.ts'
import { type Person, person, personWith } from '../support/people.ts'
import { type Client, type Frame, joinDesk, sitIn, until } from '../support/sockets.ts'

const deskObject = () => env.SUPPORT_DESK.getByName('desk')
const roomOf = (someone: Person) => env.SUPPORT_ROOM.getByName(String(someone.id))
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What a desk socket has heard of one person: other tests talk at the same desk. */
const about = (desk: Client, someone: Person, kinds = ['chat_message', 'user_connected', 'user_disconnected']): Frame[] =>
  desk.heard.filter(({ event, user_id }) => user_id === String(someone.id) && kinds.includes(String(event)))

const lineOf = (desk: Client, someone: Person): unknown =>
  desk.heard
    .filter(({ event }) => event === 'room')
    .map(({ room }) => room)
    .findLast((room) => typeof room === 'object' && room !== null && 'user_id' in room && room.user_id === someone.id)

const refitRoom = (someone: Person, parts: Partial<SupportRoom['parts']>): Promise<void> =>
  runInDurableObject(roomOf(someone), (room) => {
    if (!(room instanceof SupportRoom)) throw new Error('no room')
    room.parts = { ...room.parts, ...parts }
  })

let staff: Person
let other: Person

beforeAll(async () => {
  staff = await personWith('is_staff')
  other = await personWith('is_superuser')
})

describe('the desk', () => {
  test('hears of everybody, in the words of old clients', async () => {
    const sam = await person('sam')
    const [desk, second] = [await joinDesk(staff, { old: true }), await joinDesk(other, { old: true })]
    const phone = await sitIn(sam)
    phone.send({ message: 'Is anybody there?' })
    await desk.hears({ message: 'Is anybody there?' })
    await second.hears({ message: 'Is anybody there?' })
    phone.socket.close(1000)
    await desk.hears({ event: 'user_disconnected', user_id: String(sam.id) })
    const [connected, message, disconnected] = about(desk, sam)
    const who = { identifier: String(sam.id), user_id: String(sam.id) }
    expect(connected).toEqual({ event: 'user_connected', ...who, username: sam.username, event_id: connected?.event_id })
    expect(Object.keys(message ?? {})).toEqual([
      'event',
      'message',
      'identifier',
      'user_id',
      'id',
      'sent_at',
      'from_admin',
      'username',
      'event_id',
    ])
    expect(message).toMatchObject({ event: 'chat_message', message: 'Is anybody there?', ...who, id: 1, from_admin: false })
    expect(disconnected).toMatchObject({ event: 'user_disconnected', ...who })
    expect(desk.heard.some(({ event }) => event === 'room')).toBe(false)
  })

  test.each([
    ['a number', (id: number) => id],
    ['a string', (id: number) => String(id)],
  ])('answers a person, whose id is %s: everybody hears it but the socket that said it', async (_what, idOf) => {
    const sam = await person('sam')
    const [desk, mine, second] = [await joinDesk(staff), await joinDesk(staff), await joinDesk(other, { old: true })]
    const [phone, helper] = [await sitIn(sam, sam, { old: true }), await sitIn(sam, other)]
    desk.send({ message: 'We are here.', user_id: idOf(sam.id), client_id: 'd1' })
    expect(await desk.hears({ type: 'ack' })).toEqual({ type: 'ack', id: 1, client_id: 'd1' })
    expect(await phone.hears({ message: 'We are here.' })).toMatchObject({ from_admin: true, user_id: String(sam.id), id: 1 })
    await helper.hears({ message: 'We are here.' })
    await mine.hears({ message: 'We are here.' })
    await second.hears({ message: 'We are here.' })
    desk.send({ message: 'We are here.', user_id: idOf(sam.id), client_id: 'd1' })
    await until(() => desk.heard.filter(({ type }) => type === 'ack').length === 2)
    await rest(50)
    expect(about(desk, sam, ['chat_message'])).toEqual([])
    expect(phone.messages()).toEqual(['We are here.'])
  })

  test('errorResponse in their order what one socket errorResponse, to whomever', async () => {
    const people = [await person('ann'), await person('bob')]
    const desk = await joinDesk(staff, { old: true })
    const phones = await Promise.all(people.map((someone) => sitIn(someone)))
    for (let n = 0; n < 10; n++) for (const { id } of people) desk.send({ message: `${n}`, user_id: id })
    for (const phone of phones) {
      await until(() => phone.messages().length === 10)
      expect(phone.messages()).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`))
    }
  })

  test.each([
    ['nobody', { message: 'x', user_id: 987_654_321 }],
    ['no id', { message: 'x' }],
    ['an id that is none', { message: 'x', user_id: 'x' }],
    ['no message', { user_id: 1 }],
    ['typing', { type: 'typing', user_id: 1 }],
  ])('errorResponse nothing to %s, and stays open', async (_what, frame) => {
    const helper = await personWith('is_staff')
    const [modern, old] = [await joinDesk(helper), await joinDesk(helper, { old: true })]
    modern.send(frame)
    old.send(frame)
    await modern.hears({ event: 'error' })
    await rest(50)
    expect(old.heard.filter(({ event }) => event === 'error')).toEqual([])
    expect([modern.closed, old.closed]).toEqual([null, null])
  })

  test('closes a flood with 4429', async () => {
    const helper = await personWith('is_staff')
    const desk = await joinDesk(helper)
    for (let n = 0; n < 200; n++) desk.send('{}')
    await desk.hears({ event: 'error', detail: 'Slow down.' })
    expect(await desk.isClosed()).toBe(4429)
  })

  test('replays what was missed once, in order, also after sleep; to old clients no lines of the inbox', async () => {
    const sam = await person('sam')
    const desk = await joinDesk(staff)
    const phone = await sitIn(sam)
    await desk.hears({ event: 'user_connected', user_id: String(sam.id) })
    const since = Math.max(...desk.heard.map(({ event_id }) => Number(event_id ?? 0)))
    desk.socket.close(1000)
    for (let n = 0; n < 5; n++) phone.send({ message: `missed ${n}`, client_id: `${n}` })
    await until(() => phone.heard.filter(({ type }) => type === 'ack').length === 5)
    await until(() =>
      runInDurableObject(
        deskObject(),
        (_desk, state) => state.storage.sql.exec(`SELECT 1 FROM events WHERE event LIKE '%missed 4%'`).toArray().length,
      ),
    )
    await evictDurableObject(deskObject())
    const [back, old] = [await joinDesk(staff, { since }), await joinDesk(staff, { since, old: true })]
    phone.send({ message: 'live' })
    for (const client of [back, old]) {
      await client.hears({ message: 'live' })
      expect(about(client, sam).map(({ message }) => message)).toEqual(['missed 0', 'missed 1', 'missed 2', 'missed 3', 'missed 4', 'live'])
      const ids = client.heard.map(({ event_id }) => Number(event_id))
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    }
    expect(lineOf(back, sam)).toMatchObject({ username: sam.username, online: true })
    expect(old.heard.some(({ event }) => event === 'room')).toBe(false)
    back.heard.length = 0
    back.send({ type: 'resume', since })
    await until(() => about(back, sam).length === 6)
  })

  test('shows each room as it stands: who waits, who is there, who has it', async () => {
    const sam = await person('sam')
    const desk = await joinDesk(staff)
    const phone = await sitIn(sam)
    phone.send({ message: 'one' })
    phone.send({ message: 'two' })
    await until(() => Object(lineOf(desk, sam)).unread === 2)
    expect(lineOf(desk, sam)).toMatchObject({
      online: true,
      last_message: { id: 2, message: 'two', from_admin: false },
      taken_by: null,
      alarm: null,
    })
    const helper = await sitIn(sam, staff)
    helper.send({ type: 'read', id: 1 })
    await until(() => Object(lineOf(desk, sam)).unread === 1)
    phone.socket.close(1000)
    await until(() => Object(lineOf(desk, sam)).online === false)
  })
})

describe('a desk that is away', () => {
  test('keeps nobody waiting, and is told everything once when it is back, however often it fails', async () => {
    const [sam] = [await person('sam')]
    const desk = await joinDesk(staff)
    const [phone, helper] = [await sitIn(sam), await sitIn(sam, other)]
    await desk.hears({ event: 'user_connected', user_id: String(sam.id) })
    let tries = 0
    await refitRoom(sam, {
      report: () => {
        tries++
        return Promise.reject(new Error('the desk is down'))
      },
    })
    for (let n = 0; n < 5; n++) phone.send({ message: `${n}`, client_id: `${n}` })
    await until(() => helper.messages().length === 5)
    await until(() => phone.heard.filter(({ type }) => type === 'ack').length === 5)
    await until(() => tries > 0)
    expect(about(desk, sam, ['chat_message'])).toEqual([])

    // It hears, and its answer is lost: the room tells it again, and it knows it already.
    await refitRoom(sam, {
      report: async (name, report) => {
        await env.SUPPORT_DESK.getByName(name).report(report)
        throw new Error('lost on the way')
      },
    })
    await runDurableObjectAlarm(roomOf(sam))
    await until(() => about(desk, sam, ['chat_message']).length === 5)
    await evictDurableObject(roomOf(sam))
    await runDurableObjectAlarm(roomOf(sam))
    expect(about(desk, sam, ['chat_message']).map(({ message }) => message)).toEqual(['0', '1', '2', '3', '4'])
    const left = await runInDurableObject(roomOf(sam), (_room, state) => state.storage.sql.exec('SELECT seq FROM outbox').toArray())
    expect(left).toEqual([])
  })

  test('is told at once, and a lively room’s words some at a time', async () => {
    const sam = await person('sam')
    const phone = await sitIn(sam)
    const told: number[] = []
    await refitRoom(sam, {
      report: async (_desk, { happened }) => {
        told.push(happened.length)
      },
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    told.length = 0
    phone.send({ message: 'first', client_id: 'first' })
    await phone.hears({ type: 'ack', client_id: 'first' })
    expect(told).toEqual([1])
    for (let n = 0; n < 25; n++) phone.send({ message: `${n}`, client_id: `${n}` })
    await until(() => told.reduce((sum, words) => sum + words, 0) === 26)
    expect(told.length).toBeLessThan(10)
  })

  test('is told by the alarm alone, should the room have ended in the very moment', async () => {
    const sam = await person('sam')
    const desk = await joinDesk(staff)
    const phone = await sitIn(sam)
    await desk.hears({ event: 'user_connected', user_id: String(sam.id) })
    await refitRoom(sam, { report: () => new Promise(() => undefined) })
    phone.send({ message: 'x', client_id: 'x' })
    await phone.hears({ type: 'ack' })
    await runInDurableObject(roomOf(sam), async (_room, state) => {
      expect(await state.storage.getAlarm()).toBeLessThan(Date.now() + 11_000)
      state.abort('a crash of the test')
    }).catch(() => undefined)
    await until(async () => {
      await runDurableObjectAlarm(roomOf(sam))
      return about(desk, sam, ['chat_message']).length === 1
    })
    await until(() => about(desk, sam, ['user_disconnected']).length === 1)
  })
})

describe('what a room has said of itself', () => {
  const report = (someone: Person, version: number, unread: number, epoch = 'e') => ({
    person: { id: someone.id, username: someone.username },
    epoch,
    version,
    happened: [],
    line: {
      online: false,
      unread,
      waitingSince: unread > 0 ? version : null,
      lastMessage: null,
      takenBy: null,
      staff: [],
      updatedAt: version,
    },
  })

  test('is not undone by what arrives late; a room that begins anew is believed', async () => {
    const sam = await person('sam')
    const desk = await joinDesk(staff)
    await deskObject().report(report(sam, 5, 5))
    await deskObject().report(report(sam, 4, 4))
    expect(lineOf(desk, sam)).toMatchObject({ unread: 5 })
    await deskObject().report(report(sam, 1, 1, 'another'))
    expect(lineOf(desk, sam)).toMatchObject({ unread: 1 })
  })
})

describe('alarms', () => {
  const alarm = (someone: Person, alarm_id: string, status: string, step: number) => ({
    event: 'alarm',
    identifier: String(someone.id),
    user_id: String(someone.id),
    username: someone.username,
    alarm_id,
    status,
    step,
    scenario: 'Pattern 2',
    location: '',
    triggered_at: '2026-11-20T18:55:00Z',
    acknowledged_by: status === 'open' ? null : 'sam',
  })

  test('are shown at once, put their room first, and stay over when an older step comes late', async () => {
    const sam = await person('sam')
    const desk = await joinDesk(staff)
    const id = crypto.randomUUID().replaceAll('-', '').slice(0, 24)
    for (let n = 0; n < 2; n++) await deskObject().announce(`${id}.1`, alarm(sam, id, 'open', 1))
    expect(await desk.hears({ event: 'alarm', alarm_id: id })).toMatchObject({ status: 'open', step: 1 })
    expect(lineOf(desk, sam)).toMatchObject({ alarm: { alarm_id: id, status: 'open', triggered_at: '2026-11-20T18:55:00Z' } })
    await deskObject().announce(`${id}.ack`, alarm(sam, id, 'acknowledged', 0))
    await deskObject().announce(`${id}.2`, alarm(sam, id, 'open', 2))
    expect(desk.heard.filter(({ alarm_id }) => alarm_id === id)).toHaveLength(3)
    expect(lineOf(desk, sam)).toMatchObject({ alarm: null })
    expect((await deskObject().alarms(500)).find(({ alarmId }) => alarmId === id)).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: 'sam',
    })
  })
})

test('a desk that forgets somebody has nothing of them left', async () => {
  const sam = await person('sam')
  const phone = await sitIn(sam)
  phone.send({ message: 'zebrafinch' })
  const rows = () =>
    runInDurableObject(deskObject(), (_desk, state) =>
      state.storage.sql
        .exec('SELECT user_id FROM events WHERE user_id = ?1 UNION ALL SELECT user_id FROM rooms WHERE user_id = ?1', String(sam.id))
        .toArray(),
    )
  await until(async () => (await rows()).length > 2)
  await roomOf(sam).erase()
  expect(await deskObject().forget(sam.id)).toBeGreaterThan(0)
  expect(await rows()).toEqual([])
})

test('the lists of a desk and a room are read by an index, and no more than is shown', async () => {
  await deskObject().alarms(1)
  const explain = (state: DurableObjectState, queries: string[]) =>
    queries.map((query) =>
      state.storage.sql
        .exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`)
        .toArray()
        .map(({ detail }) => detail)
        .join('; '),
    )
  const plans = await runInDurableObject(deskObject(), (_desk, state) =>
    explain(state, [
      'SELECT * FROM rooms WHERE (rank, place, user_id) > (0, 0, 0) ORDER BY rank, place, user_id LIMIT 51',
      'SELECT * FROM alarms ORDER BY triggered_at DESC, alarm_id DESC LIMIT 200',
      `SELECT * FROM alarms WHERE user_id = 1 AND status = 'open' ORDER BY triggered_at LIMIT 1`,
      'SELECT id, event FROM events WHERE id > 1 UNION ALL SELECT event_id AS id, shown AS event FROM rooms WHERE event_id > 1 ORDER BY id LIMIT 200',
      'SELECT 1 FROM rooms WHERE occupied = 1 LIMIT 1',
    ]),
  )
  const sam = await person('sam')
  await sitIn(sam)
  plans.push(
    ...(await runInDurableObject(roomOf(sam), (_room, state) =>
      explain(state, [
        'SELECT * FROM messages WHERE id < 10 ORDER BY id DESC LIMIT 50',
        'SELECT * FROM messages WHERE id > 1 AND id <= 9 ORDER BY id LIMIT 50',
        'SELECT count(*), min(sent_at) FROM messages WHERE from_admin = 1 AND id > 1',
        `SELECT * FROM messages WHERE sender_id = 1 AND client_id = 'x'`,
        `SELECT seq FROM outbox WHERE desk = 'desk' ORDER BY seq LIMIT 100`,
      ]),
    )),
  )
  for (const plan of plans) {
    expect(plan).toMatch(/USING (COVERING )?INDEX|USING INTEGER PRIMARY KEY/)
    expect(plan).not.toContain('TEMP B-TREE')
  }
})
