import { type AccessLoss, type Connection, isExpired } from '../../model/support.ts'
import { MINUTE } from '../../model/time.ts'
import { findAccessRights, findNewestRevokedConnectionId, findRevokedConnections } from '../../store/socket-users.ts'
import type { SystemContext } from '../access.ts'

type CheckedConnection = Pick<Connection, 'credentialId' | 'expiresAt' | 'staff'>

/**
 * Checks the access rights of connections, in the order given; null for each connection that may stay open. One query,
 * however many connections there are.
 */
export const accessRightsOf = async (context: SystemContext, connections: readonly CheckedConnection[]): Promise<(AccessLoss | null)[]> => {
  const ids = [...new Set(connections.map(({ credentialId }) => credentialId))]
  const rows = await findAccessRights(context.store, ids, context.settings.requireStaffPasskey)
  const rightsById = new Map(rows.map((rights) => [rights.credentialId, rights]))
  const now = context.now()
  return connections.map((connection) => {
    const rights = rightsById.get(connection.credentialId)
    if (!rights?.isActive || isExpired(connection, now)) return 'revoked'
    return connection.staff && !rights.isStaff ? 'forbidden' : null
  })
}

const REVOKED_BATCH_SIZE = 1000

/** The first query looks this far back, because a revocation may be older than the watch that has to find it. */
const LOOK_BACK_MS = MINUTE

/** The accounts that lost a credential or an access right after the row `since`; null starts one minute ago. */
export const revokedSince = async (
  context: SystemContext,
  since: number | null,
): Promise<{ readonly accounts: readonly number[]; readonly upTo: number }> => {
  const from = since ?? (await findNewestRevokedConnectionId(context.store, context.now() - LOOK_BACK_MS))
  const revoked = await findRevokedConnections(context.store, from, REVOKED_BATCH_SIZE)
  return { accounts: [...new Set(revoked.map(({ accountId }) => accountId))], upTo: revoked.at(-1)?.id ?? from }
}
