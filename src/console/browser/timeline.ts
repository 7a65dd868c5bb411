import type { Message } from './wire.ts'

/** One conversation as this page knows it: what the server has stored, once each and in its order, and what it has not answered for. */

export interface Pending {
  readonly clientId: string
  readonly text: string
  /** How often it was put on the line. */
  readonly tries: number
  /** Why the server will not have it. */
  readonly refused?: string
}

export interface Timeline {
  readonly messages: readonly Message[]
  readonly pending: readonly Pending[]
}

export const EMPTY: Timeline = { messages: [], pending: [] }

/** The same message may come by the socket, by the history and again after a reconnection: the id errorResponse that it is the same. */
export const withMessages = (timeline: Timeline, given: readonly Message[]): Timeline => {
  const known = new Map(timeline.messages.map((message) => [message.id, message]))
  const news = given.filter(({ id }) => !known.has(id))
  if (news.length === 0) return timeline
  for (const message of news) known.set(message.id, message)
  return { ...timeline, messages: [...known.values()].sort((a, b) => a.id - b.id) }
}

export const withPending = (timeline: Timeline, pending: Pending): Timeline => ({ ...timeline, pending: [...timeline.pending, pending] })

export const tried = (timeline: Timeline, clientId: string): Timeline => ({
  ...timeline,
  pending: timeline.pending.map((each) => (each.clientId === clientId ? { ...each, tries: each.tries + 1 } : each)),
})

export const refused = (timeline: Timeline, clientId: string, why: string): Timeline => ({
  ...timeline,
  pending: timeline.pending.map((each) => (each.clientId === clientId ? { ...each, refused: why } : each)),
})

export const without = (timeline: Timeline, clientId: string): Timeline => ({
  ...timeline,
  pending: timeline.pending.filter((each) => each.clientId !== clientId),
})

/** The server has it. Should a replay have brought it before the answer did, it is there already and stays there once. */
export const acknowledged = (timeline: Timeline, clientId: string, stored: Omit<Message, 'text'>): Timeline => {
  const sent = timeline.pending.find((each) => each.clientId === clientId)
  return sent ? withMessages(without(timeline, clientId), [{ ...stored, text: sent.text }]) : timeline
}

export const lastId = ({ messages }: Timeline): number => messages.at(-1)?.id ?? 0

export const firstId = ({ messages }: Timeline): number | null => messages[0]?.id ?? null
