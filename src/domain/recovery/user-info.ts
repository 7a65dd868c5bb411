import { RANKS } from '../../model/account.ts'
import type { RecoveryChanges, RecoveryProfile } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { findRecoveryProfile, saveRecoveryProfile } from '../../store/recovery-profiles.ts'
import { isOwnerOrStaff, type MemberContext } from '../access.ts'

/** A person's profile, for that person and for staff. For others it does not exist: the failure does not reveal the account. */
export const readUserInfo = async (context: MemberContext, accountId: number): Promise<Result<RecoveryProfile, 'not-found'>> => {
  if (!isOwnerOrStaff(context, accountId)) return fail('not-found')
  return (await findRecoveryProfile(context.store, accountId)) ?? fail('not-found')
}

/** Changes some fields, unless the person has a higher rank than the caller. The scenario must exist, and the therapist must belong to this person. */
export const changeUserInfo = async (
  context: MemberContext,
  { accountId, ...changes }: { accountId: number } & RecoveryChanges,
): Promise<Result<RecoveryProfile, 'not-found' | 'forbidden' | 'scenario-not-found' | 'therapist-not-found'>> => {
  if (!isOwnerOrStaff(context, accountId)) return fail('not-found')
  const profile = await saveRecoveryProfile(context.store, accountId, changes, { id: context.actor.account.id, ranks: RANKS })
  return typeof profile === 'string' ? fail(profile) : profile
}
