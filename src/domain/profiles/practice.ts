import { findPracticeProfile, type PracticeChanges, type PracticeProfile, savePracticeProfile } from '../../store/profiles.ts'
import { isStaff } from '../accounts/staff.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { PracticeProfile }

/** Whether the caller may see and change this person's private data. */
const isOwnerOrStaff = (context: MemberContext, accountId: number): boolean =>
  context.actor.account.id === accountId || isStaff(context.actor.account)

/** Returns a person's profile. Only the owner and staff see the e-mail address. */
export const readPracticeProfile = async (context: MemberContext, accountId: number): Promise<PracticeProfile | Failure<'not-found'>> => {
  const profile = await findPracticeProfile(context.store, accountId)
  if (!profile) return fail('not-found')
  return isOwnerOrStaff(context, accountId) ? profile : { ...profile, account: { ...profile.account, email: '' } }
}

/** Whether the caller may change this profile. */
export const checkPracticeProfile = async (
  context: MemberContext,
  accountId: number,
): Promise<null | Failure<'not-found' | 'forbidden'>> => {
  if (!(await findPracticeProfile(context.store, accountId))) return fail('not-found')
  return isOwnerOrStaff(context, accountId) ? null : fail('forbidden')
}

/** Changes a profile. Its owner may, and so may staff. */
export const changePracticeProfile = async (
  context: MemberContext,
  { accountId, ...changes }: { accountId: number } & PracticeChanges,
): Promise<PracticeProfile | Failure<'not-found' | 'forbidden'>> => {
  if (!isOwnerOrStaff(context, accountId)) return (await checkPracticeProfile(context, accountId)) ?? fail('forbidden')
  const profile = await savePracticeProfile(context.store, accountId, changes)
  return profile ?? fail('not-found')
}
