import { type AlarmSettings, channelsOf, type Recipient, type Trigger, type TriggerMessage, usableChannelsOf } from '../../model/alarm.ts'
import type { AlarmScenario } from '../../model/recovery.ts'
import type { AlarmSubject } from '../../store/alarms.ts'

/** The number that messages to a phone number are sent to; null if none may be. */
type Dial = (phone: string) => string | null

/** Builds a trigger from the person's settings: who is notified, and which messages the response contains. */
export const buildTrigger = (
  accountId: number,
  subject: AlarmSubject,
  scenario: Omit<AlarmScenario, 'id'>,
  { usable, dial }: { usable: AlarmSettings['channels']; dial: Dial },
): Trigger => {
  const contacts = scenario.notifyContact
    ? subject.contacts
        .filter(({ answer }) => answer !== 'declined')
        .map(({ id, name, relationship, email, phone }) =>
          recipientFrom(`contact-${id}`, { name, relationship, email, phone: dial(phone) }),
        )
    : []
  const declined = scenario.notifyContact ? subject.contacts.filter(({ answer }) => answer === 'declined') : []
  const therapist =
    scenario.notifyTherapist && subject.therapist
      ? recipientFrom(`therapist-${subject.therapist.id}`, {
          ...subject.therapist,
          phone: dial(subject.therapist.phone),
          relationship: 'therapist',
        })
      : null
  return {
    accountId,
    username: subject.username,
    displayName: [subject.firstName, subject.lastName].filter((name) => name !== '').join(' ') || subject.username,
    location: subject.location,
    scenario: scenario.name,
    recipients: [...contacts, ...(therapist ? [therapist] : [])].filter((recipient) => channelsOf(recipient).length > 0),
    messages: [
      musicMessage(scenario.playMusic ? subject.musicUrl : null),
      ...contactMessages(contacts, declined, usable),
      therapistMessage(therapist, usable),
    ],
  }
}

const recipientFrom = (
  key: string,
  { name, relationship, email, phone }: Record<'name' | 'relationship' | 'email', string> & { readonly phone: string | null },
): Recipient => ({
  key,
  name,
  relationship,
  email: email || null,
  phone,
})

const musicMessage = (url: string | null): TriggerMessage => (url === null ? { type: 'no-music' } : { type: 'music', url })

const contactMessages = (
  contacts: readonly Recipient[],
  declined: readonly Pick<Recipient, 'name' | 'relationship'>[],
  usable: AlarmSettings['channels'],
): TriggerMessage[] => {
  if (contacts.length + declined.length === 0) return [{ type: 'no-contacts' }]
  const messages = contacts.map((contact): TriggerMessage => {
    const [channel] = usableChannelsOf(contact, usable)
    const { key, relationship, name } = contact
    if (!channel) return { type: 'contact-unreachable', relationship, name }
    return { type: usable.includes(channel) ? 'contact' : 'not-notified', key, relationship, name, channel }
  })
  return [...messages, ...declined.map(({ name, relationship }): TriggerMessage => ({ type: 'declined', relationship, name }))]
}

const therapistMessage = (therapist: Recipient | null, usable: AlarmSettings['channels']): TriggerMessage => {
  const [channel] = therapist ? usableChannelsOf(therapist, usable) : []
  if (!therapist || !channel) return { type: 'no-therapist' }
  const { key, relationship, name } = therapist
  return { type: usable.includes(channel) ? 'therapist' : 'not-notified', key, relationship, name, channel }
}
