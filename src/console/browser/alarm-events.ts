import type { Alarm } from '#chat/desk-events.ts'
import type { User } from '#chat/messages.ts'

/** What an alarm's stored state means, and the events of a person's alarms, as they are shown between the messages. */

export type AlarmState = 'open' | 'acknowledged' | 'safe' | 'cancelled'

/** Staff acknowledge that they have seen an alarm. Only the person can report that they are safe. */
export const alarmState = ({ status, username, acknowledgedBy }: Pick<Alarm, 'status' | 'username' | 'acknowledgedBy'>): AlarmState => {
  if (status === 'open' || status === 'cancelled') return status
  return acknowledgedBy === username ? 'safe' : 'acknowledged'
}

export const STATE_NAMES: Readonly<Record<AlarmState, string>> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  safe: 'Safe',
  cancelled: 'Cancelled',
}

export interface ThreadEvent {
  /** Unique in the conversation. */
  readonly key: string
  readonly at: string
  readonly text: string
}

/** A person's alarms, completed with what only the desk's data contains: the link by which one was acknowledged. */
export const withLinks = (alarms: readonly Alarm[], atDesk: readonly Alarm[]): Alarm[] =>
  alarms.map((alarm) => ({ ...atDesk.find(({ alarmId }) => alarmId === alarm.alarmId), ...alarm }))

/** The events of these alarms, the earliest first. An alarm that is given twice, with two states, has the events of both. */
export const alarmEvents = (alarms: readonly Alarm[]): ThreadEvent[] => {
  const events = new Map<string, ThreadEvent>()
  const add = (event: ThreadEvent) => events.has(event.key) || events.set(event.key, event)
  for (const alarm of alarms) {
    const { alarmId, username, scenario, triggeredAt, acknowledgedAt } = alarm
    add({ key: `${alarmId} open`, at: triggeredAt, text: `${username} called for help${scenario === '' ? '' : ` (${scenario})`}.` })
    const state = alarmState(alarm)
    if (state !== 'open' && acknowledgedAt !== null) add({ key: `${alarmId} ${state}`, at: acknowledgedAt, text: endText(alarm, state) })
  }
  return [...events.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

const LINKS: Readonly<Record<string, string>> = { email: ' with the link in an e-mail', sms: ' with the link in an SMS' }

/** By which way an alarm was acknowledged; an empty text if it was done in the console. */
export const viaText = (via: string | undefined): string => LINKS[via ?? ''] ?? ''

const endText = ({ username, acknowledgedBy, acknowledgedVia }: Alarm, state: Exclude<AlarmState, 'open'>): string => {
  if (state === 'safe') return `${username} reported: I am safe.`
  return `${acknowledgedBy ?? 'Someone'} ${state === 'cancelled' ? 'cancelled' : 'acknowledged'} the alarm${viaText(acknowledgedVia)}.`
}

/** Staff read who held the conversation. The person reads what concerns them: all staff see their message now. */
export const returnEvent = (at: string, holder: User | null): ThreadEvent => ({
  key: `returned ${at}`,
  at,
  text: holder
    ? `${holder.username} did not answer in time. The conversation is in the queue again.`
    : 'Thank you for waiting. Your message is with our whole team now, and the first one who is free answers you.',
})

/**
 * Places events between messages by time. Events before the first message are left out if there are earlier messages that are
 * not loaded yet: they belong between those.
 */
export const interleave = <T extends { readonly sentAt: string }>(
  messages: readonly T[],
  events: readonly ThreadEvent[],
  isFromStart: boolean,
): (T | ThreadEvent)[] => {
  const [first] = messages
  const from = isFromStart || !first ? Number.NEGATIVE_INFINITY : Date.parse(first.sentAt)
  const waiting = events.filter(({ at }) => Date.parse(at) >= from)
  const rows: (T | ThreadEvent)[] = []
  for (const message of messages) {
    while (waiting[0] && Date.parse(waiting[0].at) < Date.parse(message.sentAt)) rows.push(...waiting.splice(0, 1))
    rows.push(message)
  }
  return [...rows, ...waiting]
}
