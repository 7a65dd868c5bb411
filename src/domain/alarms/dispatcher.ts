/** The requests and responses of the Durable Object that holds one person's alarms. The verbs and the object share these types. */

export type AlarmStatus = 'open' | 'acknowledged' | 'cancelled'
export type DeliveryState = 'pending' | 'sent' | 'uncertain' | 'failed' | 'stopped'

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

/** One entry of the list `messages` in the response to a trigger. */
export type TriggerMessage = string | { readonly music_url: string }

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

export interface DeliveryView {
  readonly id: string
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
  readonly deliveries: readonly DeliveryView[]
}

export interface Acknowledgement {
  readonly alarmId: string
  readonly by: { readonly id: number; readonly username: string }
  readonly note: string
}

/** An event about a person, for the desk: JSON, which staff receive unchanged. */
export type DeskEvent = { readonly event: string; readonly user_id: string } & Readonly<Record<string, string | number | null>>

export interface Dispatcher {
  /** Starts an alarm, or joins the open one. Beyond the rate limit: in how many seconds a trigger is accepted again. */
  trigger(trigger: Trigger): Promise<Triggered | { readonly throttledFor: number }>
  list(): Promise<readonly AlarmView[]>
  /** Null if there is no such alarm. */
  acknowledge(acknowledgement: Acknowledgement): Promise<{ readonly alarmId: string; readonly status: AlarmStatus } | null>
  /** Sends the desk an event that does not belong to an alarm; once per key. */
  notifyDesk(accountId: number, key: string, event: DeskEvent): Promise<void>
  /** Sets the object's alarm for the next due item; returns whether there is one. */
  rearm(): Promise<boolean>
  /** Deletes everything; returns the number of rows. */
  erase(): Promise<number>
}

/** The part of the desk that senders of events use. */
export interface Desk {
  /** Stores an event, once per key. */
  announce(key: string, event: DeskEvent): Promise<void>
  /** Deletes everything about a person; returns the number of events. */
  forget(accountId: number): Promise<number>
}
