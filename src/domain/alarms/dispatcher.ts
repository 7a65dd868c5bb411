import type { Acknowledged, Acknowledgement, AlarmView, DeskEvent, Trigger, Triggered } from '../../model/alarm.ts'

/** The Durable Object that holds one person's alarms, as the verbs use it. */
export interface Dispatcher {
  /** Starts an alarm, or joins the open one. Beyond the rate limit: in how many seconds a trigger is accepted again. */
  trigger(trigger: Trigger): Promise<Triggered | { readonly throttledFor: number }>
  list(): Promise<readonly AlarmView[]>
  /** Null if there is no such alarm. */
  acknowledge(acknowledgement: Acknowledgement): Promise<Acknowledged | null>
  /** Sends the desk an event that does not belong to an alarm; once per key. */
  notifyDesk(key: string, event: DeskEvent): Promise<void>
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
