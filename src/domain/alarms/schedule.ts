/** When the steps of an alarm and the retries of a delivery are due. Pure functions; the Durable Object uses them. */

export interface AlarmSettings {
  /** Triggers within this time are one alarm. */
  readonly dedupeMs: number
  /** How long "I am safe" still prevents every notification. */
  readonly cancelMs: number
  /** When the second, third, … step notifies the same recipients again, counted from the first. */
  readonly stepsMs: readonly number[]
  /** After the last step only the desk is reminded, at this interval and for this long. */
  readonly remindEveryMs: number
  readonly remindForMs: number
  /** How long a delivery is retried. */
  readonly retryForMs: number
}

/** Whether a step notifies recipients, or only reminds the desk. */
export const notifiesRecipients = (settings: AlarmSettings, step: number): boolean => step <= settings.stepsMs.length + 1

const plannedAt = ({ stepsMs, remindEveryMs }: AlarmSettings, step: number): number => {
  if (step <= 1) return 0
  const configured = stepsMs[step - 2]
  if (configured !== undefined) return configured
  return (stepsMs.at(-1) ?? 0) + (step - stepsMs.length - 1) * remindEveryMs
}

export interface Step {
  readonly step: number
  readonly at: number
}

/**
 * The step after `current`, which is being processed now; null after the last. If the object missed several steps (a long
 * outage), it processes them one by one with the planned time between them, and not all at once.
 */
export const nextStep = (settings: AlarmSettings, startsAt: number, current: number, now: number): Step | null => {
  const step = current + 1
  const planned = startsAt + plannedAt(settings, step)
  const at = planned >= now ? planned : now + plannedAt(settings, step) - plannedAt(settings, current)
  const endsAt = startsAt + (settings.stepsMs.at(-1) ?? 0) + settings.remindForMs
  return at > endsAt ? null : { step, at }
}

const FIRST_RETRY_MS = 5_000
const MAX_RETRY_MS = 15 * 60_000

/**
 * How long to wait before the next attempt: exponential backoff with a maximum and random jitter, so that deliveries that
 * failed together are not retried together. If a provider sent Retry-After (`afterMs`), it is not called earlier.
 */
export const retryDelay = (attempts: number, random: number, afterMs: number | null = null): number => {
  const max = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(Math.max(attempts, 1) - 1, 20))
  const jittered = Math.round(max / 2 + (max / 2) * random)
  return Math.max(jittered, afterMs ?? 0)
}
