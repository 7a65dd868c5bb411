import type { RateLimit } from './rate-limit.ts'
import { HOUR } from './time.ts'

export const FRIEND_STATUSES = ['pending', 'accepted', 'rejected'] as const

export type FriendStatus = (typeof FRIEND_STATUSES)[number]

/** What the receiver of a request may answer. */
export type FriendAnswer = 'accepted' | 'rejected'

/** A record as one of the two people sees it: the other person, and which of them sent the request. */
export interface Friendship {
  readonly id: string
  readonly objectId: string
  readonly username: string
  readonly status: FriendStatus
  readonly sent: boolean
}

/** The status in which two people are friends. */
export const FRIENDS: FriendStatus = 'accepted'

/** What a further request does to the record that two people already have. */
interface FurtherRequest {
  /** Who may send it: only the receiver of the recorded request, or either of the two. */
  readonly from: 'receiver' | 'either'
  readonly to: FriendStatus
  /** Whether the recorded sender and receiver stay, or are replaced by those of this request. */
  readonly roles: 'stay' | 'replaced'
}

export interface FriendRequestRule {
  readonly limit: RateLimit
  /** The status of the first request. */
  readonly first: FriendStatus
  /** By the status of the record. Every other further request fails. */
  readonly further: Readonly<Partial<Record<FriendStatus, FurtherRequest>>>
}

export const FRIEND_REQUEST_RULE: FriendRequestRule = {
  // A limit against programs: no person sends so many friend requests.
  limit: { max: 1000, withinMs: HOUR },
  first: 'pending',
  further: {
    // Each has asked the other one, so both agree.
    pending: { from: 'receiver', to: FRIENDS, roles: 'stay' },
    rejected: { from: 'either', to: 'pending', roles: 'replaced' },
  },
}

export type ListedStatuses = readonly [FriendStatus, ...FriendStatus[]]

/** The records that a person sees in the list of friends. */
export const LISTED_FRIEND_STATUSES: ListedStatuses = [FRIENDS, 'pending']
