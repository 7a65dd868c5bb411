import type { TriggerMessage } from '../../model/alarm.ts'

/** The entries of the list `messages` in the response to a trigger. */

const BY_CHANNEL = { email: 'by email', sms: 'by SMS' }

export const triggerMessageToWire = (message: TriggerMessage): string | { music_url: string } => {
  switch (message.type) {
    case 'music':
      return { music_url: message.url }
    case 'no-music':
      return 'Music was not played.'
    case 'contact':
      return `Your ${message.relationship} (${message.name}) received a notification ${BY_CHANNEL[message.channel]}.`
    case 'contact-unreachable':
      return `Error sending notification to ${message.relationship} (${message.name}): there is no e-mail address and no phone number that can be dialled`
    case 'not-notified':
      return `Your ${message.relationship} (${message.name}) could not be notified ${BY_CHANNEL[message.channel]}.`
    case 'declined':
      return `Your ${message.relationship} (${message.name}) does not want to be notified.`
    case 'not-agreed':
      return `Your ${message.relationship} (${message.name}) has not agreed yet.`
    case 'no-contacts':
      return 'Emergency contacts were not notified.'
    case 'therapist':
      return `Your therapist (${message.name}) was notified.`
    case 'no-therapist':
      return 'Therapist was not notified.'
  }
}
