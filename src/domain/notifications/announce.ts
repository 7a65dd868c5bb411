import {
  announceExpiring,
  announceMasterValue,
  announceNewest,
  announcePlan,
  announceToAll,
  type NotificationKind,
} from '../../store/notifications.ts'
import type { Ctx } from '../context.ts'
import { newTokenId } from '../object-id.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { dayOf } from '../sessions/credentials.ts'
import type { NewPlan } from '../subscriptions/add-plan.ts'

const announcement = (ctx: Ctx, kind: NotificationKind) => ({ about: `${kind}:${newTokenId()}`, kind, now: ctx.now() })

/** Says something to every active account without flags. How many they are; where there is none, nothing was said. */
export const tellEverybody = (ctx: Ctx, text: { title: string; content: string }): Promise<number> =>
  announceToAll(ctx.store, announcement(ctx, 'bulk'), text)

/** Tells those who look for somebody like the newest member. How many they are. */
export const tellOfNewest = async (ctx: Ctx): Promise<number | Refusal<'no-gender'>> => {
  const { told, hasGender } = await announceNewest(ctx.store, announcement(ctx, 'match'), dayOf(ctx.now()))
  return hasGender ? told : refuse('no-gender')
}

/** Adds a value to a list, and tells everybody. The name of the list. */
export const addValueAndTell = async (
  ctx: Ctx,
  given: { typeId: number; value: string },
): Promise<string | Refusal<'no-such-type' | 'value-exists'>> => {
  const made = await announceMasterValue(ctx.store, announcement(ctx, 'master'), given)
  if (!made) return refuse('no-such-type')
  return 'type' in made ? made.type : refuse('value-exists', { type: made.takenIn, value: given.value })
}

/** Offers a plan, and tells everybody. How many they are. */
export const addPlanAndTell = async (ctx: Ctx, plan: NewPlan): Promise<number | Refusal<'ends-before-it-starts'>> =>
  plan.startDate < plan.endDate ? announcePlan(ctx.store, announcement(ctx, 'subscription'), plan) : refuse('ends-before-it-starts')

const DAYS_AHEAD = 2
const DAY_MS = 24 * 60 * 60 * 1000

/** Reminds those whose plan ends in two days or less, once for each end: asked for by an admin, and by the clock every day. */
export const remindOfEnds = (ctx: Ctx): Promise<{ readonly told: number; readonly expiring: boolean }> => {
  const now = ctx.now()
  return announceExpiring(ctx.store, { today: dayOf(now), until: dayOf(now + DAYS_AHEAD * DAY_MS), now })
}
