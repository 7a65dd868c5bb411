/** When a conversation goes back to the queue, because the staff member who claimed it does not answer. */

interface HeldConversation {
  /** When the present holder claimed it. */
  readonly claimedAt: number
  /** When the person wrote the first message that no staff member has answered; null if there is none. */
  readonly unansweredSince: number | null
}

/**
 * At what time; null if no message is unanswered. A staff member who claims a conversation with an unanswered message has as
 * much time from the claim as for a new message.
 */
export const returnsToQueueAt = ({ claimedAt, unansweredSince }: HeldConversation, silenceMs: number): number | null =>
  unansweredSince === null ? null : Math.max(claimedAt, unansweredSince) + silenceMs

/** A conversation went back to the queue. */
export interface QueueReturn {
  readonly holder: { readonly id: number; readonly username: string }
  readonly at: number
}
