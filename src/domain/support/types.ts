import type { Desk } from '../alarms/dispatcher.ts'

/** What rooms and desks are told, and what they tell: the words between the verbs, the objects and the frames. */

export interface PersonRef {
  readonly id: number
  readonly username: string
}

/** Who sits down, and by what right: kept with the socket while it sleeps. */
export interface Connection extends PersonRef {
  /** Of this very socket. */
  readonly connectionId: string
  /** Staff in somebody's room, or at the desk. */
  readonly staff: boolean
  readonly credentialId: string
  readonly expiresAt: number
  /** It asked for `concord.v1`, and knows what an old client would trip over. */
  readonly modern: boolean
  /** What it has seen already, where it asks for the rest. */
  readonly since: number | null
}

/** A message as it is stored. Ids grow, in one order for everybody in the room. */
export interface StoredMessage {
  readonly id: number
  readonly message: string
  readonly fromAdmin: boolean
  readonly senderId: number
  readonly senderName: string
  readonly clientId: string | null
  readonly sentAt: number
}

export interface NewMessage {
  readonly sender: PersonRef
  readonly fromAdmin: boolean
  readonly message: string
  readonly clientId: string | null
  /** The seat it came from, which hears no echo. */
  readonly connectionId: string
}

/** What stands in the inbox of one person's room. */
export interface RoomLine {
  readonly online: boolean
  /** What the person wrote that no staff has read. */
  readonly unread: number
  /** Since when the person waits for somebody to read; null where nobody waits. */
  readonly waitingSince: number | null
  readonly lastMessage: Pick<StoredMessage, 'id' | 'message' | 'fromAdmin' | 'sentAt'> | null
  readonly takenBy: PersonRef | null
  /** The staff who sit in the room. */
  readonly staff: readonly number[]
  readonly updatedAt: number
}

/** What a room tells the desk: what happened, each under a key of its own, and how it stands now. */
export interface RoomReport {
  readonly person: PersonRef
  /** A room that was erased begins anew, and its counting with it. */
  readonly epoch: string
  readonly version: number
  readonly happened: readonly { readonly key: string; readonly from: string; readonly event: RoomEvent }[]
  readonly line: RoomLine
}

export type RoomEvent =
  | { readonly is: 'message'; readonly message: Pick<StoredMessage, 'id' | 'message' | 'fromAdmin' | 'sentAt'> }
  | { readonly is: 'connected' }
  | { readonly is: 'disconnected' }

export interface AlarmLine {
  readonly userId: number
  readonly username: string
  readonly alarmId: string
  readonly scenario: string
  readonly status: string
  readonly triggeredAt: string
  readonly acknowledgedAt: string | null
  readonly acknowledgedBy: string | null
}

/** A line of the inbox with what the desk knows beside it. */
export interface InboxRoom extends Omit<RoomLine, 'staff'> {
  readonly userId: number
  readonly username: string
  readonly alarm: Pick<AlarmLine, 'alarmId' | 'status' | 'triggeredAt'> | null
}

/** Open alarms, then who waits, then who was there last: which of the three, where within it, and the person. */
export interface InboxCursor {
  readonly rank: number
  readonly at: number
  readonly userId: number
}

export interface InboxPage {
  readonly rooms: readonly InboxRoom[]
  readonly next: InboxCursor | null
}

export interface HistoryQuery {
  /** Older than this one; null for the newest. */
  readonly before: number | null
  readonly limit: number
  /** Whose unread messages are counted. */
  readonly asStaff: boolean
}

export interface History {
  /** Oldest first. */
  readonly messages: readonly StoredMessage[]
  readonly unread: number
}

/** A person's conversation with support. */
export interface Room {
  /** Says something for somebody who sits elsewhere. */
  say(person: PersonRef, message: NewMessage): Promise<{ readonly id: number } | 'slow-down'>
  history(query: HistoryQuery): Promise<History>
  /** What comes after one message, up to another one: for whoever copies the whole of it. */
  after(id: number, upTo: number, limit: number): Promise<readonly StoredMessage[]>
  newest(): Promise<number>
  /** Who has the conversation now: whoever asked, or whoever was first. */
  take(person: PersonRef, staff: PersonRef): Promise<PersonRef>
  release(person: PersonRef): Promise<void>
  /** Closes whoever may not sit here any more. */
  recheck(): Promise<void>
  erase(): Promise<number>
}

/** Where staff watch all rooms. */
export interface SupportDesk extends Desk {
  report(report: RoomReport): Promise<void>
  inbox(from: InboxCursor | null, limit: number): Promise<InboxPage>
  alarms(limit: number): Promise<readonly AlarmLine[]>
  /** Closes whoever may not sit any more: at the desk, and in the rooms where one of these sits. */
  recheck(accounts: readonly number[]): Promise<void>
}

/** How a new client errorResponse that it is one. */
export const PROTOCOL = 'concord.v1'

/** Under which header a handshake tells an object who it is from. One that came from outside is replaced. */
export const CONNECTION_HEADER = 'X-Concord-Connection'
