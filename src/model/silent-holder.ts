/** When a conversation goes back to the queue, because the staff member who claimed it does not answer. */

interface HeldConversation {
  /** When the present holder claimed it. */
  readonly claimedAt: number
  /** When the person wrote the first message that no staff member has answered; null if there is none. */
  readonly unansweredSince: number | null
}

/**
 * At what time; null if the holder owes no answer. Whoever claims a conversation in which somebody waits already has as much
 * time as for a new message.
 */
export const returnsToQueueAt = ({ claimedAt, unansweredSince }: HeldConversation, silenceMs: number): number | null =>
  unansweredSince === null ? null : Math.max(claimedAt, unansweredSince) + silenceMs

/** A conversation went back to the queue. */
export interface QueueReturn {
  readonly holder: { readonly id: number; readonly username: string }
  readonly at: number
}
