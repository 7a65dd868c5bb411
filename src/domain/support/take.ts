import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { openDesk } from './open-desk.ts'
import type { Someone } from './words.ts'

/** Takes a conversation, so that others see that somebody has it. Of two at once the room lets one have it. */
export const takeRoom = async (
  ctx: MemberCtx,
  userId: number,
): Promise<Someone | Refusal<'not-yours' | 'not-found'> | Refusal<'taken-by'>> => {
  const refused = openDesk(ctx)
  if (refused) return refused
  const person = await findRecoveryProfile(ctx.store, userId)
  if (!person) return refuse('not-found')
  const { id, username } = ctx.actor.account
  const holder = await ctx.support.room(userId).take({ id: userId, username: person.username }, { id, username })
  return holder.id === id ? holder : refuse('taken-by', { username: holder.username })
}

/** Gives it back. Any staff may: whoever took it may have gone home. */
export const releaseRoom = async (ctx: MemberCtx, userId: number): Promise<null | Refusal<'not-yours' | 'not-found'>> => {
  const refused = openDesk(ctx)
  if (refused) return refused
  const person = await findRecoveryProfile(ctx.store, userId)
  if (!person) return refuse('not-found')
  await ctx.support.room(userId).release({ id: userId, username: person.username })
  return null
}
