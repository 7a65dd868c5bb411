import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { SupportRoom } from '../../src/durable/support-room.ts'
import type { AlarmEvent, AlarmStatus } from '../../src/model/alarm.ts'
import { type Person, person, personWith } from '../support/people.ts'
import { type Client, type Frame, joinDesk, joinRoom, until } from '../support/sockets.ts'

const deskObject = () => env.SUPPORT_DESK.getByName('desk')
const roomOf = (person: Person) => env.SUPPORT_ROOM.getByName(String(person.id))
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** The frames about one person that a desk client has received. Other tests use the same desk. */
const framesAbout = (desk: Client, person: Person, events = ['chat_message', 'user_connected', 'user_disconnected']): Frame[] =>
  desk.frames.filter(({ event, user_id }) => user_id === String(person.id) && events.includes(String(event)))

const summaryOf = (desk: Client, person: Person): unknown =>
  desk.frames
    .filter(({ event }) => event === 'room')
    .map(({ room }) => room)
    .findLast((room) => typeof room === 'object' && room !== null && 'user_id' in room && room.user_id === person.id)

const replaceInRoom = (person: Person, dependencies: Partial<SupportRoom['dependencies']>): Promise<void> =>
  runInDurableObject(roomOf(person), (room) => {
    if (!(room instanceof SupportRoom)) throw new Error('no room')
    room.dependencies = { ...room.dependencies, ...dependencies }
  })

let staff: Person
let otherStaff: Person

beforeAll(async () => {
  staff = await personWith('is_staff')
  otherStaff = await personWith('is_superuser')
})

describe('the desk', () => {
  test('sends events about everybody, in the frames that old clients support', async () => {
    const sam = await person('sam')
    const [desk, second] = [await joinDesk(staff, { old: true }), await joinDesk(otherStaff, { old: true })]
    const phone = await joinRoom(sam)
    phone.send({ message: 'Is anybody there?' })
    await desk.waitForFrame({ message: 'Is anybody there?' })
    await second.waitForFrame({ message: 'Is anybody there?' })
    phone.socket.close(1000)
    await desk.waitForFrame({ event: 'user_disconnected', user_id: String(sam.id) })
    const [connected, message, disconnected] = framesAbout(desk, sam)
    const personFields = { identifier: String(sam.id), user_id: String(sam.id) }
    expect(connected).toEqual({ event: 'user_connected', ...personFields, username: sam.username, event_id: connected?.event_id })
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
    expect(message).toMatchObject({ event: 'chat_message', message: 'Is anybody there?', ...personFields, id: 1, from_admin: false })
    expect(disconnected).toMatchObject({ event: 'user_disconnected', ...personFields })
    expect(desk.frames.some(({ event }) => event === 'room')).toBe(false)
  })

  test.each([
    ['a number', (id: number) => id],
    ['a string', (id: number) => String(id)],
  ])('sends a message to a person whose id is %s: everybody gets it except the socket that sent it', async (_what, idOf) => {
    const sam = await person('sam')
    const [desk, secondDesk, oldDesk] = [await joinDesk(staff), await joinDesk(staff), await joinDesk(otherStaff, { old: true })]
    const [phone, helper] = [await joinRoom(sam, sam, { old: true }), await joinRoom(sam, otherStaff)]
    desk.send({ message: 'We are here.', user_id: idOf(sam.id), client_id: 'd1' })
    expect(await desk.waitForFrame({ type: 'ack' })).toEqual({ type: 'ack', id: 1, client_id: 'd1' })
    expect(await phone.waitForFrame({ message: 'We are here.' })).toMatchObject({ from_admin: true, user_id: String(sam.id), id: 1 })
    await helper.waitForFrame({ message: 'We are here.' })
    await secondDesk.waitForFrame({ message: 'We are here.' })
    await oldDesk.waitForFrame({ message: 'We are here.' })
    desk.send({ message: 'We are here.', user_id: idOf(sam.id), client_id: 'd1' })
    await until(() => desk.frames.filter(({ type }) => type === 'ack').length === 2)
    await sleep(50)
    expect(framesAbout(desk, sam, ['chat_message'])).toEqual([])
    expect(phone.messages()).toEqual(['We are here.'])
  })

  test('delivers the messages of one socket in order, also to different rooms', async () => {
    const people = [await person('ann'), await person('bob')]
    const desk = await joinDesk(staff, { old: true })
    const phones = await Promise.all(people.map((person) => joinRoom(person)))
    for (let n = 0; n < 10; n++) for (const { id } of people) desk.send({ message: `${n}`, user_id: id })
    for (const phone of phones) {
      await until(() => phone.messages().length === 10)
      expect(phone.messages()).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`))
    }
  })

  test.each([
    ['an unknown id', { message: 'x', user_id: 987_654_321 }],
    ['no id', { message: 'x' }],
    ['an invalid id', { message: 'x', user_id: 'x' }],
    ['no message', { user_id: 1 }],
    ['type typing', { type: 'typing', user_id: 1 }],
  ])('rejects a frame with %s, and stays open', async (_what, frame) => {
    const helper = await personWith('is_staff')
    const [modern, old] = [await joinDesk(helper), await joinDesk(helper, { old: true })]
    modern.send(frame)
    old.send(frame)
    await modern.waitForFrame({ event: 'error' })
    await sleep(50)
    expect(old.frames.filter(({ event }) => event === 'error')).toEqual([])
    expect([modern.closed, old.closed]).toEqual([null, null])
  })

  test('closes a flood with 4429', async () => {
    const helper = await personWith('is_staff')
    const desk = await joinDesk(helper)
    for (let n = 0; n < 200; n++) desk.send('{}')
    await desk.waitForFrame({ event: 'error', detail: 'Slow down.' })
    expect(await desk.isClosed()).toBe(4429)
  })

  test('sends missed events once, in order, also after hibernation; old clients get no room summaries', async () => {
    const sam = await person('sam')
    const desk = await joinDesk(staff)
    const phone = await joinRoom(sam)
    await desk.waitForFrame({ event: 'user_connected', user_id: String(sam.id) })
    const since = Math.max(...desk.frames.map(({ event_id }) => Number(event_id ?? 0)))
    desk.socket.close(1000)
    for (let n = 0; n < 5; n++) phone.send({ message: `missed ${n}`, client_id: `${n}` })
    await until(() => phone.frames.filter(({ type }) => type === 'ack').length === 5)
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
      await client.waitForFrame({ message: 'live' })
      expect(framesAbout(client, sam).map(({ message }) => message)).toEqual([
        'missed 0',
        'missed 1',
        'missed 2',
        'missed 3',
        'missed 4',
        'live',
      ])
      const ids = client.frames.map(({ event_id }) => Number(event_id))
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    }
    expect(summaryOf(back, sam)).toMatchObject({ username: sam.username, online: true })
    expect(old.frames.some(({ event }) => event === 'room')).toBe(false)
    back.frames.length = 0
    back.send({ type: 'resume', since })
    await until(() => framesAbout(back, sam).length === 6)
  })

  test('sends the current state of each room: unread messages, presence, claim', async () => {
    const sam = await person('sam')
    const desk = await joinDesk(staff)
    const phone = await joinRoom(sam)
    phone.send({ message: 'one' })
    phone.send({ message: 'two' })
    await until(() => Object(summaryOf(desk, sam)).unread === 2)
    expect(summaryOf(desk, sam)).toMatchObject({
      online: true,
      last_message: { id: 2, message: 'two', from_admin: false },
      taken_by: null,
      alarm: null,
    })
    const helper = await joinRoom(sam, staff)
    helper.send({ type: 'read', id: 1 })
    await until(() => Object(summaryOf(desk, sam)).unread === 1)
    phone.socket.close(1000)
    await until(() => Object(summaryOf(desk, sam)).online === false)
  })
})

describe('a desk that is unavailable', () => {
  test('does not delay the room, and gets every event exactly once when it is back, however often it fails', async () => {
    const [sam] = [await person('sam')]
    const desk = await joinDesk(staff)
    const [phone, helper] = [await joinRoom(sam), await joinRoom(sam, otherStaff)]
    await desk.waitForFrame({ event: 'user_connected', user_id: String(sam.id) })
    let attempts = 0
    await replaceInRoom(sam, {
      report: () => {
        attempts++
        return Promise.reject(new Error('the desk is down'))
      },
    })
    for (let n = 0; n < 5; n++) phone.send({ message: `${n}`, client_id: `${n}` })
    await until(() => helper.messages().length === 5)
    await until(() => phone.frames.filter(({ type }) => type === 'ack').length === 5)
    await until(() => attempts > 0)
    expect(framesAbout(desk, sam, ['chat_message'])).toEqual([])

    // The desk stores the report, but its response is lost. The room sends it again, and the desk ignores the duplicates.
    await replaceInRoom(sam, {
      report: async (name, report) => {
        await env.SUPPORT_DESK.getByName(name).report(report)
        throw new Error('response lost')
      },
    })
    await runDurableObjectAlarm(roomOf(sam))
    await until(() => framesAbout(desk, sam, ['chat_message']).length === 5)
    await evictDurableObject(roomOf(sam))
    await runDurableObjectAlarm(roomOf(sam))
    expect(framesAbout(desk, sam, ['chat_message']).map(({ message }) => message)).toEqual(['0', '1', '2', '3', '4'])
    const pending = await runInDurableObject(roomOf(sam), (_room, state) => state.storage.sql.exec('SELECT seq FROM outbox').toArray())
    expect(pending).toEqual([])
  })

  test('gets the first event at once, and the events of a busy room in batches', async () => {
    const sam = await person('sam')
    const phone = await joinRoom(sam)
    const reported: number[] = []
    await replaceInRoom(sam, {
      report: async (_desk, { events }) => {
        reported.push(events.length)
        return { desk: 'desk', version: 1, isStaffed: false }
      },
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    reported.length = 0
    phone.send({ message: 'first', client_id: 'first' })
    await phone.waitForFrame({ type: 'ack', client_id: 'first' })
    expect(reported).toEqual([1])
    for (let n = 0; n < 25; n++) phone.send({ message: `${n}`, client_id: `${n}` })
    await until(() => reported.reduce((sum, count) => sum + count, 0) === 26)
    expect(reported.length).toBeLessThan(10)
  })

  test('gets the event by the alarm alone if the room crashes right after storing it', async () => {
    const sam = await person('sam')
    const desk = await joinDesk(staff)
    const phone = await joinRoom(sam)
    await desk.waitForFrame({ event: 'user_connected', user_id: String(sam.id) })
    await replaceInRoom(sam, { report: () => new Promise(() => undefined) })
    phone.send({ message: 'x', client_id: 'x' })
    await phone.waitForFrame({ type: 'ack' })
    await runInDurableObject(roomOf(sam), async (_room, state) => {
      expect(await state.storage.getAlarm()).toBeLessThan(Date.now() + 11_000)
      state.abort('crash injected by the test')
    }).catch(() => undefined)
    await until(async () => {
      await runDurableObjectAlarm(roomOf(sam))
      return framesAbout(desk, sam, ['chat_message']).length === 1
    })
    await until(() => framesAbout(desk, sam, ['user_disconnected']).length === 1)
  })
})

describe('the report of a room', () => {
  const report = (person: Person, version: number, unread: number, epoch = 'e') => ({
    person: { id: person.id, username: person.username },
    epoch,
    version,
    events: [],
    summary: {
      online: false,
      unread,
      waitingSince: unread > 0 ? version : null,
      lastMessage: null,
      claimedBy: null,
      resolved: null,
      notes: 0,
      staff: [],
      updatedAt: version,
    },
  })

  test('is ignored if it is older than the stored one, unless the room was erased and started again', async () => {
    const sam = await person('sam')
    const desk = await joinDesk(staff)
    await deskObject().report(report(sam, 5, 5))
    await deskObject().report(report(sam, 4, 4))
    expect(summaryOf(desk, sam)).toMatchObject({ unread: 5 })
    await deskObject().report(report(sam, 1, 1, 'another'))
    expect(summaryOf(desk, sam)).toMatchObject({ unread: 1 })
  })
})

describe('alarms', () => {
  const alarm = (person: Person, alarmId: string, status: AlarmStatus, step: number): AlarmEvent => ({
    type: 'alarm',
    accountId: person.id,
    username: person.username,
    alarmId,
    status,
    step,
    scenario: 'Pattern 2',
    location: '',
    triggeredAt: Date.UTC(2026, 10, 20, 18, 55),
    acknowledgedBy: status === 'open' ? null : 'sam',
  })

  test('are sent at once, move their room to the top, and stay closed when an older step arrives late', async () => {
    const sam = await person('sam')
    const desk = await joinDesk(staff)
    const id = crypto.randomUUID().replaceAll('-', '').slice(0, 24)
    for (let n = 0; n < 2; n++) await deskObject().announce(`${id}.1`, alarm(sam, id, 'open', 1))
    expect(await desk.waitForFrame({ event: 'alarm', alarm_id: id })).toMatchObject({ status: 'open', step: 1 })
    expect(summaryOf(desk, sam)).toMatchObject({ alarm: { alarm_id: id, status: 'open', triggered_at: '2026-11-20T18:55:00Z' } })
    await deskObject().announce(`${id}.ack`, alarm(sam, id, 'acknowledged', 0))
    await deskObject().announce(`${id}.2`, alarm(sam, id, 'open', 2))
    expect(desk.frames.filter(({ alarm_id }) => alarm_id === id)).toHaveLength(3)
    expect(summaryOf(desk, sam)).toMatchObject({ alarm: null })
    expect((await deskObject().alarms(500)).find(({ alarmId }) => alarmId === id)).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: 'sam',
    })
  })
})

test('after a person is deleted, the desk has no data about them', async () => {
  const sam = await person('sam')
  const phone = await joinRoom(sam)
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

test('the lists of a desk and a room are read through an index, without a sort', async () => {
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
  await joinRoom(sam)
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
