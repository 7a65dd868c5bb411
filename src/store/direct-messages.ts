import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm'
import { isBlockedPair } from './blocks.ts'
import { accounts } from './schema.ts'
import { preparedBatch, rowsOf, type Store } from './store.ts'
import { directMessages } from './tables/messages.ts'

export type DirectMessage = typeof directMessages.$inferSelect

/** How many messages the plans with a limit allow, over all that were ever sent. */
const LIMITS: Readonly<Record<string, number>> = { basic: 10, premium: 40 }
const LIMITED = sql.raw(
  Object.entries(LIMITS)
    .map(([plan, limit]) => `WHEN '${plan}' THEN ${limit}`)
    .join(' '),
)
const MOST = Math.max(...Object.values(LIMITS))

/** So many a minute no person writes; a plan without a limit has this one. */
const A_MINUTE = 300
const MINUTE_MS = 60 * 1000

export type SendProblem =
  | { readonly because: 'no-subscription' | 'no-such-receiver' | 'messages-self' | 'not-receiving' | 'too-fast' }
  | { readonly because: 'message-limit'; readonly limit: number }

interface NewMessage {
  readonly senderId: number
  readonly receiverId: number
  readonly content: string
  readonly today: string
  readonly now: number
}

const sending = preparedBatch((orm) => {
  const [senderId, receiverId, now] = [sql.placeholder('senderId'), sql.placeholder('receiverId'), sql.placeholder('now')]
  // As many sent messages are counted as can matter, and no more.
  const sent = sql`(SELECT count(*) FROM (SELECT 1 FROM direct_messages WHERE sender_id = ${senderId} LIMIT ${MOST}))`
  const fast = sql`COALESCE((SELECT created_at FROM direct_messages WHERE sender_id = ${senderId} ORDER BY id DESC LIMIT 1 OFFSET ${A_MINUTE - 1}), 0)
    > ${now} - ${MINUTE_MS}`
  const limit = sql`CASE plan.plan_type ${LIMITED} END`
  const plan = sql`accounts sender JOIN subscription_plans plan ON plan.id = sender.subscription_plan_id
    AND plan.status = 'active' AND plan.end_date >= ${sql.placeholder('today')}`
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

/**
 * Sends a message where the sender's plan allows one more and nothing stands between the two. It is all decided inside
 * the one INSERT, so of two sends that want the last one the later one writes nothing; the read beside it shares its
 * transaction and tells the reason as it was. That the receiver has unread messages is noted by a trigger.
 */
export const insertMessage = async (store: Store, message: NewMessage): Promise<SendProblem | null> => {
  const { senderId, receiverId, content, today, now } = message
  const [[standing] = [], [receiver] = [], made = []] = await sending(store, { senderId, receiverId, content, today, now })
  if (made.length > 0) return null
  if (!standing) return { because: 'no-subscription' }
  const most = standing.most === null ? null : Number(standing.most)
  if (most !== null && Number(standing.sent) >= most) return { because: 'message-limit', limit: most }
  if (!receiver) return { because: 'no-such-receiver' }
  if (senderId === receiverId) return { because: 'messages-self' }
  return { because: receiver.apart === 1 ? 'not-receiving' : 'too-fast' }
}

interface Part {
  /** The id in the last row of the page before. */
  readonly after: number | null
  readonly limit: number
}

const received = (accountId: number) => eq(directMessages.receiverId, accountId)

/** Those that somebody has read, oldest first. */
export const findReadMessages = (store: Store, accountId: number, { after, limit }: Part): Promise<DirectMessage[]> =>
  store.orm
    .select()
    .from(directMessages)
    .where(and(received(accountId), sql`is_read = 1`, gt(directMessages.id, after ?? 0)))
    .orderBy(asc(directMessages.id))
    .limit(limit)

const unread = (orm: Store['orm'], accountId: number, { after, limit }: Part) =>
  orm
    .select()
    .from(directMessages)
    .where(and(received(accountId), sql`is_read = 0`, after === null ? undefined : lt(directMessages.id, after)))
    .orderBy(desc(directMessages.id))
    .limit(limit)

/** Those that somebody has not read yet, newest first; they stay so. */
export const findUnreadMessages = (store: Store, accountId: number, part: Part): Promise<DirectMessage[]> =>
  unread(store.orm, accountId, part)

/** The same, of an account that is there, with how many there are: the notification about them counts them. */
export const findUnreadOf = async (
  store: Store,
  accountId: number,
  part: Part,
): Promise<{ readonly messages: DirectMessage[]; readonly count: number } | null> => {
  const { orm } = store
  const [there, messages, alert] = await orm.batch([
    orm.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)),
    unread(orm, accountId, part),
    rowsOf<{ amount: number }>(
      orm,
      sql`SELECT amount FROM notifications WHERE receiver_id = ${accountId} AND kind = 'unread' AND is_read = 0`,
    ),
  ])
  return there.length === 0 ? null : { messages, count: alert[0]?.amount ?? 0 }
}

/**
 * All that somebody received, newest first. What is on this page is read from now on; so is the notification about
 * unread messages once none is left, in the same batch: a message that comes a moment later has a notification anew.
 */
export const takeMessages = async (store: Store, accountId: number, { after, limit }: Part, now: number): Promise<DirectMessage[]> => {
  const { orm } = store
  const before = sql`${after ?? Number.MAX_SAFE_INTEGER}`
  const remaining = sql`(SELECT count(*) FROM direct_messages WHERE receiver_id = ${accountId} AND is_read = 0)`
  const [taken] = await orm.batch([
    orm
      .select()
      .from(directMessages)
      .where(and(received(accountId), after === null ? undefined : lt(directMessages.id, after)))
      .orderBy(desc(directMessages.id))
      .limit(limit),
    rowsOf(
      orm,
      sql`UPDATE direct_messages SET is_read = 1, updated_at = ${now}
      WHERE receiver_id = ${accountId} AND is_read = 0 AND id < ${before} AND id >= COALESCE((
        SELECT min(id) FROM (
          SELECT id FROM direct_messages WHERE receiver_id = ${accountId} AND id < ${before} ORDER BY id DESC LIMIT ${limit})), 0)`,
    ),
    rowsOf(
      orm,
      sql`UPDATE notifications
      SET is_read = ${remaining} = 0, amount = CASE ${remaining} WHEN 0 THEN amount ELSE ${remaining} END, updated_at = ${now}
      WHERE receiver_id = ${accountId} AND kind = 'unread' AND is_read = 0`,
    ),
  ])
  return taken
}

/** What two people wrote to each other, oldest first; null where the other is nobody. */
export const findConversation = async (
  store: Store,
  accountId: number,
  otherId: number,
  { after, limit }: Part,
): Promise<DirectMessage[] | null> => {
  const { orm } = store
  const [there, messages] = await orm.batch([
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
  return there.length === 0 ? null : messages
}
