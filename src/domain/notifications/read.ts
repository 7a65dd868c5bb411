import type { Notification, NotificationKind } from '../../model/notification.ts'
import { type Page, pageOf } from '../../model/page.ts'
import { findNotifications, findNotificationsAndMarkRead } from '../../store/notifications.ts'
import type { MemberContext } from '../access.ts'

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
