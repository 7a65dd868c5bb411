import { findRecoveryProfile, type RecoveryChanges, type RecoveryProfile, saveRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { isTheirs } from './rules.ts'

export type { RecoveryProfile }

/** A person's own facts: for themselves and staff; to anybody else they are not there. */
export const readUserInfo = async (ctx: MemberCtx, accountId: number): Promise<RecoveryProfile | Refusal<'not-found'>> => {
  if (!isTheirs(ctx, accountId)) return refuse('not-found')
  return (await findRecoveryProfile(ctx.store, accountId)) ?? refuse('not-found')
}

/** Changes some of them. A scenario has to exist, a therapist has to be this person's. */
export const changeUserInfo = async (
  ctx: MemberCtx,
  { accountId, ...changes }: { accountId: number } & RecoveryChanges,
): Promise<RecoveryProfile | Refusal<'not-found' | 'scenario-not-found' | 'therapist-not-found'>> => {
  if (!isTheirs(ctx, accountId)) return refuse('not-found')
  const saved = await saveRecoveryProfile(ctx.store, accountId, changes)
  return typeof saved === 'string' ? refuse(saved) : saved
}
