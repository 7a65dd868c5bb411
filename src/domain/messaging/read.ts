import {
  type DirectMessage,
  findConversation,
  findReadMessages,
  findUnreadMessages,
  findUnreadOf,
  takeMessages,
} from '../../store/direct-messages.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { type Page, pageOf } from '../page.ts'

export type { DirectMessage }

interface Part {
  readonly after: number | null
  readonly limit: number
}

type Messages = Page<DirectMessage, number>

const paged = (found: readonly DirectMessage[], limit: number): Messages => pageOf(found, limit, ({ id }) => id)
const oneMore = ({ after, limit }: Part): Part => ({ after, limit: limit + 1 })

/** What the caller has received and read, oldest first. */
export const listReadMessages = async (context: MemberContext, part: Part): Promise<Messages> =>
  paged(await findReadMessages(context.store, context.actor.account.id, oneMore(part)), part.limit)

/** What the caller has not read yet, newest first; it stays so. */
export const listUnreadMessages = async (context: MemberContext, part: Part): Promise<Messages> =>
  paged(await findUnreadMessages(context.store, context.actor.account.id, oneMore(part)), part.limit)

/** All that the caller received, newest first, and read from now on. */
export const readMessages = async (context: MemberContext, { after, limit }: Part): Promise<Messages> => {
  const items = await takeMessages(context.store, context.actor.account.id, { after, limit }, context.now())
  // Not one more than is shown: what is read here is marked as read.
  return { items: items.map((message) => ({ ...message, isRead: true })), next: items.length === limit ? (items.at(-1)?.id ?? null) : null }
}

/** What the caller and somebody else wrote to each other, oldest first. */
export const readConversation = async (
  context: MemberContext,
  otherId: number,
  part: Part,
): Promise<Messages | Failure<'no-such-user'>> => {
  const found = await findConversation(context.store, context.actor.account.id, otherId, oneMore(part))
  return found ? paged(found, part.limit) : fail('no-such-user')
}

export interface Unread {
  readonly messages: Messages
  readonly count: number
}

/** Somebody's unread messages: their own, or anybody's for an admin. A stranger hears the same of everybody, there or not. */
export const readUnreadOf = async (
  context: MemberContext,
  accountId: number,
  part: Part,
): Promise<Unread | Failure<'not-yours' | 'no-such-user'>> => {
  const { account } = context.actor
  if (!account.isAdmin && account.id !== accountId) return fail('not-yours')
  const found = await findUnreadOf(context.store, accountId, oneMore(part))
  return found ? { messages: paged(found.messages, part.limit), count: found.count } : fail('no-such-user')
}
