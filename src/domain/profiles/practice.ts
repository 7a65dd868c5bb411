import { findPracticeProfile, type PracticeChanges, type PracticeProfile, savePracticeProfile } from '../../store/profiles.ts'
import { isStaff } from '../accounts/staff.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { PracticeProfile }

/** Whether the caller sees and changes this person's own things. */
const isTheirs = (ctx: MemberCtx, accountId: number): boolean => ctx.actor.account.id === accountId || isStaff(ctx.actor.account)

/** Somebody's profile; whose address it shows is for the owner and staff alone. */
export const readPracticeProfile = async (ctx: MemberCtx, accountId: number): Promise<PracticeProfile | Refusal<'not-found'>> => {
  const profile = await findPracticeProfile(ctx.store, accountId)
  if (!profile) return refuse('not-found')
  return isTheirs(ctx, accountId) ? profile : { ...profile, account: { ...profile.account, email: '' } }
}

/** Whether the caller may change this profile. */
export const checkPracticeProfile = async (ctx: MemberCtx, accountId: number): Promise<null | Refusal<'not-found' | 'not-yours'>> => {
  if (!(await findPracticeProfile(ctx.store, accountId))) return refuse('not-found')
  return isTheirs(ctx, accountId) ? null : refuse('not-yours')
}

/** Changes a profile: its owner's, or any for staff. */
export const changePracticeProfile = async (
  ctx: MemberCtx,
  { accountId, ...changes }: { accountId: number } & PracticeChanges,
): Promise<PracticeProfile | Refusal<'not-found' | 'not-yours'>> => {
  if (!isTheirs(ctx, accountId)) return (await checkPracticeProfile(ctx, accountId)) ?? refuse('not-yours')
  const profile = await savePracticeProfile(ctx.store, accountId, changes)
  return profile ?? refuse('not-found')
}
