import { and, asc, desc, eq, gt, gte, lt, sql } from 'drizzle-orm'
import type { DirectMessage, MessageRule } from '../model/message.ts'
import type { NotificationKind } from '../model/notification.ts'
import { isBlockedPair } from './blocks.ts'
import { compiledOnce, literal, preparedBatch, rowsOf, type Store } from './store.ts'
import { isCurrentPlan } from './subscriptions.ts'
import { accounts } from './tables/accounts.ts'
import { directMessages } from './tables/messages.ts'

const UNREAD: NotificationKind = 'unread'

export type SendProblem =
  | { readonly code: 'no-subscription' | 'no-such-receiver' | 'message-to-self' | 'messaging-blocked' | 'too-fast' }
  | { readonly code: 'message-limit'; readonly limit: number }

interface NewMessage {
  readonly senderId: number
  readonly receiverId: number
  readonly content: string
  readonly today: string
  readonly now: number
}

const prepareSending = ({ limits, rate }: MessageRule) =>
  preparedBatch((orm) => {
    const [senderId, receiverId, now] = [sql.placeholder('senderId'), sql.placeholder('receiverId'), sql.placeholder('now')]
    const cases = Object.entries(limits).map(([plan, limit]) => sql.raw(`WHEN '${plan}' THEN ${limit}`))
    // Counts no further than the highest limit.
    const sent = sql`(SELECT count(*) FROM (SELECT 1 FROM direct_messages WHERE sender_id = ${senderId} LIMIT ${Math.max(...Object.values(limits))}))`
    const fast = sql`COALESCE((SELECT created_at FROM direct_messages WHERE sender_id = ${senderId} ORDER BY id DESC LIMIT 1 OFFSET ${rate.max - 1}), 0)
    > ${now} - ${rate.withinMs}`
    const limit = sql`CASE plan.plan_type ${sql.join(cases, sql` `)} END`
    const plan = sql`accounts sender JOIN subscription_plans plan ON plan.id = sender.subscription_plan_id
    AND ${isCurrentPlan(sql.placeholder('today'))}`
    return [
      rowsOf(orm, sql`SELECT ${limit} AS most, ${sent} AS sent, ${fast} AS fast FROM ${plan} WHERE sender.id = ${senderId}`),
      rowsOf(orm, sql`SELECT ${isBlockedPair(senderId, receiverId)} AS apart FROM accounts WHERE id = ${receiverId} AND is_active = 1`),
      rowsOf(
        orm,
        sql`INSERT INTO direct_messages (sender_id, receiver_id, content, is_read, created_at, updated_at)
      SELECT sender.id, receiver.id, ${sql.placeholder('content')}, 0, ${now}, ${now}
      FROM ${plan} JOIN accounts receiver ON receiver.id = ${receiverId} AND receiver.is_active = 1
      WHERE sender.id = ${senderId} AND sender.id <> receiver.id AND NOT ${isBlockedPair(senderId, receiverId)}
        AND (${limit} IS NULL OR ${sent} < ${limit}) AND NOT (${fast})
      RETURNING id`,
      ),
    ]
  })
const sendingUnder = compiledOnce(prepareSending)

/**
 * Sends a message if the sender's plan allows one more and neither member blocks the other. The INSERT itself checks all
 * conditions, so of two concurrent sends that compete for the last allowed message the later one writes nothing. The reads
 * run in the same transaction and give the reason. A trigger creates the receiver's notification about unread messages.
 */
export const insertMessage = async (store: Store, message: NewMessage, rule: MessageRule): Promise<SendProblem | null> => {
  const { senderId, receiverId, content, today, now } = message
  const [[sender] = [], [receiver] = [], created = []] = await sendingUnder(rule)(store, { senderId, receiverId, content, today, now })
  if (created.length > 0) return null
  if (!sender) return { code: 'no-subscription' }
  const limit = sender.most === null ? null : Number(sender.most)
  if (limit !== null && Number(sender.sent) >= limit) return { code: 'message-limit', limit }
  if (!receiver) return { code: 'no-such-receiver' }
  if (senderId === receiverId) return { code: 'message-to-self' }
  return { code: receiver.apart === 1 ? 'messaging-blocked' : 'too-fast' }
}

interface PageRange {
  /** The id of the last row of the previous page. */
  readonly after: number | null
  readonly limit: number
}

const receivedBy = (accountId: number) => eq(directMessages.receiverId, accountId)

/** The messages that the account has read, oldest first. */
export const findReadMessages = (store: Store, accountId: number, { after, limit }: PageRange): Promise<DirectMessage[]> =>
  store.orm
    .select()
    .from(directMessages)
    .where(and(receivedBy(accountId), sql`is_read = 1`, gt(directMessages.id, after ?? 0)))
    .orderBy(asc(directMessages.id))
    .limit(limit)

const unread = (orm: Store['orm'], accountId: number, { after, limit }: PageRange) =>
  orm
    .select()
    .from(directMessages)
    .where(and(receivedBy(accountId), sql`is_read = 0`, after === null ? undefined : lt(directMessages.id, after)))
    .orderBy(desc(directMessages.id))
    .limit(limit)

/** The messages that the account has not read yet, newest first. They are not marked as read. */
export const findUnreadMessages = (store: Store, accountId: number, range: PageRange): Promise<DirectMessage[]> =>
  unread(store.orm, accountId, range)

/** The same, with the total number, which the notification about unread messages holds. Null if the account does not exist. */
export const findUnreadMessagesOf = async (
  store: Store,
  accountId: number,
  range: PageRange,
): Promise<{ readonly messages: DirectMessage[]; readonly count: number } | null> => {
  const { orm } = store
  const [account, messages, notification] = await orm.batch([
    orm.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)),
    unread(orm, accountId, range),
    rowsOf<{ amount: number }>(
      orm,
      sql`SELECT amount FROM notifications WHERE receiver_id = ${accountId} AND kind = ${literal(UNREAD)} AND is_read = 0`,
    ),
  ])
  return account.length === 0 ? null : { messages, count: notification[0]?.amount ?? 0 }
}

interface PageSize extends PageRange {
  /** How long the page may be as JSON, and how much of that an item takes besides its content. */
  readonly maxBytes: number
  readonly itemBytes: number
}

/**
 * All messages that the account has received, newest first. The batch marks the messages on this page as read, and no
 * others: so the statement itself decides where the page ends. If no unread message is left, it marks the notification about
 * unread messages as read, too: a message that arrives a moment later gets a new notification.
 */
export const findMessagesAndMarkRead = async (
  store: Store,
  accountId: number,
  { after, limit, maxBytes, itemBytes }: PageSize,
  now: number,
): Promise<{ readonly messages: DirectMessage[]; readonly hasMore: boolean }> => {
  const { orm } = store
  const before = sql`${after ?? Number.MAX_SAFE_INTEGER}`
  const size = sql`sum(length(CAST(json_quote(content) AS BLOB)) + ${itemBytes}) OVER (ORDER BY id DESC)`
  // One message is on the page in any case: otherwise the list would not go on.
  const lastId = sql`COALESCE((
    SELECT min(id) FROM (
      SELECT id, ${size} AS bytes, row_number() OVER (ORDER BY id DESC) AS place FROM (
        SELECT id, content FROM direct_messages WHERE receiver_id = ${accountId} AND id < ${before} ORDER BY id DESC LIMIT ${limit}))
    WHERE bytes <= ${maxBytes} OR place = 1), 0)`
  const remaining = sql`(SELECT count(*) FROM direct_messages WHERE receiver_id = ${accountId} AND is_read = 0)`
  const [messages, [more]] = await orm.batch([
    orm
      .select()
      .from(directMessages)
      .where(and(receivedBy(accountId), lt(directMessages.id, before), gte(directMessages.id, lastId)))
      .orderBy(desc(directMessages.id)),
    rowsOf<{ more: number }>(
      orm,
      sql`SELECT EXISTS (SELECT 1 FROM direct_messages WHERE receiver_id = ${accountId} AND id < ${lastId}) AS more`,
    ),
    rowsOf(
      orm,
      sql`UPDATE direct_messages SET is_read = 1, updated_at = ${now}
      WHERE receiver_id = ${accountId} AND is_read = 0 AND id < ${before} AND id >= ${lastId}`,
    ),
    rowsOf(
      orm,
      sql`UPDATE notifications
      SET is_read = ${remaining} = 0, amount = CASE ${remaining} WHEN 0 THEN amount ELSE ${remaining} END, updated_at = ${now}
      WHERE receiver_id = ${accountId} AND kind = ${literal(UNREAD)} AND is_read = 0`,
    ),
  ])
  return { messages, hasMore: more?.more === 1 }
}

/** The messages between two accounts, oldest first; null if the other account does not exist. */
export const findConversation = async (
  store: Store,
  accountId: number,
  otherId: number,
  { after, limit }: PageRange,
): Promise<DirectMessage[] | null> => {
  const { orm } = store
  const [other, messages] = await orm.batch([
    orm.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, otherId)),
    orm
      .select()
      .from(directMessages)
      .where(
        and(
          sql`min(sender_id, receiver_id) = ${Math.min(accountId, otherId)}`,
          sql`max(sender_id, receiver_id) = ${Math.max(accountId, otherId)}`,
          gt(directMessages.id, after ?? 0),
        ),
      )
      .orderBy(asc(directMessages.id))
      .limit(limit),
  ])
  return other.length === 0 ? null : messages
}
