import type { PracticeChanges, PracticeProfile } from '../../model/profile.ts'
import { fail, type Result } from '../../model/result.ts'
import { findPracticeProfile, savePracticeProfile } from '../../store/profiles.ts'
import { actingAccount, isOutranked, isOwnerOrStaff, type MemberContext } from '../access.ts'
import { readerOf } from '../reader.ts'

/** Returns a person's profile. To the two members that a block separates, the other one does not exist. Only the owner and staff see the e-mail address. */
export const readPracticeProfile = async (context: MemberContext, accountId: number): Promise<Result<PracticeProfile, 'not-found'>> => {
  const profile = await findPracticeProfile(context.store, accountId, readerOf(context.actor.account))
  if (!profile) return fail('not-found')
  return isOwnerOrStaff(context, accountId) ? profile : { ...profile, account: { ...profile.account, email: '' } }
}

/** Whether the caller may change this profile. */
export const checkPracticeProfile = async (context: MemberContext, accountId: number): Promise<Result<null, 'not-found' | 'forbidden'>> => {
  const profile = await findPracticeProfile(context.store, accountId, readerOf(context.actor.account))
  if (!profile) return fail('not-found')
  return isOwnerOrStaff(context, accountId) && !isOutranked(context, profile.account) ? null : fail('forbidden')
}

/** Changes a profile. Its owner may, and so may staff, unless its owner has a higher rank. */
export const changePracticeProfile = async (
  context: MemberContext,
  { accountId, ...changes }: { accountId: number } & PracticeChanges,
): Promise<Result<PracticeProfile, 'not-found' | 'forbidden'>> => {
  if (!isOwnerOrStaff(context, accountId)) return (await checkPracticeProfile(context, accountId)) ?? fail('forbidden')
  const profile = await savePracticeProfile(context.store, accountId, changes, actingAccount(context))
  return typeof profile === 'string' ? fail(profile) : profile
}
