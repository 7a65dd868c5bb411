import type { NewTherapist, Therapist, TherapistChanges } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { insertTherapist, updateTherapist } from '../../store/emergency-contacts.ts'
import type { MemberContext } from '../access.ts'
import { auditEntry } from '../audit/entry.ts'

/** No request deletes a therapist, so only the newest are stored per person. The newest of all is the chosen one. */
const MAX_STORED = 10

/** Adds a therapist, who becomes the chosen one: alarms notify this therapist. */
export const createTherapist = (context: MemberContext, therapist: Omit<NewTherapist, 'accountId' | 'createdAt'>): Promise<Therapist> => {
  const { id } = context.actor.account
  const audit = auditEntry(context, 'health-changed', id, 'therapist added')
  return insertTherapist(context.store, { ...therapist, accountId: id, createdAt: context.now() }, MAX_STORED, audit)
}

/** Updates the caller's chosen therapist. */
export const changeTherapist = async (
  context: MemberContext,
  changes: TherapistChanges,
): Promise<Result<Therapist, 'therapist-not-found'>> => {
  const { id } = context.actor.account
  const audit = auditEntry(context, 'health-changed', id, 'therapist')
  return (await updateTherapist(context.store, id, changes, audit)) ?? fail('therapist-not-found')
}
