import { type PersonalChannel, type Recipient, usableChannelsOf } from '../../model/alarm.ts'
import { invitationFor } from '../../model/contact-texts.ts'
import type { NewLink } from '../../model/one-time-link.ts'
import type { NewContact } from '../../model/recovery.ts'
import type { MemberContext } from '../access.ts'
import { contactNumberReader } from '../accounts/phone-numbers.ts'
import { createLink } from '../links/create.ts'

export type ContactDetails = Pick<NewContact, 'name' | 'phone' | 'email' | 'relationship'>

type Addresses = Pick<Recipient, 'email' | 'phone'>

/** The addresses to which messages for a contact are sent. */
export const addresseeOf = async (context: MemberContext, { email, phone }: ContactDetails): Promise<Addresses> => ({
  email: email || null,
  phone: (await contactNumberReader(context))(phone),
})

interface PreparedInvitation {
  readonly link: NewLink
  readonly url: string
  readonly channel: PersonalChannel
  readonly address: string
}

/** Null if no message can be sent to the contact, or none with a link. Such a contact is asked when they are entered again. */
export const prepareInvitation = async (context: MemberContext, { email, phone }: Addresses): Promise<PreparedInvitation | null> => {
  const { channels } = context.settings.alarm
  const [channel] = usableChannelsOf({ email, phone }, channels)
  const created = await createLink(context, 'contact')
  if (!channel || !channels.includes(channel) || !created) return null
  return { ...created, channel, address: (channel === 'email' ? email : phone) ?? '' }
}

/** The person's object sends it, with its retries and its limits. */
export const sendInvitation = async (
  context: MemberContext,
  { name, relationship }: ContactDetails,
  { link, url, channel, address }: PreparedInvitation,
): Promise<void> => {
  try {
    const { id: accountId, username, firstName, lastName } = await context.actor.load()
    const displayName = [firstName, lastName].filter((part) => part !== '').join(' ') || username
    const message = invitationFor(channel, { displayName, name, relationship, url })
    const invitation = { id: `invitation.${link.digest}`, accountId, channel, recipient: name, address, ...message }
    await context.alarms.dispatcher(accountId).invite(invitation)
  } catch (error) {
    console.error(JSON.stringify({ fault: 'an invitation was not sent', error: error instanceof Error ? error.name : typeof error }))
  }
}
