import { type ChatMessage, parseMessage, parseUser, type User } from './messages.ts'
import { asText, type Fields, fieldsOf, isRecord, type Parser, parseCount, parseId, textOrNull } from './values.ts'

/** The events that staff receive at the desk. The lists of the console's API have the same form. */

/** A room as the inbox shows it. */
export interface Room {
  readonly userId: number
  readonly username: string
  readonly online: boolean
  /** The messages of the person that no staff member has read. */
  readonly unread: number
  readonly lastMessage: ChatMessage | null
  readonly alarm: { readonly alarmId: string; readonly status: string; readonly triggeredAt: string } | null
  readonly claimedBy: User | null
  readonly updatedAt: string
  /** Who resolved the conversation; null if it is not resolved. */
  readonly resolved: { readonly by: User; readonly at: string } | null
  /** How many notes staff have written. */
  readonly notes: number
  /** When the oldest unread message was sent. If nothing is unread, the same as `updatedAt`. */
  readonly waitingSince: string
}

export interface Alarm {
  readonly userId: number
  readonly username: string
  readonly alarmId: string
  readonly scenario: string
  /** `open`, `acknowledged` or `cancelled`. */
  readonly status: string
  readonly triggeredAt: string
  readonly acknowledgedAt: string | null
  readonly acknowledgedBy: string | null
  /** The channel of the link with which it was acknowledged. */
  readonly acknowledgedVia?: string
}

interface OfPerson {
  /** What the desk resumes from. */
  readonly eventId: number
  readonly userId: number
  readonly username: string
}

export type DeskEvent =
  | (OfPerson & { readonly type: 'message'; readonly message: ChatMessage })
  /** The first connection of the person was opened, or the last one was closed. */
  | (OfPerson & { readonly type: 'presence'; readonly online: boolean })
  | (OfPerson & { readonly type: 'room'; readonly room: Room })
  /** At the trigger, at every later step, and when the alarm ends. */
  | (OfPerson & { readonly type: 'alarm'; readonly alarm: Alarm })
  /** The person wrote to the assistant about suicide or self-harm. */
  | (OfPerson & { readonly type: 'crisis'; readonly at: string })

export const UNKNOWN_USER: User = { id: 0, username: '' }

export const parseRoom: Parser<Room> = (value) => {
  const { user_id, username, online, unread, last_message, alarm, taken_by, updated_at, waiting_since, resolved, notes } = fieldsOf(value)
  const userId = parseId(user_id)
  if (userId === null) return null
  const { alarm_id, status, triggered_at } = fieldsOf(alarm)
  return {
    userId,
    username: asText(username),
    online: online === true,
    unread: parseCount(unread),
    lastMessage: parseMessage(last_message),
    alarm: isRecord(alarm) ? { alarmId: asText(alarm_id), status: asText(status), triggeredAt: asText(triggered_at) } : null,
    claimedBy: parseUser(taken_by),
    updatedAt: asText(updated_at),
    waitingSince: asText(waiting_since) || asText(updated_at),
    resolved: isRecord(resolved) ? { by: parseUser(resolved.by) ?? UNKNOWN_USER, at: asText(resolved.at) } : null,
    notes: parseCount(notes),
  }
}

/** The channel of the link with which an alarm was acknowledged. */
export const viaOf = (value: unknown): { acknowledgedVia?: string } => {
  const via = asText(fieldsOf(value).acknowledged_via)
  return via === '' ? {} : { acknowledgedVia: via }
}

export const parseAlarm: Parser<Alarm> = (value) => {
  const { user_id, username, alarm_id, scenario, status, triggered_at, acknowledged_at, acknowledged_by } = fieldsOf(value)
  const alarmId = asText(alarm_id)
  if (alarmId === '') return null
  return {
    userId: parseCount(user_id),
    username: asText(username),
    alarmId,
    scenario: asText(scenario),
    status: asText(status),
    triggeredAt: asText(triggered_at),
    acknowledgedAt: textOrNull(acknowledged_at),
    acknowledgedBy: textOrNull(acknowledged_by),
    ...viaOf(value),
  }
}

/** Null for a frame that is no event, or of a kind that this client does not know. */
export const parseDeskEvent = (frame: Fields): DeskEvent | null => {
  const event = asText(frame.event)
  const eventId = parseCount(frame.event_id)
  if (event === 'room') {
    const room = parseRoom(frame.room)
    return room && { type: 'room', eventId, userId: room.userId, username: room.username, room }
  }
  const userId = parseId(frame.user_id)
  if (userId === null) return null
  const person = { eventId, userId, username: asText(frame.username) }
  if (event === 'user_connected' || event === 'user_disconnected') {
    return { type: 'presence', ...person, online: event === 'user_connected' }
  }
  if (event === 'crisis') return { type: 'crisis', ...person, at: asText(frame.at) }
  if (event === 'alarm') {
    const alarm = parseAlarm(frame)
    return alarm && { type: 'alarm', ...person, alarm }
  }
  const message = event === 'chat_message' ? parseMessage(frame) : null
  return message && { type: 'message', ...person, message }
}
