import type { Limits } from '../domain/context.ts'

/** The platform's rate limit, by IP address. */
export const createLimits = (addressLimit: RateLimit): Limits => ({
  allowsAddress: async (address) => (await addressLimit.limit({ key: address })).success,
})
