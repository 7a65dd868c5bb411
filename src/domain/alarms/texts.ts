import type { AlarmStatus, DeskEvent, Recipient } from './dispatcher.ts'

/**
 * All texts that an alarm sends to people. There is one language; another language is another entry of the same shape. A
 * text contains who, when, the last known location, and what to do. It contains no health data.
 */

export interface NotificationDetails {
  readonly displayName: string
  readonly location: string
  readonly triggeredAt: number
  readonly step: number
  readonly steps: number
  /** Short enough to read out on the phone. */
  readonly reference: string
}

interface Language {
  email(to: Recipient, details: NotificationDetails): { readonly subject: string; readonly body: string }
  sms(to: Recipient, details: NotificationDetails): string
}

const formatTime = (at: number, locale: string): string =>
  `${new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC', hourCycle: 'h23' }).format(at)} UTC`

const en: Language = {
  email: (to, { displayName, location, triggeredAt, step, steps, reference }) => ({
    subject:
      step === 1 ? `${displayName} needs help: an alarm was set off` : `${displayName} still needs help (message ${step} of ${steps})`,
    body: [
      `Hello ${to.name},`,
      '',
      `${displayName} set off an alarm on ${formatTime(triggeredAt, 'en-GB')}. You are told because you are named as their ${to.relationship}.`,
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
  sms: (_to, { displayName, location, triggeredAt, reference }) =>
    `${displayName} set off an alarm on ${formatTime(triggeredAt, 'en-GB')}${location ? `, last location: ${location}` : ''}. ` +
    `Call them now. No answer: go there or send somebody. Life in danger: call 112, 911 or 999. Ref ${reference}`,
}

export const messageFor = (to: Recipient, channel: 'email' | 'sms', details: NotificationDetails): { subject: string; body: string } =>
  channel === 'email' ? en.email(to, details) : { subject: '', body: en.sms(to, details) }

interface AlarmEventInput {
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

/** The event for the desk and the webhook. Programs read it, so it is the same in every language. */
export const alarmEvent = (alarm: AlarmEventInput): DeskEvent => ({
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
