import { expect, test } from 'vitest'
import { parseRoom, type Room } from '#chat/desk-events.ts'
import { compareUrgency, hasOpenAlarm, mergeRooms } from '../../../src/console/browser/inbox-order.ts'

const at = (minute: number): string => `2026-11-20T12:${String(minute).padStart(2, '0')}:00Z`

const room = (userId: number, overrides: Partial<Room> = {}): Room => ({
  userId,
  username: `person ${userId}`,
  online: false,
  unread: 0,
  lastMessage: null,
  alarm: null,
  claimedBy: null,
  resolved: null,
  notes: 0,
  updatedAt: at(0),
  waitingSince: at(0),
  ...overrides,
})

const alarm = (minute: number, status = 'open') => ({ alarmId: `alarm ${minute}`, status, triggeredAt: at(minute) })
const order = (...rooms: Room[]): number[] => mergeRooms([], rooms).map(({ userId }) => userId)

test('open alarms first, then the longest wait, then the latest activity', () => {
  expect(
    order(
      room(1, { updatedAt: at(10) }),
      room(2, { updatedAt: at(50) }),
      room(3, { unread: 1, waitingSince: at(20), updatedAt: at(20) }),
      room(4, { unread: 9, waitingSince: at(5), updatedAt: at(59) }),
      room(5, { alarm: alarm(40) }),
      room(6, { alarm: alarm(30), unread: 2 }),
    ),
  ).toEqual([6, 5, 4, 3, 2, 1])
})

test('what is resolved comes last, until the person writes or calls for help', () => {
  const resolved = { by: { id: 1, username: 'sam' }, at: at(30) }
  expect(order(room(1, { resolved, updatedAt: at(50) }), room(2, { updatedAt: at(1) }))).toEqual([2, 1])
  expect(order(room(1, { resolved, unread: 1 }), room(2))).toEqual([1, 2])
  expect(order(room(1, { resolved, alarm: alarm(40) }), room(2, { unread: 1 }))).toEqual([1, 2])
})

test('an acknowledged alarm no longer counts', () => {
  const acknowledged = room(1, { alarm: alarm(1, 'acknowledged') })
  expect(hasOpenAlarm(acknowledged)).toBe(false)
  expect(order(acknowledged, room(2, { unread: 1 }))).toEqual([2, 1])
})

test('a second message does not move a room down', () => {
  const first = room(1, { unread: 1, waitingSince: at(1), updatedAt: at(1) })
  const second = room(2, { unread: 1, waitingSince: at(2), updatedAt: at(2) })
  const rooms = mergeRooms([first, second], [{ ...first, unread: 2, updatedAt: at(30) }])
  expect(rooms.map(({ userId, unread }) => [userId, unread])).toEqual([
    [1, 2],
    [2, 1],
  ])
})

test('a changed room is there once, at its new position', () => {
  const rooms = mergeRooms([], [room(1, { updatedAt: at(1) }), room(2, { updatedAt: at(2) })])
  const changed = mergeRooms(rooms, [room(1, { unread: 1, updatedAt: at(3) })])
  expect(changed.map(({ userId }) => userId)).toEqual([1, 2])
  expect(changed.length).toBe(2)
})

test('the order is well defined even for invalid times', () => {
  const broken = [room(3, { updatedAt: 'never' }), room(1, { updatedAt: '' }), room(2, { unread: 1, waitingSince: 'soon' })]
  expect([...broken].sort(compareUrgency)).toEqual([...broken].reverse().sort(compareUrgency))
})

test('a room is parsed with and without waiting_since', () => {
  const wire = { user_id: 2, username: 'ann', online: true, unread: 3, updated_at: at(9), alarm: null, taken_by: null, last_message: null }
  expect(parseRoom(wire)?.waitingSince).toBe(at(9))
  expect(parseRoom({ ...wire, waiting_since: at(4) })?.waitingSince).toBe(at(4))
  expect(parseRoom({ ...wire, user_id: 'x' })).toBeNull()
})
