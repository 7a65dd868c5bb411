import { CHUNK_SIZE, MAX_CHUNKS } from '../model/chunks.ts'
import { MASTER_CODES, type NewMasterValue } from '../model/master.ts'
import { ANNOUNCEMENTS, NEW_MATCH_RULE, type Notification, type NotificationKind, REMINDER_DAYS } from '../model/notification.ts'
import { type Page, pageOf } from '../model/page.ts'
import { fail, type Result } from '../model/result.ts'
import type { PlanFields } from '../model/subscription.ts'
import { DAY, endsAfterStart, isoDay } from '../model/time.ts'
import {
  announceExpiringPlans,
  announceMasterValue,
  announceNewestProfile,
  announceNewestProfileToMore,
  announcePlan,
  announceToAll,
} from '../store/announcements.ts'
import { findNotifications, findNotificationsAndMarkRead } from '../store/notifications.ts'
import type { AdminContext, MemberContext, SystemContext } from './access.ts'
import { newTokenId } from './object-id.ts'

const announcement = <Kind extends NotificationKind>(context: AdminContext, kind: Kind) => ({
  about: `${kind}:${newTokenId()}`,
  kind,
  now: context.now(),
})

/** Notifies every active account without flags. Returns their number; with none, nothing is stored. */
export const announceToMembers = (context: AdminContext, text: { title: string; content: string }): Promise<number> =>
  announceToAll(context.store, announcement(context, 'bulk'), text)

/** Notifies the members whose preference matches the newest member. Returns their number. */
export const announceNewestMember = async (context: AdminContext): Promise<Result<number, 'no-gender'>> => {
  const today = isoDay(context.now())
  const about = announcement(context, 'match')
  const first = await announceNewestProfile(context.store, about, today, NEW_MATCH_RULE, {
    limit: CHUNK_SIZE,
    numbering: context.settings.numbers.matrimony,
  })
  if (!first.hasGender) return fail('no-gender')
  let { notified } = first
  let count = notified.length
  for (let chunk = 1; chunk < MAX_CHUNKS && notified.length === CHUNK_SIZE; chunk++) {
    const range = { after: Math.max(...notified), limit: CHUNK_SIZE }
    notified = await announceNewestProfileToMore(context.store, about, today, NEW_MATCH_RULE, range)
    count += notified.length
  }
  return count
}

/** Adds a value to a master list and notifies all members. Returns the name of the list. */
export const addValueAndNotify = async (
  context: AdminContext,
  input: NewMasterValue,
): Promise<Result<string, 'no-such-type' | 'value-exists'>> => {
  const rule = { text: ANNOUNCEMENTS.masterValue, codes: MASTER_CODES }
  const outcome = await announceMasterValue(context.store, announcement(context, 'master'), input, rule)
  if (!outcome) return fail('no-such-type')
  return 'type' in outcome ? outcome.type : fail('value-exists', { type: outcome.existingType, value: input.value })
}

/** Adds a subscription plan and notifies all members. Returns their number. */
export const addPlanAndNotify = async (context: AdminContext, plan: PlanFields): Promise<Result<number, 'ends-before-it-starts'>> =>
  endsAfterStart(plan.startDate, plan.endDate)
    ? announcePlan(context.store, announcement(context, 'subscription'), plan, ANNOUNCEMENTS.newPlan)
    : fail('ends-before-it-starts')

/**
 * Reminds members whose subscription ends within two days, once for each end date. Called by an admin and by the daily cron.
 * Members who are left after the last chunk are reminded by the next run.
 */
export const sendExpiryReminders = async (
  context: AdminContext | SystemContext,
): Promise<{ readonly notified: number; readonly expiring: boolean }> => {
  const now = context.now()
  const period = { today: isoDay(now), until: isoDay(now + REMINDER_DAYS * DAY), now, limit: CHUNK_SIZE }
  const first = await announceExpiringPlans(context.store, period, ANNOUNCEMENTS.expiringPlan)
  let last = first.notified
  let count = last
  for (let chunk = 1; chunk < MAX_CHUNKS && last === CHUNK_SIZE; chunk++) {
    last = (await announceExpiringPlans(context.store, period, ANNOUNCEMENTS.expiringPlan)).notified
    count += last
  }
  return { notified: count, expiring: first.expiring }
}

interface PageRequest {
  readonly after: number | null
  readonly limit: number
}

type Notifications = Page<Notification, number>

/** Lists the caller's notifications, newest first: all, those of one kind, or the unread ones. They are not marked as read. */
export const listNotifications = async (
  context: MemberContext,
  filter: { kind?: NotificationKind; unread?: boolean },
  { after, limit }: PageRequest,
): Promise<Notifications> => {
  const rows = await findNotifications(context.store, context.actor.account.id, filter, { after, limit: limit + 1 })
  return pageOf(rows, limit, ({ id }) => id)
}

/** The same, and marks them as read. The result shows their state from before. */
export const readNotifications = async (
  context: MemberContext,
  filter: { kind: NotificationKind; unread?: boolean },
  { after, limit }: PageRequest,
): Promise<Notifications> => {
  const items = await findNotificationsAndMarkRead(context.store, context.actor.account.id, filter, { after, limit }, context.now())
  return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null }
}
