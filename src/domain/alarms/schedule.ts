/** When an alarm that nobody acknowledges speaks again. Pure: what the object does with it is the object's business. */

export interface AlarmRule {
  /** Triggers this close together are one alarm. */
  readonly dedupeMs: number
  /** How long "I am safe" still means that nobody is told. */
  readonly cancelMs: number
  /** When the second, third, … step tells the same people again, counted from the first. */
  readonly stepsMs: readonly number[]
  /** After the last step the desk alone is reminded, this often and for so long. */
  readonly remindEveryMs: number
  readonly remindForMs: number
  /** How long a message is tried. */
  readonly retryForMs: number
}

/** Whether a step tells people, or only reminds the desk. */
export const tellsPeople = (rule: AlarmRule, step: number): boolean => step <= rule.stepsMs.length + 1

const plannedAt = ({ stepsMs, remindEveryMs }: AlarmRule, step: number): number => {
  if (step <= 1) return 0
  const told = stepsMs[step - 2]
  if (told !== undefined) return told
  return (stepsMs.at(-1) ?? 0) + (step - stepsMs.length - 1) * remindEveryMs
}

export interface Step {
  readonly step: number
  readonly at: number
}

/**
 * The step after one that is being taken now; null after the last. An object that slept through several (a long
 * outage) takes the missed ones one by one, at the pace that they were planned at, and not all in one breath.
 */
export const stepAfter = (rule: AlarmRule, beganAt: number, taken: number, now: number): Step | null => {
  const step = taken + 1
  const planned = beganAt + plannedAt(rule, step)
  const at = planned >= now ? planned : now + plannedAt(rule, step) - plannedAt(rule, taken)
  const over = beganAt + (rule.stepsMs.at(-1) ?? 0) + rule.remindForMs
  return at > over ? null : { step, at }
}

const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 15 * 60_000

/**
 * How long to wait before the next attempt: twice as long each time up to a limit, and a random part of it, so that what
 * failed together does not come back together. A provider that errorResponse when to come back is not asked before.
 */
export const retryDelay = (attempts: number, random: number, afterMs: number | null = null): number => {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(Math.max(attempts, 1) - 1, 20))
  const jittered = Math.round(longest / 2 + (longest / 2) * random)
  return Math.max(jittered, afterMs ?? 0)
}
