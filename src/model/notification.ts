import type { PlanType } from './subscription.ts'

export const NOTIFICATION_KINDS = ['unread', 'match', 'bulk', 'master', 'reminder', 'subscription'] as const

export type NotificationKind = (typeof NOTIFICATION_KINDS)[number]

/** The kinds that go to all members. */
export const KINDS_TO_ALL = ['bulk', 'master', 'subscription'] as const satisfies readonly NotificationKind[]

export type KindToAll = (typeof KINDS_TO_ALL)[number]

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
export interface AnnouncementText {
  readonly title: string
  readonly content: string
}

export const ANNOUNCEMENTS = {
  // A trigger sends this one. The text is stored in the database, with {n} for the number of messages.
  unread: { title: 'Unread Messages Alert', content: 'You have {n} unread messages.' },
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

export interface NewMatchRule {
  readonly text: AnnouncementText
  /** The subscription plans whose members are notified of new profiles. */
  readonly plans: readonly PlanType[]
}

export const NEW_MATCH_RULE: NewMatchRule = { text: ANNOUNCEMENTS.newMatch, plans: ['premium', 'platinum'] }

/** Reminders start this many days before a subscription plan ends. */
export const REMINDER_DAYS = 2
