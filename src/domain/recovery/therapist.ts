import { MAX_STORED_THERAPISTS, type NewTherapist, type Therapist, type TherapistChanges } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { insertTherapist, updateTherapist } from '../../store/emergency-contacts.ts'
import type { MemberContext } from '../access.ts'

/** Adds a therapist, who becomes the chosen one: alarms notify this therapist. */
export const createTherapist = (context: MemberContext, therapist: Omit<NewTherapist, 'accountId' | 'createdAt'>): Promise<Therapist> =>
  insertTherapist(context.store, { ...therapist, accountId: context.actor.account.id, createdAt: context.now() }, MAX_STORED_THERAPISTS)

/** Updates the caller's chosen therapist. */
export const changeTherapist = async (
  context: MemberContext,
  changes: TherapistChanges,
): Promise<Result<Therapist, 'therapist-not-found'>> =>
  (await updateTherapist(context.store, context.actor.account.id, changes)) ?? fail('therapist-not-found')
