import type { Limits } from '../domain/context.ts'

/** The platform's rate limits: by address, and by the wider network of the address. */
export const createLimits = (addressLimit: RateLimit, networkLimit: RateLimit): Limits => ({
  allowsAddress: async (network) => (await addressLimit.limit({ key: network })).success,
  allowsWiderNetwork: async (widerNetwork) => (await networkLimit.limit({ key: widerNetwork })).success,
})
