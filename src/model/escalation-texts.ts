import type { PersonalChannel } from './alarm.ts'
import { formatTime, plainLocation, plainName } from './alarm-texts.ts'

/** The messages to staff about an alarm that no one has acknowledged. */

interface EndedAlarm {
  readonly name: string
  readonly displayName: string
  readonly triggeredAt: number
  /** Who acknowledged the alarm; null if the person reported that they are safe. */
  readonly acknowledgedBy: string | null
  /** Distinguishes the texts of two alarms. */
  readonly reference: string
}

/** The message to staff who were notified of an unacknowledged alarm, when it ends. */
export const endedMessageFor = (
  channel: PersonalChannel,
  { name, displayName, triggeredAt, acknowledgedBy, reference }: EndedAlarm,
): { readonly subject: string; readonly body: string } => {
  const who = plainName(displayName)
  const alarm = `The alarm of ${who} of ${formatTime(triggeredAt)}`
  const end = acknowledgedBy === null ? `${alarm} is over: they say that they are safe.` : `${alarm} was acknowledged by ${acknowledgedBy}.`
  if (channel === 'sms') return { subject: '', body: `${end} (${reference})` }
  return {
    subject: `The alarm of ${who} is ${acknowledgedBy === null ? 'over' : 'answered'}`,
    body: [`Hello ${name},`, '', end, '', 'You need not do anything more.'].join('\n'),
  }
}

interface UnansweredAlarm {
  /** Of the staff member. */
  readonly name: string
  readonly displayName: string
  readonly location: string
  readonly triggeredAt: number
  readonly url: string
}

export const unansweredMessageFor = (
  channel: PersonalChannel,
  { name, displayName, location, triggeredAt, url }: UnansweredAlarm,
): { readonly subject: string; readonly body: string } => {
  const who = plainName(displayName)
  const where = plainLocation(location)
  if (channel === 'sms') {
    return { subject: '', body: `No one has answered the alarm of ${who} of ${formatTime(triggeredAt)}. Take it on: ${url}` }
  }
  return {
    subject: `No one has answered the alarm of ${who}`,
    body: [
      `Hello ${name},`,
      '',
      `${who} set off an alarm on ${formatTime(triggeredAt)}, and no one from the support team has acknowledged it since.`,
      `The last location that they gave: ${where || 'none'}`,
      '',
      'If you take care of it now, acknowledge it here. The link works once, and no further staff are alerted after that:',
      '',
      url,
      '',
      'You can call and write to the person in the support console.',
    ].join('\n'),
  }
}
