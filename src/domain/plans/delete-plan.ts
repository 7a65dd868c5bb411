import { deletePlan as deleteStored } from '../../store/plans.ts'
import type { MemberCtx } from '../context.ts'
import { isObjectId } from '../object-id.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { readerOf } from './reader.ts'

/** Calls a plan off: its creator's, or any for staff. Its answers go with it. */
export const deletePlan = async (
  ctx: MemberCtx,
  id: string,
): Promise<null | Refusal<'invalid-id' | 'plan-not-found' | 'may-not-delete-plan'>> => {
  if (!isObjectId(id)) return refuse('invalid-id')
  const { deleted, before } = await deleteStored(ctx.store, id, readerOf(ctx.actor.account), ctx.now())
  if (deleted) return null
  return refuse(before ? 'may-not-delete-plan' : 'plan-not-found')
}
