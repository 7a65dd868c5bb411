import type { AlarmStatus, DeskEvent, Recipient } from './dispatcher.ts'

/**
 * Every word that an alarm errorResponse to people. One language so far; another is another entry of the same shape. A text errorResponse
 * who, when, where they last said they were, and what to do, and nothing of anybody's health.
 */

export interface Occasion {
  readonly who: string
  readonly location: string
  readonly triggeredAt: number
  readonly step: number
  readonly steps: number
  /** What two people can name the message by on the telephone. */
  readonly reference: string
}

interface Language {
  email(to: Recipient, about: Occasion): { readonly subject: string; readonly body: string }
  sms(to: Recipient, about: Occasion): string
}

const time = (at: number, locale: string): string =>
  `${new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC', hourCycle: 'h23' }).format(at)} UTC`

const en: Language = {
  email: (to, { who, location, triggeredAt, step, steps, reference }) => ({
    subject: step === 1 ? `${who} needs help: an alarm was set off` : `${who} still needs help (message ${step} of ${steps})`,
    body: [
      `Hello ${to.name},`,
      '',
      `${who} set off an alarm on ${time(triggeredAt, 'en-GB')}. You are told because you are named as their ${to.relationship}.`,
      ...(step === 1 ? [] : ['Nobody has said yet that they are safe.']),
      '',
      `Where they last said they were: ${location || 'they have not said'}`,
      '',
      'What to do:',
      `1. Call ${who} now. Listen, and stay with them on the line.`,
      '2. If they do not answer, go to them, or ask somebody who is near to go.',
      '3. If a life may be in danger, call the emergency services where they are (112, 911, 999) and say what you know.',
      `4. When they are safe, ask them to press "I am safe". Until then you will be told again.`,
      '',
      `Message ${step} of ${steps}, reference ${reference}`,
    ].join('\n'),
  }),
  sms: (_to, { who, location, triggeredAt, reference }) =>
    `${who} set off an alarm on ${time(triggeredAt, 'en-GB')}${location ? `, last location: ${location}` : ''}. ` +
    `Call them now. No answer: go there or send somebody. Life in danger: call 112, 911 or 999. Ref ${reference}`,
}

export const wordsFor = (to: Recipient, channel: 'email' | 'sms', about: Occasion): { subject: string; body: string } =>
  channel === 'email' ? en.email(to, about) : { subject: '', body: en.sms(to, about) }

interface Announced {
  readonly alarmId: string
  readonly accountId: number
  readonly username: string
  readonly scenario: string
  readonly location: string
  readonly status: AlarmStatus
  readonly step: number
  readonly triggeredAt: number
  readonly acknowledgedBy: string | null
}

/** What the desk and the webhook are told: for programs, hence the same in every language. */
export const announcement = (alarm: Announced): DeskEvent => ({
  event: 'alarm',
  identifier: String(alarm.accountId),
  user_id: String(alarm.accountId),
  username: alarm.username,
  alarm_id: alarm.alarmId,
  status: alarm.status,
  step: alarm.step,
  scenario: alarm.scenario,
  location: alarm.location,
  triggered_at: new Date(alarm.triggeredAt).toISOString().replace('.000Z', 'Z'),
  acknowledged_by: alarm.acknowledgedBy,
})
