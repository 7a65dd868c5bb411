import type { PracticeChanges, PracticeProfile, PracticeProfileRef } from '../../model/profile.ts'
import { fail, type Result } from '../../model/result.ts'
import { findPracticeProfile, savePracticeProfile } from '../../store/profiles.ts'
import { actingAccount, isOutranked, isOwnerOrStaff, isStaff, type MemberContext } from '../access.ts'
import { readerOf } from '../reader.ts'

/** Returns a person's profile. To the two members that a block separates, the other one does not exist. Only the owner and staff see the e-mail address. */
export const readPracticeProfile = async (
  context: MemberContext,
  ref: PracticeProfileRef,
): Promise<Result<PracticeProfile, 'not-found'>> => {
  const profile = await findPracticeProfile(context.store, ref, readerOf(context.actor.account))
  if (!profile) return fail('not-found')
  return isOwnerOrStaff(context, profile.account.id) ? profile : { ...profile, account: { ...profile.account, email: '' } }
}

/** Whether the caller may change this profile. */
export const checkPracticeProfile = async (
  context: MemberContext,
  ref: PracticeProfileRef,
): Promise<Result<null, 'not-found' | 'forbidden'>> => {
  const profile = await findPracticeProfile(context.store, ref, readerOf(context.actor.account))
  if (!profile) return fail('not-found')
  return isOwnerOrStaff(context, profile.account.id) && !isOutranked(context, profile.account) ? null : fail('forbidden')
}

/** Changes a profile. Its owner may, and so may staff, unless its owner has a higher rank. */
export const changePracticeProfile = async (
  context: MemberContext,
  { ref, ...changes }: { ref: PracticeProfileRef } & PracticeChanges,
): Promise<Result<PracticeProfile, 'not-found' | 'forbidden'>> => {
  const ownOnly = !isStaff(context.actor.account)
  const profile =
    typeof ref !== 'number' || isOwnerOrStaff(context, ref)
      ? await savePracticeProfile(context.store, ref, changes, { ...actingAccount(context), ownOnly })
      : 'forbidden'
  if (profile === 'forbidden' && ownOnly) return (await checkPracticeProfile(context, ref)) ?? fail('forbidden')
  return typeof profile === 'string' ? fail(profile) : profile
}
