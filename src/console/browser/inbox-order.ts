import type { Room } from './wire.ts'

/** Who needs help most comes first: whoever rang, then whoever waits for an answer (the longest first), then the latest. */

export const isRinging = ({ alarm }: Room): boolean => alarm?.status === 'open'

export const byNeed = (a: Room, b: Room): number => {
  const rank = rankOf(a) - rankOf(b)
  if (rank !== 0) return rank
  return isRinging(a) || a.unread > 0
    ? waitingSince(a) - waitingSince(b) || a.userId - b.userId
    : timeOf(b) - timeOf(a) || a.userId - b.userId
}

const rankOf = (room: Room): number => (isRinging(room) ? 0 : room.unread > 0 ? 1 : 2)

const moment = (iso: string | undefined): number => {
  const at = Date.parse(iso ?? '')
  return Number.isNaN(at) ? 0 : at
}

const timeOf = (room: Room): number => moment(room.updatedAt)

const waitingSince = (room: Room): number => moment(room.alarm && isRinging(room) ? room.alarm.triggeredAt : room.waitingSince)

/** The rooms with what is new of them, each once, in order. */
export const withRooms = (rooms: readonly Room[], given: readonly Room[]): Room[] => {
  const known = new Map(rooms.map((room) => [room.userId, room]))
  for (const room of given) known.set(room.userId, room)
  return [...known.values()].sort(byNeed)
}
