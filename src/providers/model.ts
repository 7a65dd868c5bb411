/** What answers somebody who writes to the assistant. */

export interface ModelTurn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly text: string
}

export interface Model {
  /** The reply, or null where there is none to be had: it does not throw. */
  reply(turns: readonly ModelTurn[]): Promise<string | null>
}

/** Longer than anything that is asked for: a model that runs on is cut off. */
const LONGEST_REPLY = 8000
const TRIES = 2

/** A reply that is empty, too late, or no reply at all is asked for once more. `ask` gives null where asking again is no use. */
export const asking = (ask: (turns: readonly ModelTurn[]) => Promise<string | undefined | null>): Model => ({
  reply: async (turns) => {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const said = await ask(turns)
      if (said === null) return null
      if (said !== undefined && said.trim() !== '') return said.trim().slice(0, LONGEST_REPLY)
    }
    return null
  },
})
