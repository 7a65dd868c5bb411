import {
  insertTherapist,
  type NewTherapist,
  type Therapist,
  type TherapistChanges,
  updateTherapist,
} from '../../store/emergency-contacts.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { Therapist }

/** Nothing deletes a therapist, so a person who keeps adding them keeps the newest; the chosen one is the newest of all. */
const KEPT = 10

/** Adds a therapist, who becomes the one that is told. */
export const createTherapist = (ctx: MemberCtx, therapist: Omit<NewTherapist, 'accountId' | 'createdAt'>): Promise<Therapist> =>
  insertTherapist(ctx.store, { ...therapist, accountId: ctx.actor.account.id, createdAt: ctx.now() }, KEPT)

/** Corrects the therapist whom the caller has chosen. */
export const changeTherapist = async (ctx: MemberCtx, changes: TherapistChanges): Promise<Therapist | Refusal<'therapist-not-found'>> =>
  (await updateTherapist(ctx.store, ctx.actor.account.id, changes)) ?? refuse('therapist-not-found')
