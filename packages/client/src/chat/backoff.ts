/** When a socket that was closed is opened again, and when not. */

const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 20_000
const RATE_LIMITED_DELAY_MS = 10_000

/** Exponential backoff with a maximum. Half of the delay is random, so that clients do not all reconnect at the same moment. */
export const reconnectDelay = (attempt: number, random: number): number => {
  const ceiling = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16))
  return Math.round(ceiling / 2 + (random * ceiling) / 2)
}

type AfterClose =
  | { readonly retry: true; readonly delayMs: number }
  | { readonly retry: false; readonly reason: 'unauthenticated' | 'forbidden' }

/** The server has closed a flood. */
export const RATE_LIMITED = 4429

export const afterClose = (code: number, attempt: number, random: number): AfterClose => {
  if (code === 4401) return { retry: false, reason: 'unauthenticated' }
  if (code === 4403) return { retry: false, reason: 'forbidden' }
  return { retry: true, delayMs: reconnectDelay(attempt, random) + (code === RATE_LIMITED ? RATE_LIMITED_DELAY_MS : 0) }
}
