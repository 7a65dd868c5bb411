import type { Carrier, Message } from './carrier.ts'

/**
 * A carrier that is part of the house: it keeps what it is given under its key, so giving it again changes nothing, and
 * what failed may simply be tried again. What went wrong is not repeated: it may hold what was to be kept.
 */
export const createLocal = (name: string, keep: (message: Message) => Promise<void>): Carrier => ({
  name,
  send: async (message) => {
    try {
      await keep(message)
      return { is: 'sent', reference: null }
    } catch {
      return { is: 'retry', why: 'could not be kept', afterMs: null }
    }
  },
})
