import { type SQL, sql } from 'drizzle-orm'
import type { Numbering } from '../model/contract-numbers.ts'
import type { CodeRule, NewMasterValue } from '../model/master.ts'
import type { AnnouncementText, KindToAll, NewMatchRule, NotificationKind } from '../model/notification.ts'
import type { PlanFields } from '../model/subscription.ts'
import { withoutFlags } from './account-row.ts'
import { isBlockedPair } from './blocks.ts'
import { memberCountOf } from './list-buckets.ts'
import { addMasterValues, findMasterType } from './master.ts'
import { renumbered } from './renumbered.ts'
import { changesOf, literal, literals, rowsOf, type Store } from './store.ts'
import { isActivePlan, isCurrentPlan } from './subscriptions.ts'

const REMINDER: NotificationKind = 'reminder'

interface Announcement<Kind extends NotificationKind> {
  /** Identifies the announcement. The other statements of the batch use it to check whether the announcement was inserted. */
  readonly about: string
  readonly kind: Kind
  readonly now: number
}

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

interface NewText {
  readonly title: SQL
  readonly content: SQL
  /** Where the values of the text come from. Nothing is inserted if it selects no row. */
  readonly from: SQL
}

/**
 * Announces a text to all members: one row, which the lists of the members join when they are read. A trigger gives it the id
 * of its notification (migrations/0035_announcements_to_all.sql).
 */
const insertAnnouncementToAll = (orm: Store['orm'], { about, kind, now }: Announcement<KindToAll>, { title, content, from }: NewText) =>
  rowsOf<{ id: number }>(
    orm,
    sql`INSERT INTO announcements (title, content, about, kind, created_at) SELECT ${title}, ${content}, ${about}, ${kind}, ${now} ${from} RETURNING id`,
  )

/** The number of members who receive an announcement to all. */
const receiverCount = (orm: Store['orm']) => rowsOf<{ count: number }>(orm, sql`SELECT ${memberCountOf('active-users')} AS count`)

const isAnnounced = (about: string) => sql`EXISTS (SELECT 1 FROM announcements WHERE about = ${about})`

/** Notifies all active members; inserts nothing if there are none. Returns the number of notified accounts. */
export const announceToAll = async (store: Store, announcement: Announcement<KindToAll>, text: AnnouncementText): Promise<number> => {
  const { orm } = store
  const [, [receivers]] = await orm.batch([
    insertAnnouncementToAll(orm, announcement, {
      title: sql`${text.title}`,
      content: sql`${text.content}`,
      from: sql`WHERE EXISTS (SELECT 1 FROM accounts WHERE is_active = 1 AND ${withoutFlags()})`,
    }),
    receiverCount(orm),
  ])
  return receivers?.count ?? 0
}

/**
 * Adds a master value and notifies all active members, or does neither: the text is inserted if the value can be added, and
 * the value if the text was inserted.
 */
export const announceMasterValue = async (
  store: Store,
  announcement: Announcement<KindToAll>,
  { typeId, value }: NewMasterValue,
  { text, codes }: { text: AnnouncementText; codes: CodeRule },
): Promise<{ readonly type: string } | { readonly existingType: string } | null> => {
  const { orm } = store
  const [[type], [existing], announcements] = await orm.batch([
    findMasterType(orm, typeId),
    rowsOf<{ type: string }>(orm, sql`SELECT t.type FROM master_values v JOIN master_types t ON t.id = v.type_id WHERE v.value = ${value}`),
    insertAnnouncementToAll(orm, announcement, {
      ...announcementText(text, { type: sql`t.type`, value: sql`${value}` }),
      from: sql`FROM master_types t WHERE t.id = ${typeId} AND NOT EXISTS (SELECT 1 FROM master_values v WHERE v.value = ${value})`,
    }),
    addMasterValues(orm, [{ typeId, value }], codes, announcement.now, sql`NOT ${isAnnounced(announcement.about)}`),
  ])
  if (!type) return null
  return announcements.length > 0 ? { type: type.type } : { existingType: existing?.type ?? type.type }
}

/** Adds a subscription plan and notifies all active members: both or neither. Returns the number of notified accounts. */
export const announcePlan = async (
  store: Store,
  announcement: Announcement<KindToAll>,
  plan: PlanFields,
  text: AnnouncementText,
): Promise<number> => {
  const { orm } = store
  const { planType, startDate, endDate, status } = plan
  const [, , [receivers]] = await orm.batch([
    rowsOf(
      orm,
      sql`INSERT INTO subscription_plans (plan_type, start_date, end_date, status, created_at, updated_at)
      VALUES (${planType}, ${startDate}, ${endDate}, ${status}, ${announcement.now}, ${announcement.now})`,
    ),
    insertAnnouncementToAll(orm, announcement, {
      ...announcementText(text, { planType: sql`${planType}`, startDate: sql`${startDate}`, endDate: sql`${endDate}` }),
      from: sql``,
    }),
    receiverCount(orm),
  ])
  return receivers?.count ?? 0
}

/** The newest profile that is listed, as the table `newest`. */
const NEWEST_PROFILE = sql`(
  SELECT account_id, gender FROM matrimony_profiles INDEXED BY matrimony_profiles_newest WHERE is_listed = 1
  ORDER BY created_at DESC, account_id DESC LIMIT 1) newest`

/**
 * The members who look for the gender of the profile `newest` and have a plan that includes these notifications; without the
 * owner of the profile, and without members who block the owner or are blocked by the owner.
 */
const interestedMembers = (today: string, plans: NewMatchRule['plans']) => sql`
  match_preferences wish JOIN accounts receiver ON receiver.id = wish.account_id AND receiver.is_active = 1
  JOIN subscription_plans plan ON plan.id = receiver.subscription_plan_id AND plan.plan_type IN (${literals(plans)})
    AND ${isCurrentPlan(today)}
  WHERE wish.gender = newest.gender AND newest.gender <> '' AND receiver.id <> newest.account_id
    AND NOT ${isBlockedPair(sql`newest.account_id`, sql`receiver.id`)}`

interface Chunk {
  /** The id of the last account of the previous chunk. */
  readonly after: number
  readonly limit: number
}

/**
 * Inserts one notification for each of the next interested members, in the order of their ids. Each is a small row that
 * references the shared text and, through it, the profile: a newer profile may have been created since.
 */
const notifyInterestedMembers = (
  orm: Store['orm'],
  { about, kind, now }: Announcement<NotificationKind>,
  interested: SQL,
  { after, limit }: Chunk,
) =>
  rowsOf<{ receiver_id: number }>(
    orm,
    sql`INSERT INTO notifications (receiver_id, announcement_id, kind, created_at, updated_at)
    SELECT receiver.id, announcement.id, ${kind}, ${now}, ${now}
    FROM announcements announcement CROSS JOIN matrimony_profiles newest CROSS JOIN ${interested}
      AND announcement.about = ${about} AND newest.account_id = announcement.subject_id AND wish.account_id > ${after}
    ORDER BY wish.account_id LIMIT ${limit} RETURNING receiver_id`,
  )

/** The ids of the members who were notified, in any order. */
type Notified = readonly number[]

const idsOf = (rows: readonly { readonly receiver_id: number }[]): Notified => rows.map(({ receiver_id: id }) => id)

/** Announces the newest profile to the interested members with the lowest ids, `limit` at most. */
export const announceNewestProfile = async (
  store: Store,
  announcement: Announcement<NotificationKind>,
  today: string,
  { text, plans }: NewMatchRule,
  { limit, numbering }: { readonly limit: number; readonly numbering: Numbering },
): Promise<{ readonly notified: Notified; readonly hasGender: boolean }> => {
  const { orm } = store
  const { about, now } = announcement
  const { title, content } = announcementText(text, { accountId: renumbered(numbering, sql`newest.account_id`) })
  const interested = interestedMembers(today, plans)
  const [newest, , notified] = await orm.batch([
    rowsOf<{ gender: string }>(orm, sql`SELECT gender FROM ${NEWEST_PROFILE}`),
    rowsOf(
      orm,
      sql`INSERT INTO announcements (title, content, about, created_at, subject_id)
      SELECT ${title}, ${content}, ${about}, ${now}, newest.account_id FROM ${NEWEST_PROFILE} CROSS JOIN ${interested} LIMIT 1`,
    ),
    notifyInterestedMembers(orm, announcement, interested, { after: 0, limit }),
  ])
  return { notified: idsOf(notified), hasGender: newest[0]?.gender !== '' }
}

/** The same for the members after these. */
export const announceNewestProfileToMore = async (
  { orm }: Store,
  announcement: Announcement<NotificationKind>,
  today: string,
  { plans }: NewMatchRule,
  chunk: Chunk,
): Promise<Notified> => idsOf(await notifyInterestedMembers(orm, announcement, interestedMembers(today, plans), chunk))

/**
 * Reminds members whose plan ends in the given period, `limit` at most, once per plan and end date: unique keys allow one
 * announcement per end date, and one notification per member and announcement. Of two calls at once, the later one finds the
 * notifications of the first. Who is left, or joins the plan later, is notified by the next call.
 */
export const announceExpiringPlans = async (
  store: Store,
  { today, until, now, limit }: { today: string; until: string; now: number; limit: number },
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
      WHERE ${ending} AND NOT EXISTS (
        SELECT 1 FROM notifications sent
        WHERE sent.announcement_id = announcement.id AND sent.receiver_id = receiver.id AND sent.kind = ${literal(REMINDER)})
      LIMIT ${limit}`,
    ),
  ])
  return { notified: inserted.meta.changes, expiring: expiring.length > 0 }
}
