import { findMatches, type Match, type MatchStatus, scorePair } from '../../store/matching.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
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
  ctx: MemberCtx,
  pair: { user1: number; user2: number },
): Promise<ScoredPair | Refusal<'not-your-match' | 'no-profile-of' | 'no-preference-of'>> => {
  if (pair.user1 !== ctx.actor.account.id) return refuse('not-your-match')
  const now = ctx.now()
  const { sides, apart, score, status } = await scorePair(ctx.store, pair, {
    matchLists: ctx.settings.matchLists,
    today: dayOf(now),
    now,
  })
  const [one, other] = [pair.user1, pair.user2].map((id) => sides.find((side) => side.id === id))
  const users = [one?.username ?? String(pair.user1), other?.username ?? String(pair.user2)] as const
  if (apart || !one?.hasProfile || !other?.hasProfile) return refuse('no-profile-of', { users })
  if (score === null) return refuse('no-preference-of', { users })
  return { usernames: users, score, status }
}

/** Who fits best what the caller looks for. */
export const findAllMatches = async (ctx: MemberCtx, limit: number): Promise<readonly Match[] | Refusal<'nothing-to-match'>> => {
  const { matchLists } = ctx.settings
  const found = await findMatches(ctx.store, ctx.actor.account.id, { matchLists, today: dayOf(ctx.now()), limit })
  return found ?? refuse('nothing-to-match')
}
