import type { HelpDelivery } from './delivery-texts.ts'

/** Parsers for what the server sends. Every value is checked before it is used. */

export interface Message {
  readonly id: number
  readonly text: string
  readonly fromAdmin: boolean
  readonly sentAt: string
  /** Only in the console. */
  readonly senderName?: string
  readonly file?: ChatFile
}

export interface ChatFile {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly size: number
}

/** An automatic answer of the server. It is no message: nobody has written it. */
export interface Notice {
  readonly id: number
  /** The message that it follows. */
  readonly after: number
  readonly text: string
  readonly sentAt: string
}

export interface User {
  readonly id: number
  readonly username: string
}

export interface Room {
  readonly userId: number
  readonly username: string
  readonly online: boolean
  readonly unread: number
  readonly lastMessage: Message | null
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
  readonly status: string
  readonly triggeredAt: string
  readonly acknowledgedAt: string | null
  readonly acknowledgedBy: string | null
  /** The channel of the link with which it was acknowledged. */
  readonly acknowledgedVia?: string
}

export interface Delivery {
  readonly id: string
  readonly step: number
  readonly recipient: string
  readonly channel: string
  readonly state: string
  readonly attempts: number
  readonly updatedAt: string
}

/** An alarm of the person who uses the support page. */
export interface OwnAlarm {
  readonly alarmId: string
  readonly status: string
  readonly acknowledgedBy: string | null
  readonly acknowledgedVia?: string
  readonly isSafe: boolean
  readonly deliveries: readonly HelpDelivery[]
}

export interface OutboxMessage {
  readonly id: string
  readonly channel: string
  readonly recipient: string
  readonly address: string
  readonly subject: string
  readonly body: string
  readonly createdAt: string
}

export interface Report {
  readonly id: string
  readonly reporter: User
  readonly reported: User
  readonly reason: string
  readonly createdAt: string
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

/** Returns null for a value that it cannot use. */
export type Parser<T> = (value: unknown) => T | null

type Fields = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {})

export const asText = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')

const textOrNull = (value: unknown): string | null => asText(value) || null

/** A positive integer, sent as a number or as a string; otherwise null. */
export const parseId = (value: unknown): number | null => {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null
}

const parseCount = (value: unknown): number => parseId(value) ?? 0

export const parseChatFile: Parser<ChatFile> = (value) => {
  const { id, name, type, size } = fieldsOf(value)
  return asText(id) === '' ? null : { id: asText(id), name: asText(name), type: asText(type), size: parseCount(size) }
}

export const parseMessage: Parser<Message> = (value) => {
  const { id: rawId, message, from_admin, sent_at, sender, file: rawFile } = fieldsOf(value)
  const id = parseId(rawId)
  if (id === null || typeof message !== 'string') return null
  const senderName = asText(fieldsOf(sender).username)
  const file = parseChatFile(rawFile)
  return {
    id,
    text: message,
    fromAdmin: from_admin === true,
    sentAt: asText(sent_at),
    ...(senderName !== '' && { senderName }),
    ...(file && { file }),
  }
}

export const parseNotice: Parser<Notice> = (value) => {
  const { id: rawId, after: rawAfter, message, sent_at } = fieldsOf(value)
  const [id, after] = [parseId(rawId), parseId(rawAfter)]
  return id === null || after === null ? null : { id, after, text: asText(message), sentAt: asText(sent_at) }
}

/** The texts of a field's errors. */
export const parseTexts = (value: unknown): string[] => (Array.isArray(value) ? value : []).map(asText).filter((text) => text !== '')

export const parseUser: Parser<User> = (value) => {
  const { id: rawId, username } = fieldsOf(value)
  const id = parseId(rawId)
  return id === null ? null : { id, username: asText(username) }
}

const UNKNOWN_USER: User = { id: 0, username: '' }

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

const viaOf = (value: unknown): { acknowledgedVia?: string } => {
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

const parseHelpDelivery: Parser<HelpDelivery> = (value) => {
  const { recipient, channel, state, purpose } = fieldsOf(value)
  return { recipient: asText(recipient), channel: asText(channel), state: asText(state), purpose: asText(purpose) }
}

export const parseOwnAlarm: Parser<OwnAlarm> = (value) => {
  const { alarm_id, status, acknowledged_by, is_safe, deliveries } = fieldsOf(value)
  if (asText(alarm_id) === '') return null
  return {
    alarmId: asText(alarm_id),
    status: asText(status),
    acknowledgedBy: textOrNull(acknowledged_by),
    ...viaOf(value),
    isSafe: is_safe === true,
    deliveries: parseList(deliveries, parseHelpDelivery),
  }
}

export const parseDelivery: Parser<Delivery> = (value) => {
  const { id, step, recipient, channel, state, attempts, updated_at } = fieldsOf(value)
  if (asText(id) === '') return null
  return {
    id: asText(id),
    step: parseCount(step),
    recipient: asText(recipient),
    channel: asText(channel),
    state: asText(state),
    attempts: parseCount(attempts),
    updatedAt: asText(updated_at),
  }
}

export const parseOutboxMessage: Parser<OutboxMessage> = (value) => {
  const { id, channel, recipient, address, subject, body, created_at } = fieldsOf(value)
  if (asText(id) === '') return null
  return {
    id: asText(id),
    channel: asText(channel),
    recipient: asText(recipient),
    address: asText(address),
    subject: asText(subject),
    body: asText(body),
    createdAt: asText(created_at),
  }
}

export const parseReport: Parser<Report> = (value) => {
  const { id, reporter, reported, reason, created_at } = fieldsOf(value)
  if (asText(id) === '') return null
  return {
    id: asText(id),
    reporter: parseUser(reporter) ?? UNKNOWN_USER,
    reported: parseUser(reported) ?? UNKNOWN_USER,
    reason: asText(reason),
    createdAt: asText(created_at),
  }
}

/** Skips the items that cannot be parsed. */
export const parseList = <T>(value: unknown, parse: Parser<T>): T[] =>
  (Array.isArray(value) ? value : []).map(parse).filter((item): item is Exclude<typeof item, null> => item !== null)

export const parsePage = <T>(response: unknown, key: string, parse: Parser<T>): Page<T> => {
  const fields = fieldsOf(response)
  return { items: parseList(fields[key], parse), next: textOrNull(fields.next) }
}

/** A nested value of a response: `valueAt(response, 'data', 'user')`. */
export const valueAt = (response: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => fieldsOf(value)[key], response)
