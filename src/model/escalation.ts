import type { Alarm, LinkChannel, PersonalChannel } from './alarm.ts'
import type { PlannedDelivery } from './alarm-machine.ts'
import { unansweredMessageFor } from './escalation-texts.ts'
import { parseSupportHours, type SupportHours } from './support-hours.ts'
import { MINUTE } from './time.ts'

/** The setting that defines who else is notified of an alarm that no one acknowledges. */

export interface Escalation {
  /** How long after the alarm's first step. */
  readonly afterMs: number
  /** The usernames of staff. */
  readonly staff: readonly string[]
  /** When they are on duty; null for always. At other times this entry notifies no one. */
  readonly hours: SupportHours | null
  /** A URL that gets a signed request; null for none. */
  readonly webhook: string | null
}

const KEYS = ['after', 'staff', 'hours', 'webhook']

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')

const entryFrom = (value: unknown): Escalation | null => {
  if (typeof value !== 'object' || value === null || Object.keys(value).some((key) => !KEYS.includes(key))) return null
  const field = (name: string): unknown => Reflect.get(value, name)
  const [after, staff, hoursText, webhook] = [field('after'), field('staff') ?? [], field('hours') ?? null, field('webhook') ?? null]
  if (typeof after !== 'number' || !(after > 0) || !isTexts(staff)) return null
  if (webhook !== null && !(typeof webhook === 'string' && /^https?:\/\//.test(webhook) && URL.canParse(webhook))) return null
  if (staff.length === 0 && webhook === null) return null
  const hours = typeof hoursText === 'string' ? parseSupportHours(hoursText) : null
  return hoursText !== null && hours === null ? null : { afterMs: after * MINUTE, staff, hours, webhook }
}

/**
 * `[{"after": 10, "staff": ["alex"], "hours": "Mon-Fri 09:00-17:00 Europe/Berlin", "webhook": "https://…"}]`. Null if the text is
 * not of this form: a setting that is misread would notify no one.
 */
export const parseEscalation = (text: string): readonly Escalation[] | null => {
  try {
    const list: unknown = JSON.parse(text)
    const entries = Array.isArray(list) ? list.map(entryFrom) : [null]
    const valid = entries.filter((entry) => entry !== null)
    return valid.length === entries.length ? valid : null
  } catch {
    return null
  }
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Whether a time is within these hours, in their time zone. */
export const isWithin = ({ times, timeZone }: SupportHours, at: number): boolean => {
  const options = { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const parts = new Map(new Intl.DateTimeFormat('en-GB', options).formatToParts(at).map(({ type, value }) => [type, value]))
  const day = DAYS.indexOf(parts.get('weekday') ?? '')
  const time = `${parts.get('hour')}:${parts.get('minute')}`
  return times.some(({ firstDay, lastDay, opens, closes }) => day >= firstDay && day <= lastDay && time >= opens && time < closes)
}

/** A person or a webhook that is notified, by one channel. */
export interface EscalationRecipient {
  /** Unique within the alarm: `staff-7.email`, `webhook`. */
  readonly key: string
  readonly name: string
  readonly channel: LinkChannel
  readonly address: string
  /** Opens the page with which the alarm is acknowledged. */
  readonly url: string
}

/**
 * One message for each recipient of an entry. Its id is the same whenever it is planned, so it exists once. `webhookBody` writes
 * the request to a webhook.
 */
export const planEscalation = (
  alarm: Alarm,
  recipients: readonly EscalationRecipient[],
  { entry, now, webhookBody }: { entry: number; now: number; webhookBody: (url: string) => string },
): PlannedDelivery[] => {
  const { alarmId, accountId, displayName, location, triggeredAt } = alarm
  const step = entry + 1
  return recipients.map(({ key, name, channel, address, url }) => ({
    id: `${alarmId}.${key}.escalation-${step}`,
    alarmId,
    accountId,
    purpose: 'escalation',
    step,
    channel,
    recipient: name,
    address,
    ...(isPersonal(channel)
      ? unansweredMessageFor(channel, { name, displayName, location, triggeredAt, url })
      : { subject: '', body: webhookBody(url) }),
    createdAt: now,
  }))
}

const isPersonal = (channel: LinkChannel): channel is PersonalChannel => channel !== 'webhook'
