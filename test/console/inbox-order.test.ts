import { expect, test } from 'vitest'
import { byNeed, isRinging, withRooms } from '../../src/console/browser/inbox-order.ts'
import { type Room, roomFrom } from '../../src/console/browser/wire.ts'

const at = (minute: number): string => `2026-11-20T12:${String(minute).padStart(2, '0')}:00Z`

const room = (userId: number, given: Partial<Room> = {}): Room => ({
  userId,
  username: `person ${userId}`,
  online: false,
  unread: 0,
  lastMessage: null,
  alarm: null,
  takenBy: null,
  updatedAt: at(0),
  waitingSince: at(0),
  ...given,
})

const alarm = (minute: number, status = 'open') => ({ alarmId: `alarm ${minute}`, status, triggeredAt: at(minute) })
const order = (...rooms: Room[]): number[] => withRooms([], rooms).map(({ userId }) => userId)

test('who rang, then who waits the longest, then who was there last', () => {
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

test('an alarm that was answered for is none any more', () => {
  const answered = room(1, { alarm: alarm(1, 'acknowledged') })
  expect(isRinging(answered)).toBe(false)
  expect(order(answered, room(2, { unread: 1 }))).toEqual([2, 1])
})

test('writing again does not cost anybody their place', () => {
  const first = room(1, { unread: 1, waitingSince: at(1), updatedAt: at(1) })
  const second = room(2, { unread: 1, waitingSince: at(2), updatedAt: at(2) })
  const rooms = withRooms([first, second], [{ ...first, unread: 2, updatedAt: at(30) }])
  expect(rooms.map(({ userId, unread }) => [userId, unread])).toEqual([
    [1, 2],
    [2, 1],
  ])
})

test('a line that changed stands there once, where it belongs now', () => {
  const rooms = withRooms([], [room(1, { updatedAt: at(1) }), room(2, { updatedAt: at(2) })])
  const changed = withRooms(rooms, [room(1, { unread: 1, updatedAt: at(3) })])
  expect(changed.map(({ userId }) => userId)).toEqual([1, 2])
  expect(changed.length).toBe(2)
})

test('the order is one, whatever the times are', () => {
  const broken = [room(3, { updatedAt: 'never' }), room(1, { updatedAt: '' }), room(2, { unread: 1, waitingSince: 'soon' })]
  expect([...broken].sort(byNeed)).toEqual([...broken].reverse().sort(byNeed))
})

test('a room is read from the wire with what it errorResponse of waiting, and without', () => {
  const wire = { user_id: 2, username: 'ann', online: true, unread: 3, updated_at: at(9), alarm: null, taken_by: null, last_message: null }
  expect(roomFrom(wire)?.waitingSince).toBe(at(9))
  expect(roomFrom({ ...wire, waiting_since: at(4) })?.waitingSince).toBe(at(4))
  expect(roomFrom({ ...wire, user_id: 'x' })).toBeNull()
})
