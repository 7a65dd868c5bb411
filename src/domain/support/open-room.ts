import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { MemberCtx } from '../context.ts'
import { isTheirs } from '../recovery/rules.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { Someone } from './words.ts'

export interface OpenRoom {
  readonly person: Someone
  /** Whoever is staff is a person, too, in the room that is their own. */
  readonly asStaff: boolean
}

/** Whose room this is, where the caller may come in. */
export const openRoom = async (ctx: MemberCtx, accountId: number): Promise<OpenRoom | Refusal<'not-yours' | 'not-found'>> => {
  const { id, username } = ctx.actor.account
  if (!isTheirs(ctx, accountId)) return refuse('not-yours')
  if (accountId === id) return { person: { id, username }, asStaff: false }
  const found = await findRecoveryProfile(ctx.store, accountId)
  return found ? { person: { id: accountId, username: found.username }, asStaff: true } : refuse('not-found')
}
