import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { SupportRoom } from '../../src/durable/support-room.ts'
import { at, call } from '../support/call.ts'
import { type Person, person, personWith } from '../support/people.ts'
import { type Client, joinDesk, joinRoom, until } from '../support/sockets.ts'

/** A conversation whose holder does not answer goes back to the queue. */

const MINUTE = 60_000
const LIMIT = 10 * MINUTE

const roomOf = (someone: Person) => env.SUPPORT_ROOM.getByName(String(someone.id))

/** The room's clock, which the test moves. */
const withClock = async (someone: Person) => {
  let ahead = 0
  const install = () =>
    runInDurableObject(roomOf(someone), (room) => {
      if (!(room instanceof SupportRoom)) throw new Error('no room')
      room.dependencies = { ...room.dependencies, now: () => Date.now() + ahead }
    })
  await install()
  return {
    install,
    advance: (ms: number) => {
      ahead += ms
    },
    run: () => runDurableObjectAlarm(roomOf(someone)),
  }
}

const say = async (client: Client, message: string): Promise<void> => {
  const clientId = crypto.randomUUID()
  client.send({ message, client_id: clientId })
  await client.waitForFrame({ type: 'ack', client_id: clientId })
}

const claim = (someone: Person, staff: Person) => call('POST', `/console/api/rooms/${someone.id}/take/`, { as: staff.token })
const returnsOf = (someone: Person, staff: Person) => call('GET', `/console/api/rooms/${someone.id}/returns/`, { as: staff.token })
const returns = async (someone: Person, staff: Person) => (await returnsOf(someone, staff)).json

const holderOf = (someone: Person) =>
  runInDurableObject(roomOf(someone), (_room, state) =>
    state.storage.sql
      .exec<{ value: string }>("SELECT value FROM facts WHERE name = 'taken_by'")
      .toArray()
      .map(({ value }) => value),
  )

/** A person who writes to a staff member, who has claimed the conversation. */
const held = async () => {
  const [sam, alex] = [await person('sam'), await personWith('is_staff')]
  const [phone, helper] = [await joinRoom(sam), await joinRoom(sam, alex)]
  const clock = await withClock(sam)
  await claim(sam, alex)
  return { sam, alex, phone, helper, clock }
}

test('the holder is silent: the claim ends, the messages are unread again, and staff read who held it', async () => {
  const { sam, alex, phone, helper, clock } = await held()
  const desk = await joinDesk(alex)
  await say(phone, 'Are you there?')
  helper.send({ type: 'read', id: 1 })
  await phone.waitForFrame({ type: 'read', id: 1 })
  clock.advance(LIMIT - MINUTE)
  await clock.run()
  expect(await holderOf(sam)).toEqual([JSON.stringify({ id: alex.id, username: alex.username })])
  clock.advance(MINUTE)
  await clock.run()
  expect(await holderOf(sam)).toEqual([''])
  const own = { type: 'returned', identifier: String(sam.id), user_id: String(sam.id) }
  expect(await helper.waitForFrame({ type: 'returned' })).toEqual({
    ...own,
    at: expect.any(String),
    taken_by: { id: alex.id, username: alex.username },
  })
  // The person does not see which staff member has not answered.
  expect(await phone.waitForFrame({ type: 'returned' })).toEqual({ ...own, at: expect.any(String) })
  await until(() =>
    desk.frames.some(({ event, room }) => {
      const { user_id, unread, taken_by } = Object(room)
      return event === 'room' && user_id === sam.id && unread === 1 && taken_by === null
    }),
  )
  expect(await returns(sam, alex)).toEqual({ returns: [{ taken_by: { id: alex.id, username: alex.username }, at: expect.any(String) }] })
  await clock.run()
  expect(helper.frames.filter(({ type }) => type === 'returned').length).toBe(1)
  // The person reads it after a reload, too, and still not who it was.
  const seen = await call('GET', '/support/messages/returns/', { as: sam.token })
  expect(seen.json).toEqual({ returns: [at(await returnsOf(sam, alex), 'returns', 0, 'at')] })
  expect(seen.text).not.toContain(alex.username)
  expect((await call('GET', '/support/messages/returns/', { as: alex.token })).json).toEqual({ returns: [] })
})

test('an answer by any of the staff keeps the claim, and starts a new wait only with the next message', async () => {
  const { sam, alex, phone, helper, clock } = await held()
  await say(phone, 'Are you there?')
  clock.advance(LIMIT - MINUTE)
  await say(helper, 'I am here.')
  clock.advance(10 * LIMIT)
  await clock.run()
  expect((await holderOf(sam))[0]).toContain(alex.username)
  await say(phone, 'Good.')
  clock.advance(LIMIT - MINUTE)
  await clock.run()
  expect((await holderOf(sam))[0]).toContain(alex.username)
  clock.advance(MINUTE)
  await clock.run()
  expect(await holderOf(sam)).toEqual([''])
})

test('a staff member who claims a conversation with a long wait has the whole time to answer', async () => {
  const [sam, alex] = [await person('sam'), await personWith('is_staff')]
  const phone = await joinRoom(sam)
  const clock = await withClock(sam)
  await say(phone, 'Hello?')
  clock.advance(5 * LIMIT)
  await claim(sam, alex)
  clock.advance(LIMIT - MINUTE)
  await clock.run()
  expect((await holderOf(sam))[0]).toContain(alex.username)
  clock.advance(MINUTE)
  await clock.run()
  expect(await holderOf(sam)).toEqual([''])
})

test('another holder has their own time, also if the first one claims it again', async () => {
  const { sam, alex, phone, clock } = await held()
  await say(phone, 'Are you there?')
  clock.advance(LIMIT)
  await clock.run()
  const kim = await personWith('is_staff')
  await claim(sam, kim)
  clock.advance(LIMIT - MINUTE)
  await clock.run()
  expect((await holderOf(sam))[0]).toContain(kim.username)
  await call('DELETE', `/console/api/rooms/${sam.id}/take/`, { as: kim.token })
  await claim(sam, alex)
  clock.advance(MINUTE)
  await clock.run()
  expect((await holderOf(sam))[0]).toContain(alex.username)
})

test('the answer and the end of the time come together: one of them is first, and no message is lost', async () => {
  const { sam, phone, helper, clock } = await held()
  await say(phone, 'Are you there?')
  clock.advance(LIMIT)
  helper.send({ message: 'I am here.', client_id: 'answer' })
  await Promise.all([clock.run(), helper.waitForFrame({ type: 'ack', client_id: 'answer' })])
  const isReturned = (await holderOf(sam))[0] === ''
  const [returnedAt, answeredAt] = [
    phone.frames.findIndex(({ type }) => type === 'returned'),
    phone.frames.findIndex(({ message }) => message === 'I am here.'),
  ]
  expect(answeredAt).toBeGreaterThanOrEqual(0)
  // It goes back only if the answer was not stored yet.
  expect(returnedAt >= 0 && returnedAt < answeredAt).toBe(isReturned)
})

test('the time runs on while the object is stopped, and it wakes up by itself', async () => {
  const { sam, alex, phone, helper, clock } = await held()
  await say(phone, 'Are you there?')
  const alarmAt = await runInDurableObject(roomOf(sam), (_room, state) => state.storage.getAlarm())
  expect(alarmAt).not.toBeNull()
  phone.socket.close()
  helper.socket.close()
  await evictDurableObject(roomOf(sam))
  clock.advance(LIMIT)
  await clock.install()
  await clock.run()
  expect(await holderOf(sam)).toEqual([''])
  expect(at(await call('GET', `/console/api/rooms/${sam.id}/returns/`, { as: alex.token }), 'returns', 0, 'taken_by', 'id')).toBe(alex.id)
})

test('without a claim, or without a message, nothing happens', async () => {
  const { sam, alex, phone, clock } = await held()
  clock.advance(10 * LIMIT)
  await clock.run()
  expect((await holderOf(sam))[0]).toContain(alex.username)
  await call('DELETE', `/console/api/rooms/${sam.id}/take/`, { as: alex.token })
  await say(phone, 'Are you there?')
  clock.advance(10 * LIMIT)
  await clock.run()
  expect(await returns(sam, alex)).toEqual({ returns: [] })
})

test('an old client of the person gets no frame that it does not know', async () => {
  const { sam, phone, clock, helper } = await held()
  const old = await joinRoom(sam, sam, { old: true })
  await say(phone, 'Are you there?')
  clock.advance(LIMIT)
  await clock.run()
  await helper.waitForFrame({ type: 'returned' })
  await say(helper, 'Now I am here.')
  await old.waitForFrame({ message: 'Now I am here.' })
  expect(old.frames.every(({ event }) => event === 'chat_message')).toBe(true)
})
