import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import type { CodeRule, NewMasterValue } from '../model/master.ts'
import type { AnnouncementText, NewMatchRule, Notification, NotificationKind } from '../model/notification.ts'
import type { PlanFields } from '../model/subscription.ts'
import { withoutFlags } from './account-row.ts'
import { isBlockedPair } from './blocks.ts'
import { addMasterValues, findMasterType } from './master.ts'
import { changesOf, literal, literals, rowsOf, type Store } from './store.ts'
import { isActivePlan, isCurrentPlan } from './subscriptions.ts'
import { announcements, notifications } from './tables/messages.ts'

const columns = {
  id: notifications.id,
  receiverId: notifications.receiverId,
  kind: notifications.kind,
  isRead: notifications.isRead,
  title: announcements.title,
  // {n} is the number of unread messages. The text is shared, so each notification stores its own number.
  content: sql<string>`replace(${announcements.content}, '{n}', CAST(${notifications.amount} AS INTEGER))`.as('shown_content'),
  createdAt: notifications.createdAt,
  updatedAt: notifications.updatedAt,
}

interface PageRange {
  readonly after: number | null
  readonly limit: number
}

interface Filter {
  readonly kind?: NotificationKind
  readonly unread?: boolean
}

/** Newest first. `kind` and `is_read` are literals in the query, so that SQLite can use the partial indexes. */
const page = (orm: Store['orm'], accountId: number, { kind, unread }: Filter, { after, limit }: PageRange) =>
  orm
    .select(columns)
    .from(notifications)
    .innerJoin(announcements, eq(announcements.id, notifications.announcementId))
    .where(
      and(
        eq(notifications.receiverId, accountId),
        kind && sql`notifications.kind = ${literal(kind)}`,
        unread ? sql.raw('notifications.is_read = 0') : undefined,
        after === null ? undefined : lt(notifications.id, after),
      ),
    )
    .orderBy(desc(notifications.id))
    .limit(limit)

export const findNotifications = (store: Store, accountId: number, filter: Filter, range: PageRange): Promise<Notification[]> =>
  page(store.orm, accountId, filter, range)

const REMINDER: NotificationKind = 'reminder'

/** The same, and marks them as read, in one batch: a notification that arrives in between is neither returned nor marked. */
export const findNotificationsAndMarkRead = async (
  store: Store,
  accountId: number,
  filter: Filter & { readonly kind: NotificationKind },
  range: PageRange,
  now: number,
): Promise<Notification[]> => {
  const { orm } = store
  const { kind } = filter
  const idsOnPage = sql`SELECT id FROM notifications WHERE receiver_id = ${accountId} AND kind = ${literal(kind)}
    ${sql.raw(filter.unread ? 'AND is_read = 0' : '')} AND id < ${range.after ?? Number.MAX_SAFE_INTEGER} ORDER BY id DESC LIMIT ${range.limit}`
  const [rows] = await orm.batch([
    page(orm, accountId, filter, range),
    changesOf(orm, sql`UPDATE notifications SET is_read = 1, updated_at = ${now} WHERE is_read = 0 AND id IN (${idsOnPage})`),
  ])
  return rows
}

interface Announcement {
  /** Identifies the announcement. The other statements of the batch use it to check whether the announcement was inserted. */
  readonly about: string
  readonly kind: NotificationKind
  readonly now: number
}

const IS_RECEIVER = sql`receiver.is_active = 1 AND ${withoutFlags('receiver')}`
const RECEIVERS = sql.raw('accounts receiver INDEXED BY accounts_active_users')

/** SQL that concatenates a template's literals with the values of its placeholders. */
const compiledText = (template: string, values: Readonly<Record<string, SQL>>): SQL => {
  const parts = template.split(/\{(\w+)\}/).map((part, index) => (index % 2 === 0 ? part && literal(part) : (values[part] ?? literal(''))))
  return sql.join(
    parts.filter((part) => part !== ''),
    sql` || `,
  )
}

const announcementText = (text: AnnouncementText, values: Readonly<Record<string, SQL>>) => ({
  title: compiledText(text.title, values),
  content: compiledText(text.content, values),
})

/** Inserts the text once, if the condition in `from` holds. */
const insertAnnouncement = (
  orm: Store['orm'],
  { about, now }: Announcement,
  { title, content, subject = sql`NULL`, from }: { title: SQL; content: SQL; subject?: SQL; from: SQL },
) =>
  rowsOf<{ id: number }>(
    orm,
    sql`INSERT INTO announcements (title, content, about, created_at, subject_id)
    SELECT ${title}, ${content}, ${about}, ${now}, ${subject} ${from} RETURNING id`,
  )

/**
 * Inserts one notification per receiver, in one statement and therefore one round trip, however many receivers there are.
 * Each is a small row that references the shared text.
 */
const insertNotifications = (orm: Store['orm'], { about, kind, now }: Announcement, receivers: SQL) =>
  changesOf(
    orm,
    sql`INSERT INTO notifications (receiver_id, announcement_id, kind, created_at, updated_at)
    SELECT receiver.id, announcement.id, ${kind}, ${now}, ${now} FROM announcements announcement CROSS JOIN ${receivers} AND announcement.about = ${about}
    ORDER BY receiver.id`,
  )

const allReceivers = sql`${RECEIVERS} WHERE ${IS_RECEIVER}`

const isAnnounced = (about: string) => sql`EXISTS (SELECT 1 FROM announcements WHERE about = ${about})`

/** Notifies all active members; inserts nothing if there are none. Returns the number of notified accounts. */
export const announceToAll = async (store: Store, announcement: Announcement, text: AnnouncementText): Promise<number> => {
  const { orm } = store
  const [, inserted] = await orm.batch([
    insertAnnouncement(orm, announcement, {
      title: sql`${text.title}`,
      content: sql`${text.content}`,
      from: sql`WHERE EXISTS (SELECT 1 FROM ${allReceivers})`,
    }),
    insertNotifications(orm, announcement, allReceivers),
  ])
  return inserted.meta.changes
}

/**
 * Adds a master value and notifies all active members, or does neither: the text is inserted if the value can be added, and
 * all other rows if the text was inserted.
 */
export const announceMasterValue = async (
  store: Store,
  announcement: Announcement,
  { typeId, value }: NewMasterValue,
  { text, codes }: { text: AnnouncementText; codes: CodeRule },
): Promise<{ readonly type: string } | { readonly existingType: string } | null> => {
  const { orm } = store
  const [[type], [existing], announcements] = await orm.batch([
    findMasterType(orm, typeId),
    rowsOf<{ type: string }>(orm, sql`SELECT t.type FROM master_values v JOIN master_types t ON t.id = v.type_id WHERE v.value = ${value}`),
    insertAnnouncement(orm, announcement, {
      ...announcementText(text, { type: sql`t.type`, value: sql`${value}` }),
      from: sql`FROM master_types t WHERE t.id = ${typeId} AND NOT EXISTS (SELECT 1 FROM master_values v WHERE v.value = ${value})`,
    }),
    insertNotifications(orm, announcement, allReceivers),
    addMasterValues(orm, [{ typeId, value }], codes, announcement.now, sql`NOT ${isAnnounced(announcement.about)}`),
  ])
  if (!type) return null
  return announcements.length > 0 ? { type: type.type } : { existingType: existing?.type ?? type.type }
}

/** Adds a subscription plan and notifies all active members: both or neither. Returns the number of notified accounts. */
export const announcePlan = async (store: Store, announcement: Announcement, plan: PlanFields, text: AnnouncementText): Promise<number> => {
  const { orm } = store
  const { planType, startDate, endDate, status } = plan
  const [, , inserted] = await orm.batch([
    rowsOf(
      orm,
      sql`INSERT INTO subscription_plans (plan_type, start_date, end_date, status, created_at, updated_at)
      VALUES (${planType}, ${startDate}, ${endDate}, ${status}, ${announcement.now}, ${announcement.now})`,
    ),
    insertAnnouncement(orm, announcement, {
      ...announcementText(text, { planType: sql`${planType}`, startDate: sql`${startDate}`, endDate: sql`${endDate}` }),
      from: sql``,
    }),
    insertNotifications(orm, announcement, allReceivers),
  ])
  return inserted.meta.changes
}

/**
 * The members who look for the gender of the newest profile and have a plan that includes these notifications; without the
 * owner of the profile, and without members who block the owner or are blocked by the owner.
 */
const interestedMembers = (today: string, plans: NewMatchRule['plans']) => sql`(
  SELECT p.account_id, p.gender FROM matrimony_profiles p INDEXED BY matrimony_profiles_newest WHERE p.is_listed = 1
  ORDER BY p.created_at DESC, p.account_id DESC LIMIT 1) newest
  JOIN match_preferences wish ON wish.gender = newest.gender AND newest.gender <> ''
  JOIN accounts receiver ON receiver.id = wish.account_id AND receiver.is_active = 1 AND receiver.id <> newest.account_id
  JOIN subscription_plans plan ON plan.id = receiver.subscription_plan_id AND plan.plan_type IN (${literals(plans)})
    AND ${isCurrentPlan(today)}
  WHERE NOT ${isBlockedPair(sql`newest.account_id`, sql`receiver.id`)}`

export const announceNewestProfile = async (
  store: Store,
  announcement: Announcement,
  today: string,
  { text, plans }: NewMatchRule,
): Promise<{ readonly notified: number; readonly hasGender: boolean }> => {
  const { orm } = store
  const [newest, , inserted] = await orm.batch([
    rowsOf<{ gender: string }>(
      orm,
      sql`SELECT gender FROM matrimony_profiles INDEXED BY matrimony_profiles_newest WHERE is_listed = 1
      ORDER BY created_at DESC, account_id DESC LIMIT 1`,
    ),
    insertAnnouncement(orm, announcement, {
      ...announcementText(text, { accountId: sql`newest.account_id` }),
      subject: sql`newest.account_id`,
      from: sql`FROM ${interestedMembers(today, plans)} LIMIT 1`,
    }),
    insertNotifications(orm, announcement, interestedMembers(today, plans)),
  ])
  return { notified: inserted.meta.changes, hasGender: newest[0]?.gender !== '' }
}

/**
 * Reminds all members whose plan ends in the given period, once per plan and end date: unique keys allow one announcement per
 * end date, and one notification per member and announcement. A member who joins the plan later is notified by the next run.
 */
export const announceExpiringPlans = async (
  store: Store,
  { today, until, now }: { today: string; until: string; now: number },
  text: AnnouncementText,
): Promise<{ readonly notified: number; readonly expiring: boolean }> => {
  const { orm } = store
  const ending = sql`${isActivePlan()} AND plan.end_date BETWEEN ${today} AND ${until}`
  const reminder = announcementText(text, { planType: sql`plan.plan_type`, endDate: sql`plan.end_date` })
  const about = sql`${literal(`${REMINDER}:`)} || plan.id || ':' || plan.end_date`
  const subscribers = sql`accounts receiver ON receiver.subscription_plan_id = plan.id AND receiver.is_active = 1`
  const [expiring, , inserted] = await orm.batch([
    rowsOf(orm, sql`SELECT 1 FROM subscription_plans plan JOIN ${subscribers} WHERE ${ending} LIMIT 1`),
    rowsOf(
      orm,
      sql`INSERT INTO announcements (title, content, about, created_at)
      SELECT ${reminder.title}, ${reminder.content}, ${about}, ${now}
      FROM subscription_plans plan WHERE ${ending} AND EXISTS (SELECT 1 FROM ${sql`accounts receiver WHERE receiver.subscription_plan_id = plan.id AND receiver.is_active = 1`})
      ON CONFLICT DO NOTHING`,
    ),
    changesOf(
      orm,
      sql`INSERT INTO notifications (receiver_id, announcement_id, kind, created_at, updated_at)
      SELECT receiver.id, announcement.id, ${literal(REMINDER)}, ${now}, ${now}
      FROM subscription_plans plan JOIN announcements announcement ON announcement.about = ${about} JOIN ${subscribers}
      WHERE ${ending}
      ON CONFLICT (announcement_id, receiver_id) WHERE kind = ${literal(REMINDER)} DO NOTHING`,
    ),
  ])
  return { notified: inserted.meta.changes, expiring: expiring.length > 0 }
}
