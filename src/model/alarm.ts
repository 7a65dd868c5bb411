/** What an alarm is: its types, its settings and its limits. */

export type AlarmStatus = 'open' | 'acknowledged' | 'cancelled'
/**
 * `kept`: the message was stored in the outbox, because its channel has no provider. It was not sent. `withheld`: it is never
 * sent, because the account has reached the limit of a day.
 */
export type DeliveryState = 'pending' | 'sent' | 'uncertain' | 'kept' | 'failed' | 'stopped' | 'withheld'

/** What a notice at the end of an alarm announces: that staff answer the alarm, or that the person is safe (the all-clear). */
export type NoticePurpose = 'answered' | 'all-clear'

/**
 * What a message is for: it calls for help, is a notice, notifies staff of an unacknowledged alarm, notifies the person of a
 * reply in the support chat, or notifies a person that they were named as a contact.
 */
export type Purpose = 'alarm' | NoticePurpose | 'escalation' | 'reply' | 'invitation'

/** The channels that reach a person. */
export const PERSONAL_CHANNELS = ['email', 'sms'] as const

export type PersonalChannel = (typeof PERSONAL_CHANNELS)[number]
/** The channels that carry a link with which an alarm is acknowledged. */
export type LinkChannel = PersonalChannel | 'webhook'
export type Channel = PersonalChannel | 'webhook' | 'desk'

/** A person in distress does not trigger more alarms in an hour. Further triggers join the open alarm. */
export const MAX_ALARMS_PER_HOUR = 20

export interface AlarmSettings {
  /** Triggers within this time are one alarm. */
  readonly dedupeMs: number
  /** How long "I am safe" still prevents every notification. */
  readonly cancelMs: number
  /** When the second, third, … step notifies the same recipients again, counted from the first. */
  readonly stepsMs: readonly number[]
  /** After the last step only the desk is reminded, at this interval and for this long. */
  readonly remindEveryMs: number
  readonly remindForMs: number
  /** How long a delivery is retried. */
  readonly retryForMs: number
  /** The channels that messages can be sent by: those with a provider, and all if the outbox is the channel. */
  readonly channels: readonly PersonalChannel[]
  /** In development, the outbox is the channel: a message there counts as sent. In production, it is not delivered. */
  readonly outboxIsChannel: boolean
}

/** Someone an alarm notifies, as recorded at the trigger: every step notifies the same recipients. */
export interface Recipient {
  /** Unique within the alarm: `contact-12`. */
  readonly key: string
  readonly name: string
  /** The relationship to the person: `sister`, `therapist`. */
  readonly relationship: string
  readonly email: string | null
  readonly phone: string | null
}

interface RecipientMessage extends Pick<Recipient, 'key' | 'name' | 'relationship'> {
  readonly channel: PersonalChannel
}

/** One message of the response to a trigger. It is stored with the alarm, so a trigger that joins the alarm gets the same response. */
export type TriggerMessage =
  | { readonly type: 'music'; readonly url: string }
  | { readonly type: 'no-music' }
  | ({ readonly type: 'contact' } & RecipientMessage)
  | { readonly type: 'contact-unreachable'; readonly relationship: string; readonly name: string }
  /** The channel has no provider, or the account has sent its messages of the day. */
  | ({ readonly type: 'not-notified' } & RecipientMessage)
  /** The contact has declined to be notified. */
  | { readonly type: 'declined'; readonly relationship: string; readonly name: string }
  /** The account has notified so many other people today that this one has to agree first. */
  | { readonly type: 'not-agreed'; readonly relationship: string; readonly name: string }
  | { readonly type: 'no-contacts' }
  | ({ readonly type: 'therapist' } & RecipientMessage)
  | { readonly type: 'no-therapist' }

export interface Trigger {
  readonly accountId: number
  readonly username: string
  /** The person's name as it appears in notifications. */
  readonly displayName: string
  readonly location: string
  readonly scenario: string
  readonly recipients: readonly Recipient[]
  readonly messages: readonly TriggerMessage[]
}

export interface Triggered {
  readonly alarmId: string
  readonly status: AlarmStatus
  readonly scenario: string
  readonly messages: readonly TriggerMessage[]
}

export interface Alarm extends Trigger {
  readonly alarmId: string
  readonly triggeredAt: number
  /** When step 1 is due: later than the trigger if there is a time to cancel. */
  readonly startsAt: number
  readonly status: AlarmStatus
  readonly acknowledgedAt: number | null
  readonly acknowledgedBy: string | null
  /** Set if it was acknowledged with the link in a message. */
  readonly acknowledgedVia?: LinkChannel | undefined
  /** When the person reported that they are safe. Staff can only acknowledge an alarm. */
  readonly safeAt: number | null
}

export interface Acknowledgement {
  readonly alarmId: string
  readonly by: { readonly id: number; readonly username: string }
  readonly note: string
  /** Set if it was done with the link in a message. */
  readonly via?: LinkChannel | undefined
}

export interface Acknowledged {
  readonly alarmId: string
  readonly status: AlarmStatus
}

/** One message to one recipient in one step. */
export interface Delivery {
  /** Also the idempotency key that providers get. */
  readonly id: string
  /** Null for an event that belongs to no open alarm. */
  readonly alarmId: string | null
  readonly accountId: number
  readonly purpose: Purpose
  /** 0 for a message after the end of the alarm. */
  readonly step: number
  readonly channel: Channel
  readonly recipient: string
  readonly address: string
  readonly subject: string
  readonly body: string
  readonly state: DeliveryState
  /** How many attempts have been started. */
  readonly attempts: number
  readonly createdAt: number
}

/** The message that notifies a contact that they were named. */
export type Invitation = Pick<Delivery, 'id' | 'accountId' | 'recipient' | 'address' | 'subject' | 'body'> & {
  readonly channel: PersonalChannel
}

export type NewDelivery = Omit<Delivery, 'state' | 'attempts'>

/**
 * How an attempt ended. `kept`: stored in the outbox instead of sent. `retry`: certainly not sent, and another attempt may
 * succeed. `uncertain`: it may have been sent. `refused`: no attempt will ever succeed. A carrier returns an outcome; it
 * does not throw.
 */
export type Outcome =
  | { readonly type: 'sent'; readonly reference: string | null }
  | { readonly type: 'kept' }
  | { readonly type: 'retry'; readonly reason: string; readonly afterMs: number | null }
  | { readonly type: 'uncertain'; readonly reason: string }
  | { readonly type: 'refused'; readonly reason: string }

/** The state of an alarm, for the desk and for the webhook. */
export interface AlarmEvent {
  readonly type: 'alarm'
  readonly accountId: number
  readonly username: string
  readonly alarmId: string
  readonly status: AlarmStatus
  /** Which step has started; 0 if the alarm is closed. */
  readonly step: number
  readonly scenario: string
  readonly location: string
  readonly triggeredAt: number
  readonly acknowledgedBy: string | null
  readonly acknowledgedVia?: LinkChannel | undefined
}

/** A person may be in danger, but did not call for help. */
interface CrisisEvent {
  readonly type: 'crisis'
  readonly accountId: number
  readonly username: string
  readonly at: number
}

/** An event about a person, for the desk. */
export type DeskEvent = AlarmEvent | CrisisEvent

export interface DeliveryView {
  readonly id: string
  readonly purpose: Purpose
  readonly step: number
  readonly recipient: string
  readonly channel: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly updatedAt: number
}

export interface AlarmView {
  readonly alarmId: string
  readonly scenario: string
  readonly status: AlarmStatus
  readonly triggeredAt: number
  readonly acknowledgedAt: number | null
  readonly acknowledgedBy: string | null
  readonly acknowledgedVia?: LinkChannel | undefined
  readonly safeAt: number | null
  /** What was written at the acknowledgement; '' if nothing was. */
  readonly note: string
  readonly deliveries: readonly DeliveryView[]
}

/** An alarm with everything that was stored about it. */
export interface AlarmRecord extends Alarm {
  readonly note: string
  readonly deliveries: readonly Delivery[]
}

/** A part of all alarms of a person, and the cursor of the next part; null if there is none. */
export interface AlarmRecords {
  readonly records: readonly AlarmRecord[]
  readonly next: number | null
}

/** A phone number in a form that can be dialled: separators are removed. Null if it is not a phone number. */
export const dialable = (phone: string): string | null => {
  const digits = phone.replaceAll(/[\s()./-]/g, '').replace(/^00/, '+')
  return /^\+?\d{3,15}$/.test(digits) ? digits : null
}

/** The channels for which we have an address of the recipient, in order of preference. */
export const channelsOf = ({ email, phone }: Pick<Recipient, 'email' | 'phone'>): PersonalChannel[] => [
  ...(email === null ? [] : (['email'] as const)),
  ...(phone === null ? [] : (['sms'] as const)),
]

/**
 * The channels by which a recipient is notified: those that messages can be sent by. If there is none, the message still
 * gets a channel, so that it is kept where staff can read it.
 */
export const usableChannelsOf = (recipient: Pick<Recipient, 'email' | 'phone'>, usable: AlarmSettings['channels']): PersonalChannel[] => {
  const channels = channelsOf(recipient)
  const usableChannels = channels.filter((channel) => usable.includes(channel))
  return usableChannels.length > 0 ? usableChannels : channels
}

/** The event that a delivery to the desk carries, stored as JSON. */
export const parseDeskEvent = (body: string): DeskEvent => JSON.parse(body)
