import { deleteContact, type EmergencyContact, findContacts, insertContact, type NewContact } from '../../store/emergency-contacts.ts'
import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { EmergencyContact }

export const CONTACTS_AT_MOST = 10

/** Adds somebody who is told when the caller rings. */
export const addContact = async (
  ctx: MemberCtx,
  contact: Omit<NewContact, 'accountId' | 'createdAt'>,
): Promise<EmergencyContact | Refusal<'contacts-full'>> => {
  const made = await insertContact(ctx.store, { ...contact, accountId: ctx.actor.account.id, createdAt: ctx.now() }, CONTACTS_AT_MOST)
  return made ?? refuse('contacts-full', { atMost: CONTACTS_AT_MOST })
}

/** Whom the caller would have told, in the order in which they were added. */
export const listContacts = (ctx: MemberCtx): Promise<EmergencyContact[]> => findContacts(ctx.store, ctx.actor.account.id, CONTACTS_AT_MOST)

/** Takes one of them out. An alarm that rings already goes on telling those whom it began with. */
export const removeContact = async (ctx: MemberCtx, id: number): Promise<null | Refusal<'not-found'>> =>
  (await deleteContact(ctx.store, ctx.actor.account.id, id)) ? null : refuse('not-found')
