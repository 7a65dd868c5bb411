import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import { isBlockedPair } from './blocks.ts'
import { addMasterValues, findMasterType } from './master.ts'
import { changesOf, rowsOf, type Store } from './store.ts'
import { announcements, notifications } from './tables/messages.ts'

export type NotificationKind = (typeof notifications.$inferSelect)['kind']

const columns = {
  id: notifications.id,
  receiverId: notifications.receiverId,
  kind: notifications.kind,
  isRead: notifications.isRead,
  title: announcements.title,
  // What the text about unread messages counts, each notification counts for itself.
  content: sql<string>`replace(${announcements.content}, '{n}', CAST(${notifications.amount} AS INTEGER))`.as('shown_content'),
  createdAt: notifications.createdAt,
  updatedAt: notifications.updatedAt,
}

export interface Notification {
  readonly id: number
  readonly receiverId: number
  readonly kind: NotificationKind
  readonly isRead: boolean
  readonly title: string
  readonly content: string
  readonly createdAt: number
  readonly updatedAt: number
}

interface Part {
  readonly after: number | null
  readonly limit: number
}

interface Which {
  readonly kind?: NotificationKind
  readonly unread?: boolean
}

/** Newest first. The kind and whether it is read stand in the text of the query, as in the indexes that are made for it. */
const page = (orm: Store['orm'], accountId: number, { kind, unread }: Which, { after, limit }: Part) =>
  orm
    .select(columns)
    .from(notifications)
    .innerJoin(announcements, eq(announcements.id, notifications.announcementId))
    .where(
      and(
        eq(notifications.receiverId, accountId),
        kind && sql.raw(`notifications.kind = '${kind}'`),
        unread ? sql.raw('notifications.is_read = 0') : undefined,
        after === null ? undefined : lt(notifications.id, after),
      ),
    )
    .orderBy(desc(notifications.id))
    .limit(limit)

export const findNotifications = (store: Store, accountId: number, which: Which, part: Part): Promise<Notification[]> =>
  page(store.orm, accountId, which, part)

/** The same, which from now on are read: in one batch, so that one which comes in between is neither shown nor marked. */
export const takeNotifications = async (
  store: Store,
  accountId: number,
  which: Which & { readonly kind: NotificationKind },
  part: Part,
  now: number,
): Promise<Notification[]> => {
  const { orm } = store
  const { kind } = which
  const shown = sql`SELECT id FROM notifications WHERE receiver_id = ${accountId} AND kind = ${sql.raw(`'${kind}'`)}
    ${sql.raw(which.unread ? 'AND is_read = 0' : '')} AND id < ${part.after ?? Number.MAX_SAFE_INTEGER} ORDER BY id DESC LIMIT ${part.limit}`
  const [taken] = await orm.batch([
    page(orm, accountId, which, part),
    changesOf(orm, sql`UPDATE notifications SET is_read = 1, updated_at = ${now} WHERE is_read = 0 AND id IN (${shown})`),
  ])
  return taken
}

interface Announcement {
  /** Tells this announcement from all others: what is written together with it asks whether it was made. */
  readonly about: string
  readonly kind: NotificationKind
  readonly now: number
}

const ORDINARY = sql.raw('told.is_active = 1 AND told.is_admin = 0 AND told.is_staff = 0 AND told.is_superuser = 0')
const ORDINARY_ACCOUNTS = sql.raw('accounts told INDEXED BY accounts_active_users')

/** The text, written once, where a condition holds. */
const announce = (orm: Store['orm'], { about, now }: Announcement, { title, content, from }: { title: SQL; content: SQL; from: SQL }) =>
  rowsOf<{ id: number }>(
    orm,
    sql`INSERT INTO announcements (title, content, about, created_at) SELECT ${title}, ${content}, ${about}, ${now} ${from} RETURNING id`,
  )

/**
 * A notification for each of many, in one statement and hence in one round trip, however many they are: a small row each,
 * that points at the one text.
 */
const tell = (orm: Store['orm'], { about, kind, now }: Announcement, audience: SQL) =>
  changesOf(
    orm,
    sql`INSERT INTO notifications (receiver_id, announcement_id, kind, created_at, updated_at)
    SELECT told.id, said.id, ${kind}, ${now}, ${now} FROM announcements said CROSS JOIN ${audience} AND said.about = ${about}
    ORDER BY told.id`,
  )

const everybody = sql`${ORDINARY_ACCOUNTS} WHERE ${ORDINARY}`

const isAnnounced = (about: string) => sql`EXISTS (SELECT 1 FROM announcements WHERE about = ${about})`

/** Says something to everybody; errorResponse nothing where there is nobody. How many were told. */
export const announceToAll = async (
  store: Store,
  announcement: Announcement,
  text: { title: string; content: string },
): Promise<number> => {
  const { orm } = store
  const [, told] = await orm.batch([
    announce(orm, announcement, {
      title: sql`${text.title}`,
      content: sql`${text.content}`,
      from: sql`WHERE EXISTS (SELECT 1 FROM ${everybody})`,
    }),
    tell(orm, announcement, everybody),
  ])
  return told.meta.changes
}

/** Adds a value to a list and tells everybody, or does neither: the text is written where the value can be, and all else where the text was. */
export const announceMasterValue = async (
  store: Store,
  announcement: Announcement,
  { typeId, value }: { typeId: number; value: string },
): Promise<{ readonly type: string } | { readonly takenIn: string } | null> => {
  const { orm } = store
  const [[type], [taken], made] = await orm.batch([
    findMasterType(orm, typeId),
    rowsOf<{ type: string }>(orm, sql`SELECT t.type FROM master_values v JOIN master_types t ON t.id = v.type_id WHERE v.value = ${value}`),
    announce(orm, announcement, {
      title: sql`'New ' || t.type || ' Value Added'`,
      content: sql`'A new value has been added to ' || t.type || ': ' || ${value} || '.'`,
      from: sql`FROM master_types t WHERE t.id = ${typeId} AND NOT EXISTS (SELECT 1 FROM master_values v WHERE v.value = ${value})`,
    }),
    tell(orm, announcement, everybody),
    addMasterValues(orm, [{ typeId, value }], announcement.now, sql`NOT ${isAnnounced(announcement.about)}`),
  ])
  if (!type) return null
  return made.length > 0 ? { type: type.type } : { takenIn: taken?.type ?? type.type }
}

/** Offers a plan and tells everybody: both or neither. How many were told. */
export const announcePlan = async (
  store: Store,
  announcement: Announcement,
  plan: { planType: string; startDate: string; endDate: string; status: string },
): Promise<number> => {
  const { orm } = store
  const { planType, startDate, endDate, status } = plan
  const content = `A new subscription plan '${planType}' has been added. Start Date: ${startDate}, End Date: ${endDate}. Check it out and subscribe now!`
  const [, , told] = await orm.batch([
    rowsOf(
      orm,
      sql`INSERT INTO subscription_plans (plan_type, start_date, end_date, status, created_at, updated_at)
      VALUES (${planType}, ${startDate}, ${endDate}, ${status}, ${announcement.now}, ${announcement.now})`,
    ),
    announce(orm, announcement, { title: sql`'New Subscription Plan Added'`, content: sql`${content}`, from: sql`` }),
    tell(orm, announcement, everybody),
  ])
  return told.meta.changes
}

/** Who looks for the gender of the newest profile, on a plan that has such notifications; not its owner, and nobody whom a block keeps away. */
const seekers = (today: string) => sql`(
  SELECT p.account_id, p.gender FROM matrimony_profiles p INDEXED BY matrimony_profiles_newest WHERE p.is_listed = 1
  ORDER BY p.created_at DESC, p.account_id DESC LIMIT 1) newest
  JOIN match_preferences wish ON wish.gender = newest.gender AND newest.gender <> ''
  JOIN accounts told ON told.id = wish.account_id AND told.is_active = 1 AND told.id <> newest.account_id
  JOIN subscription_plans plan ON plan.id = told.subscription_plan_id AND plan.plan_type IN ('premium', 'platinum')
    AND plan.status = 'active' AND plan.end_date >= ${today}
  WHERE NOT ${isBlockedPair(sql`newest.account_id`, sql`told.id`)}`

export const announceNewest = async (
  store: Store,
  announcement: Announcement,
  today: string,
): Promise<{ readonly told: number; readonly hasGender: boolean }> => {
  const { orm } = store
  const [newest, , told] = await orm.batch([
    rowsOf<{ gender: string }>(
      orm,
      sql`SELECT gender FROM matrimony_profiles INDEXED BY matrimony_profiles_newest WHERE is_listed = 1
      ORDER BY created_at DESC, account_id DESC LIMIT 1`,
    ),
    announce(orm, announcement, {
      title: sql`'New Match Found'`,
      content: sql`'Congratulations! A new match has been found: User ID ' || newest.account_id || '.'`,
      from: sql`FROM ${seekers(today)} LIMIT 1`,
    }),
    tell(orm, announcement, seekers(today)),
  ])
  return { told: told.meta.changes, hasGender: newest[0]?.gender !== '' }
}

/**
 * Reminds everybody whose plan ends within the days given, once for each end of each plan: the announcement of an end is
 * there once, and so is each person's notification of it. Whoever comes to the plan later is told by the next run.
 */
export const announceExpiring = async (
  store: Store,
  { today, until, now }: { today: string; until: string; now: number },
): Promise<{ readonly told: number; readonly expiring: boolean }> => {
  const { orm } = store
  const ending = sql`plan.status = 'active' AND plan.end_date BETWEEN ${today} AND ${until}`
  const about = sql`'reminder:' || plan.id || ':' || plan.end_date`
  const subscribers = sql`accounts told ON told.subscription_plan_id = plan.id AND told.is_active = 1`
  const [expiring, , told] = await orm.batch([
    rowsOf(orm, sql`SELECT 1 FROM subscription_plans plan JOIN ${subscribers} WHERE ${ending} LIMIT 1`),
    rowsOf(
      orm,
      sql`INSERT INTO announcements (title, content, about, created_at)
      SELECT 'Subscription Expiry Reminder', 'Your subscription plan ''' || plan.plan_type || ''' will expire on ' || plan.end_date
        || '. Please renew to continue enjoying our services.', ${about}, ${now}
      FROM subscription_plans plan WHERE ${ending} AND EXISTS (SELECT 1 FROM ${sql`accounts told WHERE told.subscription_plan_id = plan.id AND told.is_active = 1`})
      ON CONFLICT DO NOTHING`,
    ),
    changesOf(
      orm,
      sql`INSERT INTO notifications (receiver_id, announcement_id, kind, created_at, updated_at)
      SELECT told.id, said.id, 'reminder', ${now}, ${now}
      FROM subscription_plans plan JOIN announcements said ON said.about = ${about} JOIN ${subscribers}
      WHERE ${ending}
      ON CONFLICT (announcement_id, receiver_id) WHERE kind = 'reminder' DO NOTHING`,
    ),
  ])
  return { told: told.meta.changes, expiring: expiring.length > 0 }
}
