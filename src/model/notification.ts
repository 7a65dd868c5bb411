import type { PlanType } from './subscription.ts'

export const NOTIFICATION_KINDS = ['unread', 'match', 'bulk', 'master', 'reminder', 'subscription'] as const

export type NotificationKind = (typeof NOTIFICATION_KINDS)[number]

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

/** A text with `{placeholders}`, which the database fills from its rows. */
interface AnnouncementText {
  readonly title: string
  readonly content: string
}

export const ANNOUNCEMENTS = {
  masterValue: { title: 'New {type} Value Added', content: 'A new value has been added to {type}: {value}.' },
  newPlan: {
    title: 'New Subscription Plan Added',
    content:
      "A new subscription plan '{planType}' has been added. Start Date: {startDate}, End Date: {endDate}. Check it out and subscribe now!",
  },
  newMatch: { title: 'New Match Found', content: 'Congratulations! A new match has been found: User ID {accountId}.' },
  expiringPlan: {
    title: 'Subscription Expiry Reminder',
    content: "Your subscription plan '{planType}' will expire on {endDate}. Please renew to continue enjoying our services.",
  },
} as const satisfies Readonly<Record<string, AnnouncementText>>

/** The subscription plans whose members are notified of new profiles. */
export const PLANS_WITH_MATCH_NOTIFICATIONS: readonly PlanType[] = ['premium', 'platinum']

/** Reminders start this many days before a subscription plan ends. */
export const REMINDER_DAYS = 2
