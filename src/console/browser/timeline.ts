import type { ChatFile, Message } from './wire.ts'

/** One conversation as this page knows it: the stored messages, each once and in order, and those not yet acknowledged. */

export interface Pending {
  readonly clientId: string
  readonly text: string
  /** The uploaded file that the message refers to. */
  readonly file?: ChatFile
  /** How often it was sent. */
  readonly attempts: number
  /** Why the server rejected it. */
  readonly rejection?: string
}

export interface Timeline {
  readonly messages: readonly Message[]
  readonly pending: readonly Pending[]
}

export const EMPTY_TIMELINE: Timeline = { messages: [], pending: [] }

/** The same message may arrive over the socket, in the history, and again after a reconnection. The id identifies it. */
export const withMessages = (timeline: Timeline, messages: readonly Message[]): Timeline => {
  const byId = new Map(timeline.messages.map((message) => [message.id, message]))
  const newMessages = messages.filter(({ id }) => !byId.has(id))
  if (newMessages.length === 0) return timeline
  for (const message of newMessages) byId.set(message.id, message)
  return { ...timeline, messages: [...byId.values()].sort((a, b) => a.id - b.id) }
}

export const withPending = (timeline: Timeline, pending: Pending): Timeline => ({ ...timeline, pending: [...timeline.pending, pending] })

export const withAttempt = (timeline: Timeline, clientId: string): Timeline => ({
  ...timeline,
  pending: timeline.pending.map((item) => (item.clientId === clientId ? { ...item, attempts: item.attempts + 1 } : item)),
})

export const withRejection = (timeline: Timeline, clientId: string, rejection: string): Timeline => ({
  ...timeline,
  pending: timeline.pending.map((item) => (item.clientId === clientId ? { ...item, rejection } : item)),
})

export const withoutPending = (timeline: Timeline, clientId: string): Timeline => ({
  ...timeline,
  pending: timeline.pending.filter((item) => item.clientId !== clientId),
})

/** The server has stored the message. If a replay delivered it before the acknowledgement arrived, it is not added again. */
export const withAcknowledgement = (timeline: Timeline, clientId: string, stored: Omit<Message, 'text'>): Timeline => {
  const sent = timeline.pending.find((item) => item.clientId === clientId)
  return sent
    ? withMessages(withoutPending(timeline, clientId), [{ ...stored, text: sent.text, ...(sent.file && { file: sent.file }) }])
    : timeline
}

export const lastId = ({ messages }: Timeline): number => messages.at(-1)?.id ?? 0

export const firstId = ({ messages }: Timeline): number | null => messages[0]?.id ?? null
