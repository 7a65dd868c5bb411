/** What the object of one person's alarms is asked, and what it answers: the words between the verbs and the object. */

export type AlarmStatus = 'open' | 'acknowledged' | 'cancelled'
export type DeliveryState = 'pending' | 'sent' | 'uncertain' | 'failed' | 'stopped'

/** Somebody whom an alarm tells, as they were when it was triggered: every step tells the same people. */
export interface Recipient {
  /** Within the alarm: `contact-12`. */
  readonly key: string
  readonly name: string
  /** What they are to the person: `sister`, `therapist`. */
  readonly relationship: string
  readonly email: string | null
  readonly phone: string | null
}

/** What the answer to a trigger errorResponse, one thing after the other. */
export type Said = string | { readonly music_url: string }

export interface Trigger {
  readonly accountId: number
  readonly username: string
  /** As the person's friends know them. */
  readonly who: string
  readonly location: string
  readonly scenario: string
  readonly recipients: readonly Recipient[]
  readonly messages: readonly Said[]
}

export interface Triggered {
  readonly alarmId: string
  readonly status: AlarmStatus
  readonly scenario: string
  readonly messages: readonly Said[]
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

/** What the desk is told of somebody: JSON, shown as it is. */
export type DeskEvent = { readonly event: string; readonly user_id: string } & Readonly<Record<string, string | number | null>>

export interface Dispatcher {
  /** Rings, or joins the alarm that rings already; or errorResponse for how many seconds it will not. */
  trigger(trigger: Trigger): Promise<Triggered | { readonly throttledFor: number }>
  list(): Promise<readonly AlarmView[]>
  /** Null where there is no such alarm. */
  acknowledge(said: Acknowledgement): Promise<{ readonly alarmId: string; readonly status: AlarmStatus } | null>
  /** Has the desk told something that is no alarm; once per key. */
  tellDesk(accountId: number, key: string, event: DeskEvent): Promise<void>
  /** Makes sure that what is due will ring; whether anything is. */
  rearm(): Promise<boolean>
  /** Forgets everything; how many rows that was. */
  erase(): Promise<number>
}

/** The desk, as whoever has something to tell it sees it. */
export interface Desk {
  /** Keeps an event, once per key. */
  announce(key: string, event: DeskEvent): Promise<void>
  /** Forgets what it was told of a person; how many events that was. */
  forget(accountId: number): Promise<number>
}
