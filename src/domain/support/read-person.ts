import { MAX_CONTACTS, type PersonDetails } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { findPersonDetails } from '../../store/person-details.ts'
import type { StaffContext } from '../access.ts'
import { auditEntry } from '../audit.ts'

/** What staff see beside a conversation and an alarm: how to reach the person, and whom an alarm notifies. The access is recorded. */
export const readPerson = async (context: StaffContext, userId: number): Promise<Result<PersonDetails, 'not-found'>> =>
  (await findPersonDetails(context.store, userId, MAX_CONTACTS, auditEntry(context, 'health-read', userId, 'details'))) ?? fail('not-found')
