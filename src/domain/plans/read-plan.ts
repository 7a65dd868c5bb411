import { findPlan, type Plan } from '../../store/plans.ts'
import type { MemberCtx } from '../context.ts'
import { isObjectId } from '../object-id.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { readerOf } from './reader.ts'

/** One plan, to whoever may see it; to everybody else it is not there. */
export const readPlan = async (ctx: MemberCtx, id: string): Promise<Plan | Refusal<'invalid-id' | 'plan-not-found'>> => {
  if (!isObjectId(id)) return refuse('invalid-id')
  return (await findPlan(ctx.store, id, readerOf(ctx.actor.account))) ?? refuse('plan-not-found')
}
