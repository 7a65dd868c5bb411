import { type Backoff, backoff } from '../model/retry.ts'

const MAX_ATTEMPTS = 3
const DELAYS: Backoff = { firstMs: 50, maxMs: 100 }

/** Repeats a failed call. A call fails when its object is moved or stops. Only for idempotent calls that must not be lost. */
export const withRetries = async <T>(call: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, backoff(DELAYS, attempt)))
    }
  }
}
