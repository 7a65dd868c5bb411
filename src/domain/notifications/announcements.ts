import { type NotificationKind, REMINDER_DAYS } from '../../model/notification.ts'
import { fail, type Result } from '../../model/result.ts'
import { DAY, isoDay } from '../../model/time.ts'
import {
  announceExpiringPlans,
  announceMasterValue,
  announceNewestProfile,
  announcePlan,
  announceToAll,
} from '../../store/notifications.ts'
import type { AdminContext, SystemContext } from '../access.ts'
import { newTokenId } from '../object-id.ts'
import type { NewPlan } from '../subscriptions/add-plan.ts'

const announcement = (context: AdminContext, kind: NotificationKind) => ({ about: `${kind}:${newTokenId()}`, kind, now: context.now() })

/** Notifies every active account without flags. Returns their number; with none, nothing is stored. */
export const announceToMembers = (context: AdminContext, text: { title: string; content: string }): Promise<number> =>
  announceToAll(context.store, announcement(context, 'bulk'), text)

/** Notifies the members whose preference matches the newest member. Returns their number. */
export const announceNewestMember = async (context: AdminContext): Promise<Result<number, 'no-gender'>> => {
  const { notified, hasGender } = await announceNewestProfile(context.store, announcement(context, 'match'), isoDay(context.now()))
  return hasGender ? notified : fail('no-gender')
}

/** Adds a value to a master list and notifies all members. Returns the name of the list. */
export const addValueAndNotify = async (
  context: AdminContext,
  input: { typeId: number; value: string },
): Promise<Result<string, 'no-such-type' | 'value-exists'>> => {
  const outcome = await announceMasterValue(context.store, announcement(context, 'master'), input)
  if (!outcome) return fail('no-such-type')
  return 'type' in outcome ? outcome.type : fail('value-exists', { type: outcome.existingType, value: input.value })
}

/** Adds a subscription plan and notifies all members. Returns their number. */
export const addPlanAndNotify = async (context: AdminContext, plan: NewPlan): Promise<Result<number, 'ends-before-it-starts'>> =>
  plan.startDate < plan.endDate ? announcePlan(context.store, announcement(context, 'subscription'), plan) : fail('ends-before-it-starts')

/** Reminds members whose subscription ends within two days, once for each end date. Called by an admin and by the daily cron. */
export const sendExpiryReminders = (
  context: AdminContext | SystemContext,
): Promise<{ readonly notified: number; readonly expiring: boolean }> => {
  const now = context.now()
  return announceExpiringPlans(context.store, { today: isoDay(now), until: isoDay(now + REMINDER_DAYS * DAY), now })
}
