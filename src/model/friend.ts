export const FRIEND_STATUSES = ['pending', 'accepted', 'rejected'] as const

export type FriendStatus = (typeof FRIEND_STATUSES)[number]

/** A record as one of the two people sees it: the other person, and which of them sent the request. */
export interface Friendship {
  readonly id: string
  readonly objectId: string
  readonly username: string
  readonly status: FriendStatus
  readonly sent: boolean
}

/** A limit against programs: no person sends so many friend requests. */
export const MAX_FRIEND_REQUESTS_PER_HOUR = 1000
