import { noteSitter, noteSitterWith } from '../../store/seats.ts'
import type { MemberCtx } from '../context.ts'
import { isTheirs } from '../recovery/rules.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { openDesk } from './open-desk.ts'
import type { OpenRoom } from './open-room.ts'

/** Whose room the caller sits down in. */
export const sitInRoom = async (ctx: MemberCtx, accountId: number): Promise<OpenRoom | Refusal<'not-yours' | 'not-found'>> => {
  const { id, username } = ctx.actor.account
  if (!isTheirs(ctx, accountId)) return refuse('not-yours')
  if (accountId === id) {
    await noteSitter(ctx.store, id)
    return { person: { id, username }, asStaff: false }
  }
  const found = await noteSitterWith(ctx.store, id, accountId)
  return found ? { person: { id: accountId, username: found.username }, asStaff: true } : refuse('not-found')
}

/** Sits down at the desk. */
export const sitAtDesk = async (ctx: MemberCtx): Promise<null | Refusal<'not-yours'>> => {
  const refused = openDesk(ctx)
  if (!refused) await noteSitter(ctx.store, ctx.actor.account.id)
  return refused
}
