import { type Placeholder, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { KINDS_TO_ALL, type KindToAll, NOTIFICATION_KINDS, type Notification, type NotificationKind } from '../model/notification.ts'
import { literal, preparedBatch, type Row, rowsOf, type Store } from './store.ts'

interface PageRange {
  readonly after: number | null
  readonly limit: number
}

interface Filter {
  readonly kind?: NotificationKind
  readonly unread?: boolean
}

/** The values of the prepared queries. `after` is greater than any id for the first page. */
const [accountId, after, limit, now] = [
  sql.placeholder('accountId'),
  sql.placeholder('after'),
  sql.placeholder('limit'),
  sql.placeholder('now'),
] as const
type IdOperand = SQL | Placeholder
/** Greater than any id. */
const ANY_ID = sql.raw(String(Number.MAX_SAFE_INTEGER))

const isKindToAll = (kind: NotificationKind): kind is KindToAll => KINDS_TO_ALL.some((one) => one === kind)

const allOf = (...conditions: readonly (SQL | undefined)[]): SQL =>
  sql.join(
    conditions.filter((condition) => condition !== undefined),
    sql` AND `,
  )

/** All notifications of this kind up to this id are read. The unread ones begin after it. */
const readThrough = (kind: KindToAll): SQL =>
  sql`COALESCE((SELECT read_through FROM announcement_reads
    WHERE account_id = ${accountId} AND kind = ${literal(kind)} AND read_through IS NOT NULL ORDER BY read_through DESC LIMIT 1), 0)`

const markOf = (id: SQL): SQL => sql`LEFT JOIN announcement_reads mark ON mark.account_id = ${accountId} AND mark.notification_id = ${id}`

/** Otherwise SQLite would choose the index of all unread ones, because of the comparison with `readThrough`. */
const indexOf = ({ kind, unread }: Filter): SQL => (unread && kind === 'subscription' ? sql`INDEXED BY notifications_new_plans` : sql``)

/**
 * The notifications that have a row for the account. `kind` and `is_read` are literals, so that SQLite can use the partial
 * indexes. {n} in the text is the number of unread messages: the text is shared, so each notification stores its own number.
 */
const ownNotifications = (filter: Filter, before: IdOperand): SQL => {
  const { kind, unread } = filter
  return sql`
  SELECT own.id AS id, own.kind AS kind, own.is_read OR mark.read_at IS NOT NULL AS is_read, text.title AS title,
    replace(text.content, '{n}', CAST(own.amount AS INTEGER)) AS content,
    own.created_at AS created_at, COALESCE(mark.read_at, own.updated_at) AS updated_at
  FROM notifications own ${indexOf(filter)} JOIN announcements text ON text.id = own.announcement_id ${markOf(sql`own.id`)}
  WHERE ${allOf(
    sql`own.receiver_id = ${accountId} AND own.id < ${before}`,
    kind && sql`own.kind = ${literal(kind)}`,
    unread ? sql`own.is_read = 0 AND mark.read_at IS NULL` : undefined,
    unread && kind && isKindToAll(kind) ? sql`own.id > ${readThrough(kind)}` : undefined,
  )}`
}

/**
 * SQL condition: the account receives the announcement to all with this id of its notification, which is greater than `from`
 * and less than `to`. Those from before the account existed, and those since it is inactive or has a flag, are outside of the
 * range of the index, so that a list does not read them: it is one comparison at each end, because SQLite would use only one of
 * two. Those of a gap that has ended are read and left out.
 */
export const isReceivedBy = (
  account: SQLWrapper | Placeholder,
  id: SQLWrapper,
  { from = sql`0`, to = ANY_ID }: { from?: SQL | undefined; to?: IdOperand | undefined } = {},
): SQL => sql`
  ${id} > max(${from}, COALESCE((SELECT older.notification_id FROM announcements older
    WHERE older.newest_account_id < ${account} AND older.notification_id IS NOT NULL
    ORDER BY older.newest_account_id DESC, older.notification_id DESC LIMIT 1), 0))
  AND ${id} < min(${to}, COALESCE((SELECT gap.after_id + 1 FROM announcement_gaps gap
    WHERE gap.account_id = ${account} AND gap.until_id IS NULL), ${ANY_ID}))
  AND NOT EXISTS (SELECT 1 FROM announcement_gaps gap
    WHERE gap.account_id = ${account} AND gap.after_id < ${id} AND gap.until_id >= ${id})`

/** The announcements to all that the account receives. */
const announcedNotifications = (
  { kind, unread }: { kind: KindToAll | undefined; unread: boolean | undefined },
  before: IdOperand,
): SQL => sql`
  SELECT announcement.notification_id AS id, announcement.kind AS kind, mark.read_at IS NOT NULL AS is_read, announcement.title AS title,
    announcement.content AS content, announcement.created_at AS created_at, COALESCE(mark.read_at, announcement.created_at) AS updated_at
  FROM announcements announcement ${markOf(sql`announcement.notification_id`)}
  WHERE ${allOf(
    kind && sql`announcement.kind = ${literal(kind)}`,
    isReceivedBy(accountId, sql`announcement.notification_id`, { from: unread && kind ? readThrough(kind) : undefined, to: before }),
    unread ? sql`mark.read_at IS NULL` : undefined,
  )}`

/**
 * Newest first. SQLite merges the parts, each in the order of an index, and stops at the limit. In a list of unread ones each
 * kind is a part, so that it begins after the ones that are read.
 */
const page = (filter: Filter, before: IdOperand = after, most: SQL | Placeholder = limit): SQL => {
  const { kind, unread } = filter
  const kinds = kind ? [kind].filter(isKindToAll) : unread ? KINDS_TO_ALL : [undefined]
  const parts = [ownNotifications(filter, before), ...kinds.map((one) => announcedNotifications({ kind: one, unread }, before))]
  return sql`${sql.join(parts, sql` UNION ALL `)} ORDER BY id DESC LIMIT ${most}`
}

type KindFilter = Filter & { readonly kind: NotificationKind }

const markOwnAsRead = ({ kind, unread }: KindFilter): SQL => sql`
  UPDATE notifications SET is_read = 1, updated_at = ${now} WHERE is_read = 0 AND id IN (
    SELECT id FROM notifications WHERE receiver_id = ${accountId} AND kind = ${literal(kind)} ${sql.raw(unread ? 'AND is_read = 0' : '')}
      AND id < ${after} ORDER BY id DESC LIMIT ${limit})`

/**
 * If the list has nothing after this page, all notifications of the kind are read from now on, unless there is an unread one
 * before this page.
 */
const markAnnouncedAsRead = (filter: KindFilter): SQL => {
  const newestUnread = page({ ...filter, unread: true }, ANY_ID, sql`1`)
  return sql`
  INSERT INTO announcement_reads (account_id, notification_id, kind, read_through, read_at)
  SELECT ${accountId}, id, kind,
    CASE WHEN EXISTS (SELECT 1 FROM (${page(filter)} OFFSET ${limit})) THEN NULL
      WHEN EXISTS (SELECT 1 FROM (${newestUnread}) WHERE id >= ${after}) THEN ${after} - 1
      ELSE max(id, (SELECT COALESCE(max(notification_id), 0) FROM announcements WHERE notification_id IS NOT NULL)) END,
    ${now}
  FROM (${page(filter)}) WHERE is_read = 0
  ON CONFLICT DO NOTHING`
}

/** The statements for each filter. */
const queries = new Map<string, ReturnType<typeof preparedBatch>>()

const queryFor = (key: string, statements: () => readonly SQL[]): ReturnType<typeof preparedBatch> => {
  const query = queries.get(key) ?? preparedBatch((orm) => statements().map((statement) => rowsOf(orm, statement)))
  queries.set(key, query)
  return query
}

const keyOf = ({ kind, unread = false }: Filter): string => `${kind ?? 'all'}:${unread}`

const toNotification = (receiverId: number, row: Row): Notification => {
  const kind = NOTIFICATION_KINDS.find((one) => one === row.kind)
  if (!kind) throw new Error(`a notification of the kind ${row.kind}`)
  return {
    id: Number(row.id),
    receiverId,
    kind,
    isRead: row.is_read === 1,
    title: String(row.title),
    content: String(row.content),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  }
}

const valuesOf = (id: number, range: PageRange) => ({ accountId: id, after: range.after ?? Number.MAX_SAFE_INTEGER, limit: range.limit })

export const findNotifications = async (store: Store, receiverId: number, filter: Filter, range: PageRange): Promise<Notification[]> => {
  const query = queryFor(keyOf(filter), () => [page(filter)])
  const [rows = []] = await query(store, valuesOf(receiverId, range))
  return rows.map((row) => toNotification(receiverId, row))
}

/** The same, and marks them as read, in one batch: a notification that arrives in between is neither returned nor marked. */
export const findNotificationsAndMarkRead = async (
  store: Store,
  receiverId: number,
  filter: KindFilter,
  range: PageRange,
  time: number,
): Promise<Notification[]> => {
  const markAsRead = isKindToAll(filter.kind) ? markAnnouncedAsRead : markOwnAsRead
  const query = queryFor(`${keyOf(filter)}:read`, () => [page(filter), markAsRead(filter)])
  const [rows = []] = await query(store, { ...valuesOf(receiverId, range), now: time })
  return rows.map((row) => toNotification(receiverId, row))
}
