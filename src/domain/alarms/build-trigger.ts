import type { AlarmSubject } from '../../store/alarms.ts'
import { channelsOf, dialable } from './channels.ts'
import type { Recipient, Trigger, TriggerMessage } from './dispatcher.ts'

/** Builds a trigger from the person's settings: who is notified, and what the response says about it. */
export const buildTrigger = (accountId: number, subject: AlarmSubject, scenario: NonNullable<AlarmSubject['scenario']>): Trigger => {
  const contacts = scenario.notifyContact
    ? subject.contacts.map(({ id, name, relationship, email, phone }) =>
        recipientFrom(`contact-${id}`, { name, relationship, email, phone }),
      )
    : []
  const therapist =
    scenario.notifyTherapist && subject.therapist
      ? recipientFrom(`therapist-${subject.therapist.id}`, { ...subject.therapist, relationship: 'therapist' })
      : null
  return {
    accountId,
    username: subject.username,
    displayName: [subject.firstName, subject.lastName].filter((name) => name !== '').join(' ') || subject.username,
    location: subject.location,
    scenario: scenario.name,
    recipients: [...contacts, ...(therapist ? [therapist] : [])].filter((recipient) => channelsOf(recipient).length > 0),
    messages: [musicMessage(scenario.playMusic ? subject.musicUrl : null), ...contactMessages(contacts), therapistMessage(therapist)],
  }
}

const recipientFrom = (
  key: string,
  { name, relationship, email, phone }: Record<'name' | 'relationship' | 'email' | 'phone', string>,
): Recipient => ({
  key,
  name,
  relationship,
  email: email || null,
  phone: dialable(phone),
})

const musicMessage = (url: string | null): TriggerMessage => (url === null ? 'Music was not played.' : { music_url: url })

const CHANNEL_TEXT = { email: 'by email', sms: 'by SMS' }

const contactMessages = (contacts: readonly Recipient[]): TriggerMessage[] => {
  if (contacts.length === 0) return ['Emergency contacts were not notified.']
  return contacts.map((contact) => {
    const [first] = channelsOf(contact)
    const whom = `${contact.relationship} (${contact.name})`
    return first
      ? `Your ${whom} received a notification ${CHANNEL_TEXT[first]}.`
      : `Error sending notification to ${whom}: there is no e-mail address and no phone number that can be dialled`
  })
}

const therapistMessage = (therapist: Recipient | null): TriggerMessage =>
  therapist && channelsOf(therapist).length > 0 ? `Your therapist (${therapist.name}) was notified.` : 'Therapist was not notified.'
