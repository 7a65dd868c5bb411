import type { AuditAction } from '../../model/audit.ts'
import { fail, type Result } from '../../model/result.ts'
import type { PersonRef } from '../../model/support.ts'
import { findRecoveryProfile, findRecoveryProfileRecorded } from '../../store/recovery-profiles.ts'
import { isOwnerOrStaff, type MemberContext } from '../access.ts'
import { auditEntry } from '../audit.ts'

export interface OpenRoom {
  readonly person: PersonRef
  /** A staff member in their own room is not there as staff. */
  readonly asStaff: boolean
}

/** The person whose room this is, if the caller may open it. What staff then do there is recorded; null if they only ask. */
export const openRoom = async (
  context: MemberContext,
  accountId: number,
  action: AuditAction | null,
  detail = '',
): Promise<Result<OpenRoom, 'forbidden' | 'not-found'>> => {
  const { id } = context.actor.account
  if (!isOwnerOrStaff(context, accountId)) return fail('forbidden')
  if (accountId === id) return { person: { id, username: (await context.actor.load()).username }, asStaff: false }
  const profile = action
    ? await findRecoveryProfileRecorded(context.store, accountId, auditEntry(context, action, accountId, detail))
    : await findRecoveryProfile(context.store, accountId)
  return profile ? { person: { id: accountId, username: profile.username }, asStaff: true } : fail('not-found')
}
