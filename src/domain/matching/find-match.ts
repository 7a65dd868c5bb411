import { MATCH_RULE, type Match, type MatchStatus } from '../../model/matching.ts'
import { fail, type Result } from '../../model/result.ts'
import { isoDay } from '../../model/time.ts'
import { findMatches, scorePair } from '../../store/matching.ts'
import type { MemberContext } from '../access.ts'
import { numberIn } from '../numbers.ts'

const numberOf = numberIn('matrimony')

export interface ScoredPair {
  readonly usernames: readonly [string, string]
  readonly score: number
  readonly status: MatchStatus
}

/**
 * Scores how well another member fits the caller's preference, and stores the score. For a closed account, and if one of the
 * two has blocked the other, the failure is the same as for an account that does not exist: it does not show the username.
 */
export const findMatch = async (
  context: MemberContext,
  pair: { user1: number; user2: number },
): Promise<Result<ScoredPair, 'not-your-match' | 'no-profile-of' | 'no-preference-of'>> => {
  if (pair.user1 !== context.actor.account.id) return fail('not-your-match')
  const now = context.now()
  const { accounts, score, status } = await scorePair(context.store, pair, {
    rule: MATCH_RULE,
    matchLists: context.settings.matchLists,
    today: isoDay(now),
    now,
  })
  const [caller, other] = [pair.user1, pair.user2].map((id) => accounts.find((account) => account.id === id))
  const users = [
    caller?.username ?? String(numberOf(context, pair.user1)),
    other?.username ?? String(numberOf(context, pair.user2)),
  ] as const
  if (!caller?.hasProfile || !other?.hasProfile) return fail('no-profile-of', { users })
  if (score === null) return fail('no-preference-of', { users })
  return { usernames: users, score, status }
}

/** Lists the members who fit the caller's preference best. */
export const findAllMatches = async (
  context: MemberContext,
  limit: number,
): Promise<Result<readonly Match[], 'no-profile-or-preference'>> => {
  const options = { rule: MATCH_RULE, matchLists: context.settings.matchLists, today: isoDay(context.now()), limit }
  const matches = await findMatches(context.store, context.actor.account.id, options)
  return matches ?? fail('no-profile-or-preference')
}
