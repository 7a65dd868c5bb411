import { findAccessRights, findClosings, newestClosing } from '../../store/socket-users.ts'
import type { Context } from '../context.ts'
import type { Connection } from './types.ts'

type Sitting = Pick<Connection, 'credentialId' | 'expiresAt' | 'staff'>

/** Why somebody may sit here no longer; null where they may. */
export type AccessLoss = 'revoked' | 'forbidden'

export const isExpired = ({ expiresAt }: Pick<Connection, 'expiresAt'>, now: number): boolean => expiresAt <= now

/**
 * What has become of the rights of those who sit somewhere, in the order in which they were given: one question to the
 * database, whoever they are.
 */
export const accessRightsOf = async (context: Context, seats: readonly Sitting[]): Promise<(AccessLoss | null)[]> => {
  const found = await findAccessRights(context.store, [...new Set(seats.map(({ credentialId }) => credentialId))])
  const known = new Map(found.map((standing) => [standing.credentialId, standing]))
  const now = context.now()
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
  context: Context,
  since: number | null,
): Promise<{ readonly accounts: readonly number[]; readonly upTo: number }> => {
  const from = since ?? (await newestClosing(context.store, context.now() - LOOK_BACK_MS))
  const closings = await findClosings(context.store, from, READ_AT_ONCE)
  return { accounts: [...new Set(closings.map(({ accountId }) => accountId))], upTo: closings.at(-1)?.id ?? from }
}
