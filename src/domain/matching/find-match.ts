import { findMatches, type Match, type MatchStatus, scorePair } from '../../store/matching.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { dayOf } from '../sessions/credentials.ts'

export type { Match }

export interface ScoredPair {
  readonly usernames: readonly [string, string]
  readonly score: number
  readonly status: MatchStatus
}

/**
 * How well somebody else fits what the caller looks for; it is kept. Who is blocked, by whichever of the two, hears what
 * is heard of somebody without a profile.
 */
export const findMatch = async (
  context: MemberContext,
  pair: { user1: number; user2: number },
): Promise<ScoredPair | Failure<'not-your-match' | 'no-profile-of' | 'no-preference-of'>> => {
  if (pair.user1 !== context.actor.account.id) return fail('not-your-match')
  const now = context.now()
  const { sides, apart, score, status } = await scorePair(context.store, pair, {
    matchLists: context.settings.matchLists,
    today: dayOf(now),
    now,
  })
  const [one, other] = [pair.user1, pair.user2].map((id) => sides.find((side) => side.id === id))
  const users = [one?.username ?? String(pair.user1), other?.username ?? String(pair.user2)] as const
  if (apart || !one?.hasProfile || !other?.hasProfile) return fail('no-profile-of', { users })
  if (score === null) return fail('no-preference-of', { users })
  return { usernames: users, score, status }
}

/** Who fits best what the caller looks for. */
export const findAllMatches = async (context: MemberContext, limit: number): Promise<readonly Match[] | Failure<'nothing-to-match'>> => {
  const { matchLists } = context.settings
  const found = await findMatches(context.store, context.actor.account.id, { matchLists, today: dayOf(context.now()), limit })
  return found ?? fail('nothing-to-match')
}
