import {
  announceExpiring,
  announceMasterValue,
  announceNewest,
  announcePlan,
  announceToAll,
  type NotificationKind,
} from '../../store/notifications.ts'
import type { Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { newTokenId } from '../object-id.ts'
import { dayOf } from '../sessions/credentials.ts'
import type { NewPlan } from '../subscriptions/add-plan.ts'

const announcement = (context: Context, kind: NotificationKind) => ({ about: `${kind}:${newTokenId()}`, kind, now: context.now() })

/** Says something to every active account without flags. How many they are; where there is none, nothing was said. */
export const tellEverybody = (context: Context, text: { title: string; content: string }): Promise<number> =>
  announceToAll(context.store, announcement(context, 'bulk'), text)

/** Tells those who look for somebody like the newest member. How many they are. */
export const tellOfNewest = async (context: Context): Promise<number | Failure<'no-gender'>> => {
  const { told, hasGender } = await announceNewest(context.store, announcement(context, 'match'), dayOf(context.now()))
  return hasGender ? told : fail('no-gender')
}

/** Adds a value to a list, and tells everybody. The name of the list. */
export const addValueAndTell = async (
  context: Context,
  given: { typeId: number; value: string },
): Promise<string | Failure<'no-such-type' | 'value-exists'>> => {
  const made = await announceMasterValue(context.store, announcement(context, 'master'), given)
  if (!made) return fail('no-such-type')
  return 'type' in made ? made.type : fail('value-exists', { type: made.takenIn, value: given.value })
}

/** Offers a plan, and tells everybody. How many they are. */
export const addPlanAndTell = async (context: Context, plan: NewPlan): Promise<number | Failure<'ends-before-it-starts'>> =>
  plan.startDate < plan.endDate ? announcePlan(context.store, announcement(context, 'subscription'), plan) : fail('ends-before-it-starts')

const DAYS_AHEAD = 2
const DAY_MS = 24 * 60 * 60 * 1000

/** Reminds those whose plan ends in two days or less, once for each end: asked for by an admin, and by the clock every day. */
export const remindOfEnds = (context: Context): Promise<{ readonly told: number; readonly expiring: boolean }> => {
  const now = context.now()
  return announceExpiring(context.store, { today: dayOf(now), until: dayOf(now + DAYS_AHEAD * DAY_MS), now })
}
