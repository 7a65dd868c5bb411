import {
  type Acknowledgement,
  type Alarm,
  type AlarmEvent,
  type AlarmSettings,
  type AlarmStatus,
  type Delivery,
  type DeliveryState,
  type DeskEvent,
  MAX_ALARMS_PER_HOUR,
  type NewDelivery,
  type Outcome,
  type PersonalChannel,
  type Recipient,
  type Trigger,
  usableChannelsOf,
} from './alarm.ts'
import { messageFor } from './alarm-texts.ts'
import { retryDelay } from './retry.ts'
import { HOUR, secondsUntil } from './time.ts'

/**
 * Everything that is decided about an alarm. The functions are pure: they get the stored state, an event and the time, and
 * return what is to be stored and done. The Durable Object reads the state, writes the decision, and does the work.
 */

// ---------- Trigger and acknowledgement

/** The alarms that a person has had in the last hour. */
interface AlarmHistory {
  readonly latest: Alarm | null
  readonly count: number
  readonly firstAt: number | null
}

type TriggerDecision =
  | { readonly type: 'start'; readonly alarm: Alarm }
  | { readonly type: 'join'; readonly alarm: Alarm }
  | { readonly type: 'throttle'; readonly seconds: number }

/** A trigger that follows soon joins the open alarm, and so does one above the rate limit. Without an open alarm, that one has to wait. */
export const decideTrigger = (
  { latest, count, firstAt }: AlarmHistory,
  trigger: Trigger,
  { alarmId, settings, now }: { alarmId: string; settings: AlarmSettings; now: number },
): TriggerDecision => {
  const open = latest?.status === 'open' ? latest : null
  if (open && now - open.triggeredAt < settings.dedupeMs) return { type: 'join', alarm: open }
  if (count >= MAX_ALARMS_PER_HOUR) {
    if (open) return { type: 'join', alarm: open }
    return { type: 'throttle', seconds: secondsUntil((firstAt ?? now) + HOUR, now) }
  }
  const startsAt = now + settings.cancelMs
  return {
    type: 'start',
    alarm: { ...trigger, alarmId, triggeredAt: now, startsAt, status: 'open', acknowledgedAt: null, acknowledgedBy: null, safeAt: null },
  }
}

interface Closing {
  readonly status: Exclude<AlarmStatus, 'open'>
  /** Whether the person reports that they are safe. Then every recipient who was notified of the alarm gets an all-clear. */
  readonly isSafe: boolean
  /** Notifications that the alarm is over. They belong to no open alarm, so the closing does not stop them. */
  readonly announcements: readonly PlannedDelivery[]
}

type Acknowledger = Acknowledgement['by'] & Pick<Acknowledgement, 'via'>

/** How an alarm is closed; null if it is closed already, in which case nothing changes. */
export const decideAcknowledgement = (alarm: Alarm, by: Acknowledger, hasWebhook: boolean, now: number): Closing | null => {
  // Only staff and the webhook get links.
  const isSafe = by.id === alarm.accountId && by.via === undefined
  // Staff who acknowledge an alarm answer it. Only the person can report that they are safe, also after staff have acknowledged.
  if (alarm.status === 'acknowledged' && alarm.safeAt === null && isSafe) return { status: 'acknowledged', isSafe, announcements: [] }
  if (alarm.status !== 'open') return null
  // For an alarm that was cancelled in time, no notification was sent.
  if (now < alarm.startsAt) return { status: 'cancelled', isSafe, announcements: [] }
  const closed: Alarm = { ...alarm, status: 'acknowledged', acknowledgedAt: now, acknowledgedBy: by.username, acknowledgedVia: by.via }
  // The desk and the webhook were notified of the alarm, so they are notified that it is over.
  return { status: 'acknowledged', isSafe, announcements: closingAnnouncementsOf(closed, { key: 'ack', hasWebhook, now }) }
}

/** Announcements of the end of an alarm. They belong to no open alarm, so the closing does not stop them. */
export const closingAnnouncementsOf = (
  alarm: Alarm,
  { key, hasWebhook, now }: { key: string; hasWebhook: boolean; now: number },
): PlannedDelivery[] => announcementsOf(alarm, { key, step: 0, hasWebhook, now }).map((delivery) => ({ ...delivery, alarmId: null }))

// ---------- Steps: who is notified, when, and by which channel

interface Step {
  readonly step: number
  readonly at: number
}

/** A delivery whose event, if it is one, has not been written in the form of its channel yet. */
export type PlannedDelivery = Omit<NewDelivery, 'body'> & { readonly body: string | DeskEvent }

interface StepPlan {
  readonly deliveries: readonly PlannedDelivery[]
  readonly next: Step | null
}

/** One delivery for each recipient of a step, and for the desk and the webhook; and the next step. */
export const planStep = (
  alarm: Alarm,
  step: number,
  { settings, hasWebhook, now }: { settings: AlarmSettings; hasWebhook: boolean; now: number },
): StepPlan => ({
  deliveries: [
    ...(notifiesRecipients(settings, step) ? messagesOf(alarm, step, settings, now) : []),
    ...announcementsOf(alarm, { key: String(step), step, hasWebhook, now }),
  ],
  next: nextStep(settings, alarm.startsAt, step, now),
})

/** Whether a step notifies recipients, or only reminds the desk. */
export const notifiesRecipients = (settings: AlarmSettings, step: number): boolean => step <= settings.stepsMs.length + 1

const plannedAt = ({ stepsMs, remindEveryMs }: AlarmSettings, step: number): number => {
  if (step <= 1) return 0
  const configured = stepsMs[step - 2]
  if (configured !== undefined) return configured
  return (stepsMs.at(-1) ?? 0) + (step - stepsMs.length - 1) * remindEveryMs
}

/**
 * The step after `current`, which is being processed now; null after the last. If the object missed several steps (a long
 * outage), it processes them one by one with the planned time between them, and not all at once.
 */
export const nextStep = (settings: AlarmSettings, startsAt: number, current: number, now: number): Step | null => {
  const step = current + 1
  const planned = startsAt + plannedAt(settings, step)
  const at = planned >= now ? planned : now + plannedAt(settings, step) - plannedAt(settings, current)
  const endsAt = startsAt + (settings.stepsMs.at(-1) ?? 0) + settings.remindForMs
  return at > endsAt ? null : { step, at }
}

/** Each step uses the recipient's next channel, and starts again with the first after the last. */
export const channelAt = (
  recipient: Pick<Recipient, 'email' | 'phone'>,
  step: number,
  usable: AlarmSettings['channels'],
): PersonalChannel | null => {
  const channels = usableChannelsOf(recipient, usable)
  return channels[(step - 1) % channels.length] ?? null
}

const messagesOf = (alarm: Alarm, step: number, settings: AlarmSettings, now: number): PlannedDelivery[] => {
  const { alarmId, accountId, displayName, location, triggeredAt } = alarm
  const steps = settings.stepsMs.length + 1
  return alarm.recipients.flatMap((recipient) => {
    const channel = channelAt(recipient, step, settings.channels)
    if (!channel) return []
    const reference = `${alarmId.slice(-6)}-${step}`
    const message = messageFor(recipient, channel, { displayName, location, triggeredAt, step, steps, reference })
    const id = deliveryIdOf(alarm, recipient, step)
    const address = (channel === 'email' ? recipient.email : recipient.phone) ?? ''
    return [{ id, alarmId, accountId, purpose: 'alarm', step, channel, recipient: recipient.name, address, ...message, createdAt: now }]
  })
}

export const deliveryIdOf = ({ alarmId }: Alarm, { key }: Recipient, step: number): string => `${alarmId}.${key}.${step}`

const TO_DESK = { purpose: 'alarm', channel: 'desk', recipient: 'Support desk', address: '', subject: '' } as const

/** The desk is notified of every step, and so is the webhook, if there is one. */
const announcementsOf = (
  alarm: Alarm,
  { key, step, hasWebhook, now }: { key: string; step: number; hasWebhook: boolean; now: number },
): PlannedDelivery[] => {
  const { alarmId, accountId } = alarm
  const desk = { ...TO_DESK, id: `${alarmId}.desk.${key}`, alarmId, accountId, step, body: eventOf(alarm, step), createdAt: now }
  return hasWebhook ? [desk, { ...desk, id: `${alarmId}.webhook.${key}`, channel: 'webhook' }] : [desk]
}

export const eventOf = (alarm: Alarm, step: number): AlarmEvent => ({
  type: 'alarm',
  accountId: alarm.accountId,
  username: alarm.username,
  alarmId: alarm.alarmId,
  status: alarm.status,
  step,
  scenario: alarm.scenario,
  location: alarm.location,
  triggeredAt: alarm.triggeredAt,
  acknowledgedBy: alarm.acknowledgedBy,
  ...(alarm.acknowledgedVia && { acknowledgedVia: alarm.acknowledgedVia }),
})

/** Brings the desk an event that belongs to no alarm. */
export const deskDelivery = (id: string, event: DeskEvent, now: number): PlannedDelivery => ({
  ...TO_DESK,
  id,
  alarmId: null,
  accountId: event.accountId,
  step: 0,
  body: event,
  createdAt: now,
})

// ---------- Deliveries: send, look for, retry, give up

/** What changes in a delivery. `state` is null if it stays; `due` is when the delivery is handled next, or whether it is at all. */
export interface DeliveryChange {
  readonly state: DeliveryState | null
  readonly due: 'unchanged' | 'remove' | number
}

type DeliveryAction = { readonly type: 'send' } | { readonly type: 'find' } | { readonly type: 'change'; readonly change: DeliveryChange }

/**
 * Whether a delivery is still to be sent. When the alarm is closed, its messages are not; when the person is safe, only the
 * all-clear is.
 */
export const isWanted = (
  { alarmId, purpose }: Pick<Delivery, 'alarmId' | 'purpose'>,
  alarm: Pick<Alarm, 'status' | 'safeAt'> | null,
): boolean => {
  if (alarmId === null || purpose === 'all-clear') return true
  return purpose === 'alarm' || purpose === 'escalation' ? alarm?.status === 'open' : alarm?.safeAt === null
}

/** The person has read the reply that a delivery announces. */
export const withdrawn = ({ state }: Pick<Delivery, 'state'>): DeliveryChange => ({
  state: state === 'pending' ? 'stopped' : null,
  due: 'remove',
})

const deadlineOf = ({ createdAt }: Delivery, { cancelMs, retryForMs }: AlarmSettings): number => createdAt + cancelMs + retryForMs

/**
 * What to do with a delivery that is due. If it is unknown whether the message was sent, and the provider has no idempotency
 * keys (`canFind`), the message is looked for at the provider before it is sent a second time.
 */
export const nextAction = (
  delivery: Delivery,
  { wanted, canFind, settings, now }: { wanted: boolean; canFind: boolean; settings: AlarmSettings; now: number },
): DeliveryAction => {
  if (delivery.state === 'sent' || delivery.state === 'kept' || !wanted) return { type: 'change', change: { state: null, due: 'remove' } }
  // The first attempt is always made, even after the deadline.
  if (delivery.attempts > 0 && now > deadlineOf(delivery, settings)) return { type: 'change', change: givingUp(delivery.state) }
  return { type: delivery.state === 'uncertain' && canFind ? 'find' : 'send' }
}

/**
 * After looking for an uncertain message at the provider. `found` is null if the provider did not answer. `wanted` is what
 * holds now: the alarm may have been acknowledged while we waited for the provider.
 */
export const afterFinding = (
  delivery: Delivery,
  found: boolean | null,
  wanted: boolean,
  timing: RetryTiming,
): Exclude<DeliveryAction, { type: 'find' }> => {
  if (found) return { type: 'change', change: { state: 'sent', due: 'remove' } }
  if (!wanted) return { type: 'change', change: { state: null, due: 'unchanged' } }
  return found === null ? { type: 'change', change: retry(delivery, delivery.state, null, timing) } : { type: 'send' }
}

/** What an outcome means. `delivery` and `wanted` are read after the attempt: the alarm may have been acknowledged during it. */
export const afterAttempt = (delivery: Delivery, outcome: Outcome, wanted: boolean, timing: RetryTiming): DeliveryChange => {
  if (outcome.type === 'sent' || outcome.type === 'kept') return { state: outcome.type, due: 'remove' }
  // An earlier, uncertain attempt may have notified the recipient although this one was refused. Then they get the all-clear, too.
  if (outcome.type === 'refused') return givingUp(delivery.state)
  const uncertain = outcome.type === 'uncertain'
  if (!wanted) return { state: uncertain ? 'uncertain' : null, due: 'unchanged' }
  const change = retry(delivery, uncertain ? 'uncertain' : delivery.state, outcome.type === 'retry' ? outcome.afterMs : null, timing)
  return uncertain ? { ...change, state: 'uncertain' } : change
}

export interface RetryTiming {
  readonly settings: AlarmSettings
  readonly now: number
  /** From 0 to 1. */
  readonly random: number
}

const retry = (
  delivery: Delivery,
  state: DeliveryState,
  afterMs: number | null,
  { settings, now, random }: RetryTiming,
): DeliveryChange => {
  const at = now + retryDelay(delivery.attempts, random, afterMs)
  return at > deadlineOf(delivery, settings) ? givingUp(state) : { state: null, due: at }
}

/** No attempt follows. A delivery that may have been sent stays `uncertain`, because that is all we know. */
const givingUp = (state: DeliveryState): DeliveryChange => ({ state: state === 'pending' ? 'failed' : null, due: 'remove' })
