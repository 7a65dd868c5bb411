import type { NoticePurpose, PersonalChannel, Recipient } from './alarm.ts'
import { withoutLinks } from './plain-text.ts'

/**
 * All texts that an alarm sends to people. There is one language; another language is another entry of the same shape. A
 * text contains who, when, the last known location, and what to do. It contains no health data.
 */

interface NotificationDetails {
  readonly displayName: string
  readonly location: string
  readonly triggeredAt: number
  readonly step: number
  readonly steps: number
  /** Short enough to read out on the phone. */
  readonly reference: string
}

type NoticeDetails = Pick<NotificationDetails, 'displayName' | 'triggeredAt' | 'reference'>

interface Text {
  readonly subject: string
  readonly body: string
}

type Texts<Details> = Readonly<Record<PersonalChannel, (to: Recipient, details: Details) => Text>>

interface Language extends Readonly<Record<NoticePurpose, Texts<NoticeDetails>>> {
  readonly alarm: Texts<NotificationDetails>
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** `1 January 2040 at 00:00 UTC`. Not `Intl.DateTimeFormat`, which takes longer than all other work on a message. */
export const formatTime = (at: number): string => {
  const date = new Date(at)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} at ${date.toISOString().slice(11, 16)} UTC`
}

const en: Language = {
  alarm: {
    email: (to, { displayName, location, triggeredAt, step, steps, reference }) => ({
      subject:
        step === 1 ? `${displayName} needs help: an alarm was set off` : `${displayName} still needs help (message ${step} of ${steps})`,
      body: [
        `Hello ${to.name},`,
        '',
        `${displayName} set off an alarm on ${formatTime(triggeredAt)}. You get this message because you are named as their ${to.relationship}.`,
        ...(step === 1 ? [] : ['No one has confirmed yet that they are safe.']),
        '',
        `The last location that they gave: ${location || 'none'}`,
        '',
        'What to do:',
        `1. Call ${displayName} now. Listen, and stay with them on the line.`,
        '2. If they do not answer, go to them, or ask someone nearby to go.',
        '3. If a life may be in danger, call the emergency services where they are (112, 911, 999) and say what you know.',
        '4. When they are safe, ask them to press "I am safe". Until then you may get more messages from us.',
        '',
        `Message ${step} of ${steps}, reference ${reference}`,
      ].join('\n'),
    }),
    sms: (_to, { displayName, location, triggeredAt, reference }) => ({
      subject: '',
      body:
        `${displayName} set off an alarm on ${formatTime(triggeredAt)}${location ? `, last location: ${location}` : ''}. ` +
        `Call them now. No answer: go there or send someone. Life in danger: call 112, 911 or 999. Ref ${reference}`,
    }),
  },
  answered: {
    email: (to, { displayName, triggeredAt, reference }) => ({
      subject: `The alarm of ${displayName} is being answered`,
      body: [
        `Hello ${to.name},`,
        '',
        `The support team is answering the alarm that ${displayName} set off on ${formatTime(triggeredAt)}. You will not be reminded again.`,
        '',
        `This does not mean that ${displayName} is safe. If you are with them or on the line, please stay.`,
        'We will notify you as soon as they say that they are safe.',
        '',
        `Reference ${reference}`,
      ].join('\n'),
    }),
    sms: (_to, { displayName, triggeredAt, reference }) => ({
      subject: '',
      body:
        `The support team is answering the alarm that ${displayName} set off on ${formatTime(triggeredAt)}. ` +
        `If you are with them, please stay. We will notify you when they say that they are safe. Ref ${reference}`,
    }),
  },
  'all-clear': {
    email: (to, { displayName, triggeredAt, reference }) => ({
      subject: `${displayName} is safe: the alarm is over`,
      body: [
        `Hello ${to.name},`,
        '',
        `${displayName} says that they are safe. The alarm that they set off on ${formatTime(triggeredAt)} is over.`,
        'You do not need to do anything more. Thank you for being there.',
        '',
        `You get this message because you are named as their ${to.relationship}.`,
        '',
        `Reference ${reference}`,
      ].join('\n'),
    }),
    sms: (_to, { displayName, triggeredAt, reference }) => ({
      subject: '',
      body: `${displayName} says that they are safe. The alarm of ${formatTime(triggeredAt)} is over. Ref ${reference}`,
    }),
  },
}

const MAX_NAME = 80
const MAX_LOCATION = 200

/** What people have written, in the form in which it is sent to others. Nothing may be left of a name that is a link. */
const plainRecipient = (to: Recipient): Recipient => ({
  ...to,
  name: withoutLinks(to.name, MAX_NAME) || 'there',
  relationship: withoutLinks(to.relationship, MAX_NAME) || 'contact',
})

export const plainName = (displayName: string): string => withoutLinks(displayName, MAX_NAME) || 'A person'

/** A location that is sent to people, or by the webhook. */
export const plainLocation = (location: string): string => withoutLinks(location, MAX_LOCATION)

export const messageFor = (to: Recipient, channel: PersonalChannel, details: NotificationDetails): Text =>
  en.alarm[channel](plainRecipient(to), {
    ...details,
    displayName: plainName(details.displayName),
    location: plainLocation(details.location),
  })

export const noticeFor = (purpose: NoticePurpose, to: Recipient, channel: PersonalChannel, details: NoticeDetails): Text =>
  en[purpose][channel](plainRecipient(to), { ...details, displayName: plainName(details.displayName) })
