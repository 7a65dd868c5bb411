export interface DirectMessage {
  readonly id: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly senderId: number
  readonly receiverId: number
  readonly content: string
  readonly isRead: boolean
}

/** How many messages a member may send in total, for the plans that have a limit. Other plans have none. */
export const MESSAGE_LIMITS: Readonly<Record<string, number>> = { basic: 10, premium: 40 }

/** Rate limit for all plans, including those without a message limit. No person writes faster than this. */
export const MAX_MESSAGES_PER_MINUTE = 300
