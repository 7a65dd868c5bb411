import type { PersonalChannel } from './alarm.ts'
import { formatTime, plainLocation, plainName } from './alarm-texts.ts'

/** What staff are told of an alarm that nobody has acknowledged. */

interface EndedAlarm {
  readonly name: string
  readonly displayName: string
  readonly triggeredAt: number
  /** Who acknowledged the alarm; null if the person says that they are safe. */
  readonly acknowledgedBy: string | null
  /** Tells the texts of two alarms apart. */
  readonly reference: string
}

/** What staff who were told that nobody answers are told when somebody does. */
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
    return { subject: '', body: `Nobody has answered the alarm of ${who} of ${formatTime(triggeredAt)}. Take it on: ${url}` }
  }
  return {
    subject: `Nobody has answered the alarm of ${who}`,
    body: [
      `Hello ${name},`,
      '',
      `${who} set off an alarm on ${formatTime(triggeredAt)}, and nobody of the support team has acknowledged it since.`,
      `Where they last said they were: ${where || 'they have not said'}`,
      '',
      'If you take care of it now, acknowledge it here. The link works once, and nobody else is told after that:',
      '',
      url,
      '',
      'You can call and write to the person in the support console.',
    ].join('\n'),
  }
}
