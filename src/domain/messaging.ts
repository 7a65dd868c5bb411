import { type DirectMessage, MESSAGE_RULE } from '../model/message.ts'
import { ITEM_OVERHEAD_BYTES, PAGE_MAX_BYTES, type Page, pageOf } from '../model/page.ts'
import { fail, type Result } from '../model/result.ts'
import { isoDay, SECOND } from '../model/time.ts'
import {
  findConversation,
  findMessagesAndMarkRead,
  findReadMessages,
  findUnreadMessages,
  findUnreadMessagesOf,
  insertMessage,
} from '../store/direct-messages.ts'
import type { MemberContext } from './access.ts'
import { numberIn } from './numbers.ts'

/** Sends a message to another member, within the limits of the caller's subscription plan. */
export const sendMessage = async (
  context: MemberContext,
  { receiverId, content }: { receiverId: number; content: string },
): Promise<
  Result<null, 'no-subscription' | 'message-limit' | 'no-such-receiver' | 'message-to-self' | 'messaging-blocked' | 'throttled'>
> => {
  const now = context.now()
  const message = { senderId: context.actor.account.id, receiverId, content, today: isoDay(now), now }
  const problem = await insertMessage(context.store, message, MESSAGE_RULE)
  if (!problem) {
    context.gates.concern(receiverId)
    return null
  }
  if (problem.code === 'message-limit') return fail('message-limit', { limit: problem.limit })
  if (problem.code === 'no-such-receiver') return fail('no-such-receiver', { receiverId: numberIn('matrimony')(context, receiverId) })
  return problem.code === 'too-fast' ? fail('throttled', { seconds: MESSAGE_RULE.rate.withinMs / SECOND }) : fail(problem.code)
}

interface PageRequest {
  readonly after: number | null
  readonly limit: number
}

type Messages = Page<DirectMessage, number>

const messagePage = (rows: readonly DirectMessage[], limit: number): Messages => pageOf(rows, limit, ({ id }) => id)
const withExtraRow = ({ after, limit }: PageRequest): PageRequest => ({ after, limit: limit + 1 })

/** Lists the messages that the caller has received and read, oldest first. */
export const listReadMessages = async (context: MemberContext, page: PageRequest): Promise<Messages> =>
  messagePage(await findReadMessages(context.store, context.actor.account.id, withExtraRow(page)), page.limit)

/** Lists the caller's unread messages, newest first. They stay unread. */
export const listUnreadMessages = async (context: MemberContext, page: PageRequest): Promise<Messages> =>
  messagePage(await findUnreadMessages(context.store, context.actor.account.id, withExtraRow(page)), page.limit)

/** Lists all messages that the caller has received, newest first, and marks them as read. */
export const readMessages = async (context: MemberContext, { after, limit }: PageRequest): Promise<Messages> => {
  const range = { after, limit, maxBytes: PAGE_MAX_BYTES, itemBytes: ITEM_OVERHEAD_BYTES }
  const { messages, hasMore } = await findMessagesAndMarkRead(context.store, context.actor.account.id, range, context.now())
  return { items: messages.map((message) => ({ ...message, isRead: true })), next: hasMore ? (messages.at(-1)?.id ?? null) : null }
}

/** Lists the messages between the caller and another member, oldest first. */
export const readConversation = async (
  context: MemberContext,
  otherId: number,
  page: PageRequest,
): Promise<Result<Messages, 'no-such-user'>> => {
  const rows = await findConversation(context.store, context.actor.account.id, otherId, withExtraRow(page))
  return rows ? messagePage(rows, page.limit) : fail('no-such-user')
}

export interface Unread {
  readonly messages: Messages
  readonly count: number
}

/**
 * Lists an account's unread messages. The owner may, and so may admins. Any other caller gets the same failure, whether
 * the account exists or not.
 */
export const readUnreadOf = async (
  context: MemberContext,
  accountId: number,
  page: PageRequest,
): Promise<Result<Unread, 'forbidden' | 'no-such-user'>> => {
  const { account } = context.actor
  if (!account.isAdmin && account.id !== accountId) return fail('forbidden')
  const unread = await findUnreadMessagesOf(context.store, accountId, withExtraRow(page))
  return unread ? { messages: messagePage(unread.messages, page.limit), count: unread.count } : fail('no-such-user')
}
