import type { Limits } from '../domain/context.ts'

/** All accounts share one count. */
const ALL_ALARMS = 'alarms'

/** The platform's rate limits: by address, by the wider network of the address, and the optional one of alarm messages. */
export const createLimits = (addressLimit: RateLimit, networkLimit: RateLimit, alarmLimit: RateLimit | undefined): Limits => ({
  allowsAddress: async (network) => (await addressLimit.limit({ key: network })).success,
  allowsWiderNetwork: async (widerNetwork) => (await networkLimit.limit({ key: widerNetwork })).success,
  allowsAlarmMessage: async () => {
    // An alarm does not depend on its limit: if the count is not available, the message is sent.
    const outcome = await alarmLimit?.limit({ key: ALL_ALARMS }).catch(() => null)
    return outcome?.success ?? true
  },
})
