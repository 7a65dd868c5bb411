import type { AlarmSubject } from '../../store/alarms.ts'
import { channelsOf, dialable } from './channels.ts'
import type { Recipient, Said, Trigger } from './dispatcher.ts'

/** What a person's circumstances mean for an alarm: who is told, and what the answer errorResponse of it. */
export const buildTrigger = (accountId: number, found: AlarmSubject, scenario: NonNullable<AlarmSubject['scenario']>): Trigger => {
  const contacts = scenario.notifyContact
    ? found.contacts.map(({ id, name, relationship, email, phone }) => reachable(`contact-${id}`, { name, relationship, email, phone }))
    : []
  const therapist =
    scenario.notifyTherapist && found.therapist
      ? reachable(`therapist-${found.therapist.id}`, { ...found.therapist, relationship: 'therapist' })
      : null
  return {
    accountId,
    username: found.username,
    who: [found.firstName, found.lastName].filter((name) => name !== '').join(' ') || found.username,
    location: found.location,
    scenario: scenario.name,
    recipients: [...contacts, ...(therapist ? [therapist] : [])].filter((recipient) => channelsOf(recipient).length > 0),
    messages: [musicSaid(scenario.playMusic ? found.musicUrl : null), ...contactsSaid(contacts), therapistSaid(therapist)],
  }
}

const reachable = (
  key: string,
  { name, relationship, email, phone }: Record<'name' | 'relationship' | 'email' | 'phone', string>,
): Recipient => ({
  key,
  name,
  relationship,
  email: email || null,
  phone: dialable(phone),
})

const musicSaid = (url: string | null): Said => (url === null ? 'Music was not played.' : { music_url: url })

const BY = { email: 'by email', sms: 'by SMS' }

const contactsSaid = (contacts: readonly Recipient[]): Said[] => {
  if (contacts.length === 0) return ['Emergency contacts were not notified.']
  return contacts.map((contact) => {
    const [first] = channelsOf(contact)
    const whom = `${contact.relationship} (${contact.name})`
    return first
      ? `Your ${whom} received a notification ${BY[first]}.`
      : `Error sending notification to ${whom}: there is no e-mail address and no phone number that can be dialled`
  })
}

const therapistSaid = (therapist: Recipient | null): Said =>
  therapist && channelsOf(therapist).length > 0 ? `Your therapist (${therapist.name}) was notified.` : 'Therapist was not notified.'
