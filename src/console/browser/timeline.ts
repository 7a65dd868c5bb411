import type { ChatMessage } from '#chat/messages.ts'

/** The stored messages of one conversation that this page has loaded: each once, in order. */
export type Timeline = readonly ChatMessage[]

/** The same message may arrive over the socket, in the history, and again after a reconnection. The id identifies it. */
export const withMessages = (timeline: Timeline, messages: readonly ChatMessage[]): Timeline => {
  const byId = new Map(timeline.map((message) => [message.id, message]))
  const newMessages = messages.filter(({ id }) => !byId.has(id))
  if (newMessages.length === 0) return timeline
  for (const message of newMessages) byId.set(message.id, message)
  return [...byId.values()].sort((a, b) => a.id - b.id)
}

export const lastId = (timeline: Timeline): number => timeline.at(-1)?.id ?? 0

export const firstId = (timeline: Timeline): number | null => timeline[0]?.id ?? null
