import { deleteContact, type EmergencyContact, findContacts, insertContact, type NewContact } from '../../store/emergency-contacts.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { EmergencyContact }

export const MAX_CONTACTS = 10

/** Adds a contact who is notified when the caller triggers an alarm. */
export const addContact = async (
  context: MemberContext,
  contact: Omit<NewContact, 'accountId' | 'createdAt'>,
): Promise<EmergencyContact | Failure<'contacts-full'>> => {
  const created = await insertContact(
    context.store,
    { ...contact, accountId: context.actor.account.id, createdAt: context.now() },
    MAX_CONTACTS,
  )
  return created ?? fail('contacts-full', { max: MAX_CONTACTS })
}

/** The caller's emergency contacts, in the order in which they were added. */
export const listContacts = (context: MemberContext): Promise<EmergencyContact[]> =>
  findContacts(context.store, context.actor.account.id, MAX_CONTACTS)

/** Removes a contact. An alarm that is already open still notifies the contacts it was triggered with. */
export const removeContact = async (context: MemberContext, id: number): Promise<null | Failure<'not-found'>> =>
  (await deleteContact(context.store, context.actor.account.id, id)) ? null : fail('not-found')
