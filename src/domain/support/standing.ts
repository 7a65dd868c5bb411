import { findClosings, findStanding, newestClosing } from '../../store/seats.ts'
import type { Ctx } from '../context.ts'
import type { Seat } from './words.ts'

type Sitting = Pick<Seat, 'credentialId' | 'expiresAt' | 'staff'>

/** Why somebody may sit here no longer; null where they may. */
export type Leaving = 'revoked' | 'forbidden'

export const isExpired = ({ expiresAt }: Pick<Seat, 'expiresAt'>, now: number): boolean => expiresAt <= now

/**
 * What has become of the rights of those who sit somewhere, in the order in which they were given: one question to the
 * database, whoever they are.
 */
export const standingOf = async (ctx: Ctx, seats: readonly Sitting[]): Promise<(Leaving | null)[]> => {
  const found = await findStanding(ctx.store, [...new Set(seats.map(({ credentialId }) => credentialId))])
  const known = new Map(found.map((standing) => [standing.credentialId, standing]))
  const now = ctx.now()
  return seats.map((seat) => {
    const standing = known.get(seat.credentialId)
    if (!standing?.isActive || isExpired(seat, now)) return 'revoked'
    return seat.staff && !standing.isStaff ? 'forbidden' : null
  })
}

const READ_AT_ONCE = 1000

/** Who begins to watch looks back so far: for what was revoked before the watch knew that somebody sits there. */
const LOOK_BACK_MS = 60_000

/** Who lost a credential or a right since; null begins a minute ago. */
export const revokedSince = async (
  ctx: Ctx,
  since: number | null,
): Promise<{ readonly accounts: readonly number[]; readonly upTo: number }> => {
  const from = since ?? (await newestClosing(ctx.store, ctx.now() - LOOK_BACK_MS))
  const closings = await findClosings(ctx.store, from, READ_AT_ONCE)
  return { accounts: [...new Set(closings.map(({ accountId }) => accountId))], upTo: closings.at(-1)?.id ?? from }
}
