/** What the server errorResponse, read into types. Nothing of it is believed before it was looked at. */

export interface Message {
  readonly id: number
  readonly text: string
  readonly fromAdmin: boolean
  readonly sentAt: string
}

export interface Somebody {
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
  readonly takenBy: Somebody | null
  readonly updatedAt: string
  /** Since when somebody waits to be read; empty where nobody does. */
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
  readonly reporter: Somebody
  readonly reported: Somebody
  readonly reason: string
  readonly createdAt: string
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

export type Read<T> = (value: unknown) => T | null

type Fields = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {})

export const text = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')

const textOrNull = (value: unknown): string | null => text(value) || null

/** A whole number above zero, however it was written; else null. */
export const idFrom = (value: unknown): number | null => {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null
}

const count = (value: unknown): number => idFrom(value) ?? 0

export const messageFrom: Read<Message> = (value) => {
  const { id: given, message, from_admin, sent_at } = fieldsOf(value)
  const id = idFrom(given)
  if (id === null || typeof message !== 'string') return null
  return { id, text: message, fromAdmin: from_admin === true, sentAt: text(sent_at) }
}

export const somebodyFrom: Read<Somebody> = (value) => {
  const { id: given, username } = fieldsOf(value)
  const id = idFrom(given)
  return id === null ? null : { id, username: text(username) }
}

const NOBODY: Somebody = { id: 0, username: '' }

export const roomFrom: Read<Room> = (value) => {
  const { user_id, username, online, unread, last_message, alarm, taken_by, updated_at, waiting_since } = fieldsOf(value)
  const userId = idFrom(user_id)
  if (userId === null) return null
  const { alarm_id, status, triggered_at } = fieldsOf(alarm)
  return {
    userId,
    username: text(username),
    online: online === true,
    unread: count(unread),
    lastMessage: messageFrom(last_message),
    alarm: isRecord(alarm) ? { alarmId: text(alarm_id), status: text(status), triggeredAt: text(triggered_at) } : null,
    takenBy: somebodyFrom(taken_by),
    updatedAt: text(updated_at),
    waitingSince: text(waiting_since) || text(updated_at),
  }
}

export const alarmFrom: Read<Alarm> = (value) => {
  const { user_id, username, alarm_id, scenario, status, triggered_at, acknowledged_at, acknowledged_by } = fieldsOf(value)
  const alarmId = text(alarm_id)
  if (alarmId === '') return null
  return {
    userId: count(user_id),
    username: text(username),
    alarmId,
    scenario: text(scenario),
    status: text(status),
    triggeredAt: text(triggered_at),
    acknowledgedAt: textOrNull(acknowledged_at),
    acknowledgedBy: textOrNull(acknowledged_by),
  }
}

export const deliveryFrom: Read<Delivery> = (value) => {
  const { id, step, recipient, channel, state, attempts, updated_at } = fieldsOf(value)
  if (text(id) === '') return null
  return {
    id: text(id),
    step: count(step),
    recipient: text(recipient),
    channel: text(channel),
    state: text(state),
    attempts: count(attempts),
    updatedAt: text(updated_at),
  }
}

export const outboxMessageFrom: Read<OutboxMessage> = (value) => {
  const { id, channel, recipient, address, subject, body, created_at } = fieldsOf(value)
  if (text(id) === '') return null
  return {
    id: text(id),
    channel: text(channel),
    recipient: text(recipient),
    address: text(address),
    subject: text(subject),
    body: text(body),
    createdAt: text(created_at),
  }
}

export const reportFrom: Read<Report> = (value) => {
  const { id, reporter, reported, reason, created_at } = fieldsOf(value)
  if (text(id) === '') return null
  return {
    id: text(id),
    reporter: somebodyFrom(reporter) ?? NOBODY,
    reported: somebodyFrom(reported) ?? NOBODY,
    reason: text(reason),
    createdAt: text(created_at),
  }
}

export const listFrom = <T>(value: unknown, read: Read<T>): T[] =>
  (Array.isArray(value) ? value : []).map(read).filter((item): item is Exclude<typeof item, null> => item !== null)

export const pageFrom = <T>(answer: unknown, key: string, read: Read<T>): Page<T> => {
  const fields = fieldsOf(answer)
  return { items: listFrom(fields[key], read), next: textOrNull(fields.next) }
}

/** A value inside an answer: `inside(answer, 'data', 'user')`. */
export const inside = (answer: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => fieldsOf(value)[key], answer)
