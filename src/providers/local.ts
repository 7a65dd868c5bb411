import type { Carrier, Message } from './carrier.ts'

/**
 * A carrier that stores messages in this system. It stores each message once per key, so a failed attempt can simply be
 * repeated. The error is not reported, because its text may contain the message.
 */
export const createLocalCarrier = (name: string, store: (message: Message) => Promise<void>): Carrier => ({
  name,
  send: async (message) => {
    try {
      await store(message)
      return { type: 'sent', reference: null }
    } catch {
      return { type: 'retry', reason: 'could not be stored', afterMs: null }
    }
  },
})
