import { findRecoveryProfile, type RecoveryChanges, type RecoveryProfile, saveRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { isOwnerOrStaff } from './rules.ts'

export type { RecoveryProfile }

/** A person's own facts: for themselves and staff; to anybody else they are not there. */
export const readUserInfo = async (context: MemberContext, accountId: number): Promise<RecoveryProfile | Failure<'not-found'>> => {
  if (!isOwnerOrStaff(context, accountId)) return fail('not-found')
  return (await findRecoveryProfile(context.store, accountId)) ?? fail('not-found')
}

/** Changes some of them. A scenario has to exist, a therapist has to be this person's. */
export const changeUserInfo = async (
  context: MemberContext,
  { accountId, ...changes }: { accountId: number } & RecoveryChanges,
): Promise<RecoveryProfile | Failure<'not-found' | 'scenario-not-found' | 'therapist-not-found'>> => {
  if (!isOwnerOrStaff(context, accountId)) return fail('not-found')
  const saved = await saveRecoveryProfile(context.store, accountId, changes)
  return typeof saved === 'string' ? fail(saved) : saved
}
