import { type EmergencyContact, MAX_CONTACTS } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { deleteContact, findContacts, insertContact } from '../../store/emergency-contacts.ts'
import type { MemberContext } from '../access.ts'
import { auditEntry } from '../audit.ts'
import { addressDigests } from './addresses.ts'
import { addresseeOf, type ContactDetails, prepareInvitation, sendInvitation } from './invitations.ts'

/** The entry for a change of the caller's own contacts. */
const ownChange = (context: MemberContext, detail: string) => auditEntry(context, 'health-changed', context.actor.account.id, detail)

/** Adds a contact who is notified when the caller triggers an alarm, and who gets one invitation. */
export const addContact = async (context: MemberContext, contact: ContactDetails): Promise<Result<EmergencyContact, 'contacts-full'>> => {
  const addressee = await addresseeOf(context, contact)
  const { id: accountId } = context.actor.account
  const [emailDigest, phoneDigest] = await addressDigests(accountId, addressee)
  const invitation = await prepareInvitation(context, addressee)
  const added = await insertContact(
    context.store,
    { ...contact, accountId, createdAt: context.now(), emailDigest, phoneDigest },
    { max: MAX_CONTACTS, link: invitation?.link ?? null, audit: ownChange(context, 'contact added') },
  )
  if (!added) return fail('contacts-full', { max: MAX_CONTACTS })
  if (invitation && added.isToBeAsked) context.waitUntil(sendInvitation(context, contact, invitation))
  return added.contact
}

/** The caller's emergency contacts, in the order in which they were added. */
export const listContacts = (context: MemberContext): Promise<EmergencyContact[]> =>
  findContacts(context.store, context.actor.account.id, MAX_CONTACTS)

/** Removes a contact. An alarm that is already open still notifies the contacts it was triggered with. */
export const removeContact = async (context: MemberContext, id: number): Promise<Result<null, 'not-found'>> =>
  (await deleteContact(context.store, context.actor.account.id, id, ownChange(context, 'contact removed'))) ? null : fail('not-found')
