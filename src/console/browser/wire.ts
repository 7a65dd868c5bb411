import { UNKNOWN_USER, viaOf } from '#chat/desk-events.ts'
import { parseUser, type User } from '#chat/messages.ts'
import { asText, fieldsOf, type Parser, parseCount, textOrNull } from '#chat/values.ts'
import type { HelpDelivery } from './delivery-texts.ts'

/** Parsers for what only these pages read. What belongs to the chat is parsed by its client. */

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

/** The texts of a field's errors. */
export const parseTexts = (value: unknown): string[] => (Array.isArray(value) ? value : []).map(asText).filter((text) => text !== '')

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
