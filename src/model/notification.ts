export type NotificationKind = 'match' | 'unread' | 'bulk' | 'master' | 'reminder' | 'subscription'

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
