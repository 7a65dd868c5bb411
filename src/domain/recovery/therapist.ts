import {
  insertTherapist,
  type NewTherapist,
  type Therapist,
  type TherapistChanges,
  updateTherapist,
} from '../../store/emergency-contacts.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { Therapist }

/** Nothing deletes a therapist, so a person who keeps adding them keeps the newest; the chosen one is the newest of all. */
const KEPT = 10

/** Adds a therapist, who becomes the one that is told. */
export const createTherapist = (context: MemberContext, therapist: Omit<NewTherapist, 'accountId' | 'createdAt'>): Promise<Therapist> =>
  insertTherapist(context.store, { ...therapist, accountId: context.actor.account.id, createdAt: context.now() }, KEPT)

/** Corrects the therapist whom the caller has chosen. */
export const changeTherapist = async (
  context: MemberContext,
  changes: TherapistChanges,
): Promise<Therapist | Failure<'therapist-not-found'>> =>
  (await updateTherapist(context.store, context.actor.account.id, changes)) ?? fail('therapist-not-found')
