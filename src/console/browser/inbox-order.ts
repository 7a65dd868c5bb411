import type { Room } from '#chat/desk-events.ts'

/** The order of the inbox: open alarms first, then unread messages (longest wait first), then the most recent activity, then what is resolved. */

export const hasOpenAlarm = ({ alarm }: Room): boolean => alarm?.status === 'open'

export const compareUrgency = (a: Room, b: Room): number => {
  const difference = rankOf(a) - rankOf(b)
  if (difference !== 0) return difference
  return hasOpenAlarm(a) || a.unread > 0
    ? waitingSince(a) - waitingSince(b) || a.userId - b.userId
    : updatedAt(b) - updatedAt(a) || a.userId - b.userId
}

const rankOf = (room: Room): number => {
  if (hasOpenAlarm(room)) return 0
  if (room.unread > 0) return 1
  return room.resolved === null ? 2 : 3
}

const timestamp = (iso: string | undefined): number => {
  const at = Date.parse(iso ?? '')
  return Number.isNaN(at) ? 0 : at
}

const updatedAt = (room: Room): number => timestamp(room.updatedAt)

const waitingSince = (room: Room): number => timestamp(room.alarm && hasOpenAlarm(room) ? room.alarm.triggeredAt : room.waitingSince)

/** Adds rooms, replaces those that are there already, and sorts. */
export const mergeRooms = (rooms: readonly Room[], updates: readonly Room[]): Room[] => {
  const byUserId = new Map(rooms.map((room) => [room.userId, room]))
  for (const room of updates) byUserId.set(room.userId, room)
  return [...byUserId.values()].sort(compareUrgency)
}
