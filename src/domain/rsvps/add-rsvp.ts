import { insertRsvp, type Rsvp } from '../../store/rsvps.ts'
import type { MemberCtx } from '../context.ts'
import { isObjectId, newObjectId } from '../object-id.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { Rsvp }

/** Answers an invitation, once per account and plan, while there is room. */
export const addRsvp = async (
  ctx: MemberCtx,
  { planId }: { planId: string },
): Promise<Rsvp | Refusal<'invalid-id' | 'plan-not-found' | 'rsvp-exists' | 'plan-full'>> => {
  if (!isObjectId(planId)) return refuse('invalid-id')
  const now = ctx.now()
  const added = await insertRsvp(ctx.store, { id: newObjectId(now), planId, accountId: ctx.actor.account.id, createdAt: now })
  return added.ok ? added.rsvp : refuse(added.because)
}
