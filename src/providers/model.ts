/** The language model behind the assistant. */

export interface ModelTurn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly text: string
}

export interface Model {
  /** The reply; null if there is none. It does not throw. */
  reply(turns: readonly ModelTurn[]): Promise<string | null>
}

/** Longer replies are cut off: a model may not stop by itself. */
const MAX_REPLY_LENGTH = 8000
const MAX_ATTEMPTS = 2

/**
 * Requests a reply once more if it is empty, late or missing (undefined). `requestReply` returns null if another attempt would
 * not help.
 */
export const withRetry = (requestReply: (turns: readonly ModelTurn[]) => Promise<string | undefined | null>): Model => ({
  reply: async (turns) => {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const reply = await requestReply(turns)
      if (reply === null) return null
      if (reply !== undefined && reply.trim() !== '') return reply.trim().slice(0, MAX_REPLY_LENGTH)
    }
    return null
  },
})
