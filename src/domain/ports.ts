import type { Acknowledged, Acknowledgement, AlarmRecords, AlarmView, DeskEvent, Invitation, Trigger, Triggered } from '../model/alarm.ts'
import type { NewChatFile, RoomFile } from '../model/chat-file.ts'
import type { QueueReturn } from '../model/silent-holder.ts'
import type {
  AlarmSummary,
  FormerMessage,
  History,
  HistoryQuery,
  InboxPage,
  InboxQuery,
  NewMessage,
  NewNote,
  PersonRef,
  RoomReport,
  StaffNote,
  StoreAnswer,
  StoredMessage,
} from '../model/support.ts'
import type { DeskPresence, ReplyAnnouncement } from '../model/waiting.ts'

/** The Durable Object that holds one person's alarms, as the verbs use it. */
export interface Dispatcher {
  /**
   * Starts an alarm, or joins the open one. Beyond the rate limit: in how many seconds a trigger is accepted again. A call id
   * that was received before returns its alarm, whatever has become of it: a repeated request starts nothing.
   */
  trigger(trigger: Trigger, callId: string | null): Promise<Triggered | { readonly throttledFor: number }>
  list(): Promise<readonly AlarmView[]>
  /** All alarms, oldest first, in parts: those after a cursor, which is 0 at the start. */
  records(after: number, limit: number): Promise<AlarmRecords>
  /** Null if there is no such alarm. */
  acknowledge(acknowledgement: Acknowledgement): Promise<Acknowledged | null>
  /** Notifies a person that they were named as a contact; once per id. */
  invite(invitation: Invitation): Promise<void>
  /** No alarm sends anything more to the contacts with these digests of addresses. */
  withdraw(addresses: readonly string[]): Promise<void>
  /** Sends the desk an event that does not belong to an alarm; once per key. */
  notifyDesk(key: string, event: DeskEvent): Promise<void>
  /** Announces a reply of staff that the person has not seen; once per key. */
  announceReply(announcement: ReplyAnnouncement): Promise<void>
  /** Sets the object's alarm for the next due item; returns its time, null if there is none. */
  rearm(): Promise<number | null>
  /**
   * Deletes messages that are older than a point in time, `limit` at most, unless their alarm still has something to send.
   * Returns the time of the oldest message that is left; null if there is none.
   */
  deleteOldMessages(before: number, limit: number): Promise<number | null>
  /** Deletes everything; returns the number of rows. */
  erase(): Promise<number>
}

/** The part of the desk that senders of events use. */
interface Desk {
  /** Stores an event, once per key. */
  announce(key: string, event: DeskEvent): Promise<void>
  /** Deletes everything about a person; returns the number of events. */
  forget(accountId: number): Promise<number>
}

/** A person's conversation with support. */
export interface Room {
  /** Stores a message whose sender is not connected to this room. */
  storeMessage(person: PersonRef, message: NewMessage): Promise<StoreAnswer>
  /** Records the start of an upload. The file is deleted if no message refers to it in time. */
  addFile(person: PersonRef, file: NewChatFile): Promise<void>
  file(id: string): Promise<RoomFile | null>
  history(query: HistoryQuery): Promise<History>
  /** The messages after `id` up to `upTo`, for a copy of the whole conversation. */
  messagesAfter(id: number, upTo: number, limit: number): Promise<readonly StoredMessage[]>
  newestMessageId(): Promise<number>
  /**
   * Stores messages of a former server, after which nothing in the room is unread, and no one is notified. Returns each as it is
   * stored; null for a new one if the room was used here before.
   */
  addFormer(person: PersonRef, messages: readonly FormerMessage[]): Promise<readonly (StoredMessage | null)[]>
  /** Deletes messages of a former server by their client ids. False if the room was used since; then nothing changes. */
  removeFormer(clientIds: readonly string[]): Promise<boolean>
  /** Who has claimed the conversation now: the caller, or the one who claimed it first. */
  claim(person: PersonRef, staff: PersonRef): Promise<PersonRef>
  release(person: PersonRef): Promise<void>
  /** False if the person has written a message after `seen`; then nothing changes. */
  resolve(person: PersonRef, by: PersonRef, seen: number): Promise<boolean>
  reopen(person: PersonRef): Promise<void>
  addNote(person: PersonRef, note: NewNote): Promise<void>
  /** The newest first. */
  notes(limit: number): Promise<readonly StaffNote[]>
  /** When the conversation went back to the queue, because its holder was silent; the newest first. */
  returns(limit: number): Promise<readonly QueueReturn[]>
  /** Notifies the room whether staff are at a desk. */
  setDesk(presence: DeskPresence): Promise<void>
  /** Whether the reply of this announcement is still unseen. */
  isReplyUnseen(key: string): Promise<boolean>
  /** Closes the connections whose access rights are no longer valid. */
  recheck(): Promise<void>
  erase(): Promise<number>
}

/** Where staff see all rooms. */
export interface SupportDesk extends Desk {
  report(report: RoomReport): Promise<void>
  inbox(query: InboxQuery): Promise<InboxPage>
  alarms(limit: number): Promise<readonly AlarmSummary[]>
  /**
   * Closes the connections whose access rights are no longer valid: at the desk, and in each room that one of these accounts
   * is connected to.
   */
  recheck(accounts: readonly number[]): Promise<void>
}
