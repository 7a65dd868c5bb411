import type { RateLimit } from './rate-limit.ts'
import type { PlanType } from './subscription.ts'
import { MINUTE } from './time.ts'

export interface DirectMessage {
  readonly id: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly senderId: number
  readonly receiverId: number
  readonly content: string
  readonly isRead: boolean
}

export interface MessageRule {
  /** How many messages a member may send in total, for the plans that have a limit. Other plans have none. */
  readonly limits: Readonly<Partial<Record<PlanType, number>>>
  /** For all plans, including those without a limit. */
  readonly rate: RateLimit
}

export const MESSAGE_RULE: MessageRule = {
  limits: { basic: 10, premium: 40 },
  // No person writes faster than this.
  rate: { max: 300, withinMs: MINUTE },
}
