import { deleteContact, type EmergencyContact, findContacts, insertContact, type NewContact } from '../../store/emergency-contacts.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { EmergencyContact }

export const CONTACTS_AT_MOST = 10

/** Adds somebody who is told when the caller rings. */
export const addContact = async (
  context: MemberContext,
  contact: Omit<NewContact, 'accountId' | 'createdAt'>,
): Promise<EmergencyContact | Failure<'contacts-full'>> => {
  const made = await insertContact(
    context.store,
    { ...contact, accountId: context.actor.account.id, createdAt: context.now() },
    CONTACTS_AT_MOST,
  )
  return made ?? fail('contacts-full', { atMost: CONTACTS_AT_MOST })
}

/** Whom the caller would have told, in the order in which they were added. */
export const listContacts = (context: MemberContext): Promise<EmergencyContact[]> =>
  findContacts(context.store, context.actor.account.id, CONTACTS_AT_MOST)

/** Takes one of them out. An alarm that rings already goes on telling those whom it began with. */
export const removeContact = async (context: MemberContext, id: number): Promise<null | Failure<'not-found'>> =>
  (await deleteContact(context.store, context.actor.account.id, id)) ? null : fail('not-found')
