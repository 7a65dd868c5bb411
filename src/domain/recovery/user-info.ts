import { RANKS } from '../../model/account.ts'
import type { RecoveryChanges, RecoveryProfile } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { findRecoveryProfile, findRecoveryProfileRecorded, saveRecoveryProfile } from '../../store/recovery-profiles.ts'
import { isOwnerOrStaff, type MemberContext } from '../access.ts'
import { auditEntry } from '../audit/entry.ts'

/** A person's profile, for that person and for staff. For others it does not exist: the failure does not reveal the account. */
export const readUserInfo = async (context: MemberContext, accountId: number): Promise<Result<RecoveryProfile, 'not-found'>> => {
  if (!isOwnerOrStaff(context, accountId)) return fail('not-found')
  const profile =
    accountId === context.actor.account.id
      ? await findRecoveryProfile(context.store, accountId)
      : await findRecoveryProfileRecorded(context.store, accountId, auditEntry(context, 'health-read', accountId))
  return profile ?? fail('not-found')
}

/** Changes some fields, unless the person has a higher rank than the caller. The scenario must exist, and the therapist must belong to this person. */
export const changeUserInfo = async (
  context: MemberContext,
  { accountId, ...changes }: { accountId: number } & RecoveryChanges,
): Promise<Result<RecoveryProfile, 'not-found' | 'forbidden' | 'scenario-not-found' | 'therapist-not-found'>> => {
  if (!isOwnerOrStaff(context, accountId)) return fail('not-found')
  const audit = auditEntry(context, 'health-changed', accountId, Object.keys(changes).join(' '))
  const profile = await saveRecoveryProfile(context.store, accountId, changes, { id: context.actor.account.id, ranks: RANKS }, audit)
  return typeof profile === 'string' ? fail(profile) : profile
}
