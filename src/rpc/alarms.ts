import type { Alarms } from '../domain/context.ts'
import type { Dispatcher } from '../domain/ports.ts'
import type { Env } from '../env.ts'
import { withRetries } from './with-retries.ts'

/** Calls the object that keeps a person's alarms. */
export const createAlarms = (env: Env): Alarms => ({
  dispatcher: (accountId) => {
    // A stub whose object has failed once keeps failing: each attempt gets a new stub.
    const object = () => env.ALARM_DISPATCHER.getByName(String(accountId))
    return {
      trigger: (trigger, callId) => withRetries<Awaited<ReturnType<Dispatcher['trigger']>>>(async () => object().trigger(trigger, callId)),
      list: () => withRetries(() => object().list()),
      acknowledge: (acknowledgement) => withRetries(() => object().acknowledge(acknowledgement)),
      invite: (invitation) => withRetries(() => object().invite(invitation)),
      withdraw: (addresses) => withRetries(() => object().withdraw(addresses)),
      notifyDesk: (key, event) => withRetries(() => object().notifyDesk(key, event)),
      announceReply: (announcement) => withRetries(() => object().announceReply(announcement)),
      rearm: () => object().rearm(),
      erase: () => withRetries(() => object().erase()),
    }
  },
})
