/** The requests, responses and events of rooms and desks. The verbs, the Durable Objects and the frames share these types. */

export interface PersonRef {
  readonly id: number
  readonly username: string
}

/** Who opened a connection, and with which access rights. It is attached to the socket, so it survives hibernation. */
export interface Connection extends PersonRef {
  /** Unique per socket. */
  readonly connectionId: string
  /** Staff in another person's room, or at the desk. */
  readonly staff: boolean
  readonly credentialId: string
  readonly expiresAt: number
  /** The client asked for `concord.v1`, so it also understands frames that would break an old client. */
  readonly supportsV1: boolean
  /** The last message or event that the client has seen, if it asks for the later ones. */
  readonly since: number | null
}

/** A message as it is stored. Ids increase, so everyone in the room sees the same order. */
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
  /** The connection it came from. The message is not sent back to that connection. */
  readonly connectionId: string
}

/** A room as the inbox lists it. */
export interface RoomSummary {
  readonly online: boolean
  /** The person's messages that no staff member has read. */
  readonly unread: number
  /** When the oldest unread message was sent; null if there is none. */
  readonly waitingSince: number | null
  readonly lastMessage: Pick<StoredMessage, 'id' | 'message' | 'fromAdmin' | 'sentAt'> | null
  readonly claimedBy: PersonRef | null
  /** The staff who are connected to the room. */
  readonly staff: readonly number[]
  readonly updatedAt: number
}

/** What a room reports to the desk: its events, each with its own key, and its current summary. */
export interface RoomReport {
  readonly person: PersonRef
  /** A room that was erased starts again with a new epoch, and its version starts again as well. */
  readonly epoch: string
  readonly version: number
  /** `from` is the connection that caused the event, or an empty string. */
  readonly events: readonly { readonly key: string; readonly from: string; readonly event: RoomEvent }[]
  readonly summary: RoomSummary
}

export type RoomEvent =
  | { readonly type: 'message'; readonly message: Pick<StoredMessage, 'id' | 'message' | 'fromAdmin' | 'sentAt'> }
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected' }

export interface AlarmSummary {
  readonly userId: number
  readonly username: string
  readonly alarmId: string
  readonly scenario: string
  readonly status: string
  readonly triggeredAt: string
  readonly acknowledgedAt: string | null
  readonly acknowledgedBy: string | null
}

/** A room's summary, with what the desk adds to it. */
export interface InboxRoom extends Omit<RoomSummary, 'staff'> {
  readonly userId: number
  readonly username: string
  readonly alarm: Pick<AlarmSummary, 'alarmId' | 'status' | 'triggeredAt'> | null
}

/**
 * A position in the inbox. The rooms with an open alarm come first, then those with unread messages, then the others by
 * their last activity. `rank` is the group, `at` is the position within it.
 */
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
  /** Only messages older than this id; null for the newest. */
  readonly before: number | null
  readonly limit: number
  /** Whether to count what staff have not read, or what the person has not read. */
  readonly asStaff: boolean
}

export interface History {
  /** Oldest first. */
  readonly messages: readonly StoredMessage[]
  readonly unread: number
}

/** The WebSocket subprotocol by which a new client identifies itself. */
export const PROTOCOL = 'concord.v1'

/** The header that tells the Durable Object whose handshake it is. A value that comes from outside is overwritten. */
export const CONNECTION_HEADER = 'X-Concord-Connection'
