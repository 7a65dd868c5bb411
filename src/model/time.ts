/** Times are milliseconds since 1970. */

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The latest time that a `Date` can represent; its negative is the earliest. */
export const LATEST_TIME = 8.64e15

/** Every period ends after it starts. Dates are compared as text. No start means that the period may start at any time. */
export const endsAfterStart = <T extends number | string>(start: T | null, end: T): boolean => start === null || start < end

/** The next midnight in UTC. */
export const startOfNextDay = (time: number): number => (Math.floor(time / DAY) + 1) * DAY

/** For the header `Retry-After`: whole seconds, and at least one. */
export const secondsUntil = (time: number, now: number): number => Math.max(1, Math.ceil((time - now) / SECOND))

/** ISO 8601 in UTC, without a fraction where it is zero. */
export const isoTime = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z')

let today = { number: Number.NaN, text: '' }

/** The UTC date of a time. Every request needs it, so the text of the current day is cached. */
export const isoDay = (time: number): string => {
  const number = Math.floor(time / DAY)
  if (number !== today.number) today = { number, text: new Date(time).toISOString().slice(0, 10) }
  return today.text
}
