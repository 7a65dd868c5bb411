import type { AlarmLine, InboxRoom, StoredMessage } from '../../domain/support/types.ts'
import { text } from '../../http/fields.ts'
import { isoTime } from '../../http/times.ts'

/** The frames of the support chat: what is heard in them, and what is said. No sockets here, and nothing that is kept. */

const LONGEST = 4000
/** No message is longer, however its characters are escaped: more is not even parsed. */
const LONGEST_FRAME = 64 * 1024
const LONGEST_CLIENT_ID = 128

export type Heard =
  | { readonly is: 'message'; readonly message: string; readonly clientId: string | null; readonly userId: number | null }
  | { readonly is: 'typing'; readonly userId: number | null }
  | { readonly is: 'read'; readonly id: number }
  | { readonly is: 'resume'; readonly since: number }
  | { readonly is: 'wrong'; readonly detail: string }

const wrong = (detail: string): Heard => ({ is: 'wrong', detail })

const Message = text({ max: LONGEST, long: true })

export const readFrame = (given: string | ArrayBuffer): Heard => {
  if (typeof given !== 'string') return wrong('A frame is text.')
  if (given.length > LONGEST_FRAME) return wrong('The frame is too long.')
  const frame = parsed(given)
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return wrong('A frame is a JSON object.')
  const said: Readonly<Record<string, unknown>> = { ...frame }
  if (said.type === 'typing') return { is: 'typing', userId: idOf(said.user_id) }
  if (said.type === 'read') {
    const id = idOf(said.id)
    return id === null ? wrong('id: A valid integer is required.') : { is: 'read', id }
  }
  if (said.type === 'resume') {
    const since = sinceOf(said.since)
    return since === null ? wrong('since: A valid integer is required.') : { is: 'resume', since }
  }
  const read = Message.safeParse(said.message)
  if (!read.success) return wrong(`message: ${read.error.issues[0]?.message}`)
  const clientId = clientIdOf(said.client_id)
  if (clientId === undefined) return wrong(`client_id: A string of at most ${LONGEST_CLIENT_ID} characters.`)
  return { is: 'message', message: read.data, clientId, userId: idOf(said.user_id) }
}

const parsed = (given: string): unknown => {
  try {
    return JSON.parse(given)
  } catch {
    return null
  }
}

/** A number, or the text of one: `2`, `"2"`. */
const integerOf = (given: unknown): number | null => {
  const value = typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : given
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

const idOf = (given: unknown): number | null => integerOf(given) || null

/** From which message on somebody has missed something: also what stands in `?since=`. */
export const sinceOf = integerOf

const clientIdOf = (given: unknown): string | null | undefined => {
  if (given === undefined || given === null) return null
  if (typeof given === 'number') return String(given)
  return typeof given === 'string' && given !== '' && given.length <= LONGEST_CLIENT_ID && given.isWellFormed() ? given : undefined
}

type Shown = Pick<StoredMessage, 'id' | 'message' | 'fromAdmin' | 'sentAt'>

/** Who a frame is about: the room's person, under both of the names that clients know it by. */
const about = (userId: number) => ({ identifier: String(userId), user_id: String(userId) })

/** `clientId` is told to the sender's own devices, which know what they sent by it. */
export const messageFrame = (userId: number, { message, fromAdmin, id, sentAt }: Shown, clientId: string | null = null) => ({
  event: 'chat_message',
  message,
  ...about(userId),
  from_admin: fromAdmin,
  id,
  sent_at: isoTime(sentAt),
  ...(clientId !== null && { client_id: clientId }),
})

export const deskMessageFrame = (userId: number, username: string, { message, fromAdmin, id, sentAt }: Shown) => ({
  event: 'chat_message',
  message,
  ...about(userId),
  id,
  sent_at: isoTime(sentAt),
  from_admin: fromAdmin,
  username,
})

export const presenceFrame = (userId: number, username: string, online: boolean) => ({
  event: online ? 'user_connected' : 'user_disconnected',
  ...about(userId),
  username,
})

export const ackFrame = (id: number, clientId: string) => ({ type: 'ack', id, client_id: clientId })
export const typingFrame = (userId: number, fromAdmin: boolean) => ({ type: 'typing', ...about(userId), from_admin: fromAdmin })
export const readMarkFrame = (userId: number, id: number, byStaff: boolean) => ({ type: 'read', id, ...about(userId), from_admin: byStaff })
export const errorFrame = (detail: string) => ({ event: 'error', detail })
export const SLOW_DOWN = errorFrame('Slow down.')

/** A line of the inbox, on the wire. */
export const roomToWire = (room: InboxRoom) => ({
  user_id: room.userId,
  username: room.username,
  online: room.online,
  unread: room.unread,
  last_message: room.lastMessage && {
    id: room.lastMessage.id,
    message: room.lastMessage.message,
    from_admin: room.lastMessage.fromAdmin,
    sent_at: isoTime(room.lastMessage.sentAt),
  },
  alarm: room.alarm && { alarm_id: room.alarm.alarmId, status: room.alarm.status, triggered_at: room.alarm.triggeredAt },
  taken_by: room.takenBy && { id: room.takenBy.id, username: room.takenBy.username },
  updated_at: isoTime(room.updatedAt),
  // What the inbox is sorted by: somebody who writes again has not waited for less long.
  waiting_since: room.waitingSince === null ? null : isoTime(room.waitingSince),
})

export const roomFrame = (room: InboxRoom) => ({ event: 'room', room: roomToWire(room) })

export const alarmToWire = (alarm: AlarmLine) => ({
  user_id: alarm.userId,
  username: alarm.username,
  alarm_id: alarm.alarmId,
  scenario: alarm.scenario,
  status: alarm.status,
  triggered_at: alarm.triggeredAt,
  acknowledged_at: alarm.acknowledgedAt,
  acknowledged_by: alarm.acknowledgedBy,
})
