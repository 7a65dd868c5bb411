import type { PersonalChannel, Recipient } from './alarm.ts'

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

interface Text {
  readonly subject: string
  readonly body: string
}

type Language = Readonly<Record<PersonalChannel, (to: Recipient, details: NotificationDetails) => Text>>

const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** `1 January 2040 at 00:00 UTC`. Not `Intl.DateTimeFormat`, which takes longer than all other work on a message. */
const formatTime = (at: number): string => {
  const date = new Date(at)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} at ${date.toISOString().slice(11, 16)} UTC`
}

const en: Language = {
  email: (to, { displayName, location, triggeredAt, step, steps, reference }) => ({
    subject:
      step === 1 ? `${displayName} needs help: an alarm was set off` : `${displayName} still needs help (message ${step} of ${steps})`,
    body: [
      `Hello ${to.name},`,
      '',
      `${displayName} set off an alarm on ${formatTime(triggeredAt)}. You are told because you are named as their ${to.relationship}.`,
      ...(step === 1 ? [] : ['Nobody has said yet that they are safe.']),
      '',
      `Where they last said they were: ${location || 'they have not said'}`,
      '',
      'What to do:',
      `1. Call ${displayName} now. Listen, and stay with them on the line.`,
      '2. If they do not answer, go to them, or ask somebody who is near to go.',
      '3. If a life may be in danger, call the emergency services where they are (112, 911, 999) and say what you know.',
      `4. When they are safe, ask them to press "I am safe". Until then you will be told again.`,
      '',
      `Message ${step} of ${steps}, reference ${reference}`,
    ].join('\n'),
  }),
  sms: (_to, { displayName, location, triggeredAt, reference }) => ({
    subject: '',
    body:
      `${displayName} set off an alarm on ${formatTime(triggeredAt)}${location ? `, last location: ${location}` : ''}. ` +
      `Call them now. No answer: go there or send somebody. Life in danger: call 112, 911 or 999. Ref ${reference}`,
  }),
}

export const messageFor = (to: Recipient, channel: PersonalChannel, details: NotificationDetails): Text => en[channel](to, details)
