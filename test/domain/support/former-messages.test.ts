import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { RoomTables } from '../../../src/durable/room-tables.ts'
import type { FormerMessage } from '../../../src/model/support.ts'
import { V1 } from '../../support/alarms.ts'
import { at, call } from '../../support/call.ts'
import { type Person, person, personWith } from '../../support/people.ts'
import { joinDesk, joinRoom, until } from '../../support/sockets.ts'

/** Conversations of a former server in the rooms of people. `npm run move` calls the entrypoint of the Worker. */

const operator = exports.Operator

const T0 = Date.parse('2025-09-01T10:00:00Z')
const HISTORY: readonly FormerMessage[] = [
  { clientId: 'chat.chatmessage.3', from: null, message: 'Здравствуйте', sentAt: T0 },
  { clientId: 'chat.chatmessage.4', from: 'system', message: 'Operator joined', sentAt: T0 + 1000 },
  { clientId: 'chat.chatmessage.5', from: null, message: 'I need to talk.', sentAt: T0 + 2000 },
]

const roomOf = ({ id }: Person) => env.SUPPORT_ROOM.getByName(String(id))

const historyOf = (someone: Person, as: Person = someone) =>
  call('GET', `${V1}/chat/user/support/${someone.id}/messages/`, { as: as.token })

const messagesOf = async (someone: Person) => at(await historyOf(someone), 'messages')

const shown = (someone: Person) => [
  { id: 1, message: 'Здравствуйте', from_admin: false, sender_id: someone.id, sent_at: '2025-09-01T10:00:00Z' },
  { id: 2, message: 'Operator joined', from_admin: true, sender_id: 0, sent_at: '2025-09-01T10:00:01Z' },
  { id: 3, message: 'I need to talk.', from_admin: false, sender_id: someone.id, sent_at: '2025-09-01T10:00:02Z' },
]

const inboxOf = async (staff: Person) => (await call('GET', '/console/api/rooms', { as: staff.token })).text

describe('a conversation of a former server', () => {
  test('is shown to the person and to staff, in its order, with its times, and as read', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const stored = await operator.addFormerMessages(sam.id, HISTORY)
    expect(stored?.map((message) => message?.id)).toEqual([1, 2, 3])
    for (const reader of [sam, staff]) expect((await historyOf(sam, reader)).json).toEqual({ messages: shown(sam), unread: 0 })
    const client = await joinRoom(sam, sam, { since: 0 })
    await until(() => client.messages().length === 3)
    expect(client.messages()).toEqual(HISTORY.map(({ message }) => message))
  })

  test('notifies no one: no event for the desk, no alarm of the room, no announcement of a reply', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const desk = await joinDesk(staff)
    await operator.addFormerMessages(sam.id, HISTORY)
    await runInDurableObject(roomOf(sam), async (_room, { storage }) => {
      expect(await storage.getAlarm()).toBeNull()
      for (const table of ['outbox', 'notices', 'reply_marks'])
        expect([table, storage.sql.exec(`SELECT count(*) AS n FROM ${table}`).one().n]).toEqual([table, 0])
    })
    expect(await runDurableObjectAlarm(roomOf(sam))).toBe(false)
    expect(desk.frames.filter(({ user_id: id, identifier }) => `${id}` === `${sam.id}` || identifier === `${sam.id}`)).toEqual([])
  })

  test('counts as answered: a new message of the person is the only one that waits', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    await operator.addFormerMessages(sam.id, HISTORY)
    const phone = await joinRoom(sam)
    phone.send({ message: 'I am back.', client_id: 'a' })
    await phone.waitForFrame({ type: 'ack', client_id: 'a' })
    expect((await historyOf(sam, staff)).json).toMatchObject({ unread: 1 })
    expect((await historyOf(sam)).json).toMatchObject({ unread: 0 })
    await until(async () => (await inboxOf(staff)).includes('I am back.'))
  })

  test('waits for no one, whatever staff do', async () => {
    const sam = await person('sam')
    await operator.addFormerMessages(sam.id, HISTORY)
    await runInDurableObject(roomOf(sam), (_room, { storage }) => {
      const tables = new RoomTables(storage.sql)
      tables.markUnreadByStaff()
      expect([tables.unansweredSince(), tables.unread(true).count, tables.unread(false).count]).toEqual([null, 0, 0])
    })
  })

  test('is stored once, however often it is sent', async () => {
    const sam = await person('sam')
    const results = await Promise.all(Array.from({ length: 5 }, () => operator.addFormerMessages(sam.id, HISTORY)))
    for (const result of results) expect(result?.map((message) => message?.id)).toEqual([1, 2, 3])
    await operator.addFormerMessages(sam.id, [...HISTORY, { clientId: 'x', from: null, message: 'New', sentAt: T0 + 9000 }])
    expect(await messagesOf(sam)).toHaveLength(4)
  })

  test('is not added to a room in which people have written, and what is there already is found again', async () => {
    const sam = await person('sam')
    await operator.addFormerMessages(sam.id, HISTORY.slice(0, 2))
    const phone = await joinRoom(sam)
    phone.send({ message: 'I am back.', client_id: 'a' })
    await phone.waitForFrame({ type: 'ack', client_id: 'a' })
    expect((await operator.addFormerMessages(sam.id, HISTORY))?.map((message) => message?.id ?? null)).toEqual([1, 2, null])
    expect(await operator.removeFormerMessages(sam.id, ['chat.chatmessage.3'])).toBe(false)
    expect(await messagesOf(sam)).toHaveLength(3)
  })

  test('is removed again, and may be added again', async () => {
    const sam = await person('sam')
    await operator.addFormerMessages(sam.id, HISTORY)
    expect(await operator.removeFormerMessages(sam.id, ['chat.chatmessage.5'])).toBe(true)
    expect(await messagesOf(sam)).toEqual(shown(sam).slice(0, 2))
    expect((await operator.supportMessages(sam.id, 1, 2)).map(({ message }) => message)).toEqual(['Operator joined'])
    expect((await operator.addFormerMessages(sam.id, HISTORY))?.map((message) => message?.id)).toEqual([1, 2, 4])
  })

  test("is part of the copy of the person's data, and is erased with the account", async () => {
    const sam = await person('sam')
    await operator.addFormerMessages(sam.id, HISTORY)
    const copy = await call('GET', '/account/export', { as: sam.token })
    expect(at(copy, 'support_messages')).toMatchObject(HISTORY.map(({ message }) => ({ message })))
    expect((await operator.erase(sam.username))?.conversation).toBeGreaterThan(0)
    expect(await operator.addFormerMessages(sam.id, HISTORY)).toBeNull()
    expect(await roomOf(sam).newestMessageId()).toBe(0)
  })

  test('the room of an account that is gone is erased', async () => {
    const sam = await person('sam')
    await operator.addFormerMessages(sam.id, HISTORY)
    await operator.erase(sam.username)
    await roomOf(sam).addFormer({ id: sam.id, username: sam.username }, HISTORY)
    expect(await operator.removeFormerMessages(sam.id, [])).toBe(true)
    expect(await roomOf(sam).newestMessageId()).toBe(0)
  })
})
