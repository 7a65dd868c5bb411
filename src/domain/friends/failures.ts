/** Failures of friendships and friend requests. */
export interface FriendFailures {
  'no-such-user': null
  'request-to-self': null
  'already-friends': null
  'request-exists': null
  'request-not-found': null
  'not-your-request': null
  'friendship-not-found': null
}

export const FRIEND_EXAMPLES: FriendFailures = {
  'no-such-user': null,
  'request-to-self': null,
  'already-friends': null,
  'request-exists': null,
  'request-not-found': null,
  'not-your-request': null,
  'friendship-not-found': null,
}
