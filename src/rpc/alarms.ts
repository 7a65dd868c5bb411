import type { Alarms } from '../domain/context.ts'
import type { Dispatcher } from '../domain/ports.ts'
import type { Env } from '../env.ts'
import type { AlarmRecords } from '../model/alarm.ts'
import type { Settings } from '../model/settings.ts'
import { objectsOf } from './objects.ts'
import { withRetries } from './with-retries.ts'

/** Calls the object that keeps a person's alarms. */
export const createAlarms = (env: Env, jurisdiction: Settings['jurisdiction']): Alarms => {
  const objects = objectsOf(env, jurisdiction)
  return {
    dispatcher: (accountId) => {
      // The client of an object that has failed once keeps failing: each attempt gets a new client.
      const object = () => objects.ALARM_DISPATCHER.getByName(String(accountId))
      return {
        trigger: (trigger, callId) =>
          withRetries<Awaited<ReturnType<Dispatcher['trigger']>>>(async () => object().trigger(trigger, callId)),
        list: () => withRetries(() => object().list()),
        records: (after, limit) => withRetries<AlarmRecords>(async () => object().records(after, limit)),
        acknowledge: (acknowledgement) => withRetries(() => object().acknowledge(acknowledgement)),
        invite: (invitation) => withRetries(() => object().invite(invitation)),
        withdraw: (addresses) => withRetries(() => object().withdraw(addresses)),
        notifyDesk: (key, event) => withRetries(() => object().notifyDesk(key, event)),
        announceReply: (announcement) => withRetries(() => object().announceReply(announcement)),
        rearm: () => object().rearm(),
        deleteOldMessages: (before, limit) => withRetries(() => object().deleteOldMessages(before, limit)),
        erase: () => withRetries(() => object().erase()),
      }
    },
  }
}
