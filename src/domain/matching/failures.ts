export interface MatchingFailures {
  'not-your-match': null
  'no-profile-of': { readonly users: readonly [string, string] }
  'no-preference-of': { readonly users: readonly [string, string] }
  'no-profile-or-preference': null
  'preference-exists': null
  'no-preference': null
  'no-such-user': null
  'target-is-self': null
  'not-blocked': null
}

const SAMPLE_USERS = ['syam', 'anu'] as const

export const MATCHING_EXAMPLES: MatchingFailures = {
  'not-your-match': null,
  'no-profile-of': { users: SAMPLE_USERS },
  'no-preference-of': { users: SAMPLE_USERS },
  'no-profile-or-preference': null,
  'preference-exists': null,
  'no-preference': null,
  'no-such-user': null,
  'target-is-self': null,
  'not-blocked': null,
}
