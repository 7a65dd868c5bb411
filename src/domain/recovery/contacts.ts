import type { EmergencyContact, NewContact } from '../../model/recovery.ts'
import { MAX_CONTACTS } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { deleteContact, findContacts, insertContact } from '../../store/emergency-contacts.ts'
import type { MemberContext } from '../access.ts'
import { auditEntry } from '../audit/entry.ts'

/** Adds a contact who is notified when the caller triggers an alarm. */
export const addContact = async (
  context: MemberContext,
  contact: Omit<NewContact, 'accountId' | 'createdAt'>,
): Promise<Result<EmergencyContact, 'contacts-full'>> => {
  const created = await insertContact(
    context.store,
    { ...contact, accountId: context.actor.account.id, createdAt: context.now() },
    MAX_CONTACTS,
    auditEntry(context, 'health-changed', context.actor.account.id, 'contact added'),
  )
  return created ?? fail('contacts-full', { max: MAX_CONTACTS })
}

/** The caller's emergency contacts, in the order in which they were added. */
export const listContacts = (context: MemberContext): Promise<EmergencyContact[]> =>
  findContacts(context.store, context.actor.account.id, MAX_CONTACTS)

/** Removes a contact. An alarm that is already open still notifies the contacts it was triggered with. */
export const removeContact = async (context: MemberContext, id: number): Promise<Result<null, 'not-found'>> => {
  const accountId = context.actor.account.id
  const audit = auditEntry(context, 'health-changed', accountId, 'contact removed')
  return (await deleteContact(context.store, accountId, id, audit)) ? null : fail('not-found')
}
