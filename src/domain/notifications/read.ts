import { findNotifications, type Notification, type NotificationKind, takeNotifications } from '../../store/notifications.ts'
import type { MemberContext } from '../context.ts'
import { type Page, pageOf } from '../page.ts'

export type { Notification }

interface Part {
  readonly after: number | null
  readonly limit: number
}

type Notifications = Page<Notification, number>

/** The caller's notifications, newest first: all, or those of a kind, or those that are unread. They stay as they are. */
export const listNotifications = async (
  context: MemberContext,
  which: { kind?: NotificationKind; unread?: boolean },
  { after, limit }: Part,
): Promise<Notifications> => {
  const found = await findNotifications(context.store, context.actor.account.id, which, { after, limit: limit + 1 })
  return pageOf(found, limit, ({ id }) => id)
}

/** The same, as they were until now; from now on they are read. */
export const readNotifications = async (
  context: MemberContext,
  which: { kind: NotificationKind; unread?: boolean },
  { after, limit }: Part,
): Promise<Notifications> => {
  const items = await takeNotifications(context.store, context.actor.account.id, which, { after, limit }, context.now())
  return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null }
}
