import type { ChatFile } from './chat-file.ts'

/** The support chat: its connections, frames, messages and reports, as the verbs, the Durable Objects and the dialect share them. */

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
  /** Where the handshake came from, as far as is known: decides which emergency numbers the person is shown. */
  readonly country: string | null
}

/** A connection as long as it is open. */
export interface ConnectionState extends Omit<Connection, 'since'> {
  /** The client has requested or sent something that only new clients support. From then on it gets these frames, too. */
  readonly getsV1Frames: boolean
}

/** Why a connection must be closed. */
export type AccessLoss = 'revoked' | 'forbidden'

export const isExpired = ({ expiresAt }: Pick<Connection, 'expiresAt'>, now: number): boolean => expiresAt <= now

/** What a client sends. `invalid` is everything that cannot be parsed. */
export type ClientFrame =
  | { readonly type: 'message'; readonly message: string; readonly clientId: string | null; readonly userId: number | null }
  | { readonly type: 'file'; readonly fileId: string; readonly clientId: string | null }
  | { readonly type: 'typing'; readonly userId: number | null }
  | { readonly type: 'read'; readonly id: number }
  | { readonly type: 'resume'; readonly since: number }
  | { readonly type: 'invalid'; readonly detail: string }

/** Why a frame was not accepted, although it can be parsed. */
export type FrameError = 'room-only' | 'no-such-file' | 'user-id-required' | 'user-not-found' | 'not-delivered'

/** A message as it is stored. Ids increase, so everyone in the room sees the same order. */
export interface StoredMessage {
  readonly id: number
  readonly message: string
  readonly fromAdmin: boolean
  readonly senderId: number
  readonly senderName: string
  readonly clientId: string | null
  readonly sentAt: number
  /** The file that the message refers to. The text names it, too. */
  readonly file?: ChatFile
}

export interface NewMessage {
  readonly sender: PersonRef
  readonly fromAdmin: boolean
  readonly message: string
  /** An uploaded file. Then its name becomes the text of the message. */
  readonly fileId?: string
  readonly clientId: string | null
  /** The connection it came from. The message is not sent back to that connection. */
  readonly connectionId: string
}

/** A message of a conversation at a former server, where it was read and answered. */
export interface FormerMessage {
  /** Identifies its row there: a message that is imported twice is stored once. */
  readonly clientId: string
  /** Null: the person. Otherwise the name of the other side, which is no account here. */
  readonly from: string | null
  readonly message: string
  readonly sentAt: number
}

/** How a room answers a message from a sender who is not connected to it. */
export type StoreAnswer = { readonly id: number } | 'slow-down' | 'no-such-file'

/** A staff member regards a conversation as finished. */
export interface Resolution {
  readonly by: PersonRef
  readonly at: number
  /** The newest message at that time. */
  readonly upTo: number
}

/** What staff write about a person for other staff. The person never sees it. */
export interface StaffNote {
  readonly id: number
  readonly author: PersonRef
  readonly text: string
  readonly at: number
}

export interface NewNote {
  readonly author: PersonRef
  readonly text: string
  /** The author's own id for the note: sent twice, it is stored once. */
  readonly clientId: string
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
  /** Null if the conversation was not resolved, or was continued after that. */
  readonly resolved: Pick<Resolution, 'by' | 'at'> | null
  /** The number of notes that staff have written for each other. */
  readonly notes: number
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
  /** The channel of the link with which it was acknowledged. */
  readonly acknowledgedVia?: string | undefined
}

/** A room's summary, with what the desk adds to it. */
export interface InboxRoom extends Omit<RoomSummary, 'staff'> {
  readonly userId: number
  readonly username: string
  readonly alarm: Pick<AlarmSummary, 'alarmId' | 'status' | 'triggeredAt'> | null
}

/**
 * A position in the inbox. The rooms with an open alarm come first, then those with unread messages, then the others, and
 * last the resolved ones, both by their last activity. `rank` is the group, `at` is the position within it.
 */
export interface InboxCursor {
  readonly rank: number
  readonly at: number
  readonly userId: number
}

/** Which rooms of the inbox: an open alarm or unread messages; claimed by the caller; resolved. */
export type InboxFilter = 'all' | 'waiting' | 'mine' | 'resolved'

export interface InboxQuery {
  readonly from: InboxCursor | null
  readonly limit: number
  readonly filter: InboxFilter
  /** A part of the username; an empty string for all. */
  readonly search: string
  /** Whose inbox it is. */
  readonly staffId: number
}

export interface InboxPage {
  readonly rooms: readonly InboxRoom[]
  /** How many rooms there are for each filter, whatever the search and the page. */
  readonly counts: Readonly<Record<InboxFilter, number>>
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

/** The header that identifies to the Durable Object whose handshake it is. A value from a client is overwritten. */
export const CONNECTION_HEADER = 'X-Concord-Connection'

/** Who a handshake is from. The header is trusted: the Worker writes it, and no other code can send a request to an object. */
export const connectionFrom = ({ headers }: Request): { readonly person: PersonRef; readonly connection: Connection } =>
  JSON.parse(decodeURIComponent(headers.get(CONNECTION_HEADER) ?? ''))

/** All desks. */
export const DESKS: readonly [string, ...string[]] = ['desk']

/**
 * The desks that receive the events of this person's room. Staff connect to, and read from, the first desk of their own
 * account. There is one desk for everyone until one object is not enough. Then only this function has to change:
 *
 * - Too many rooms for one desk: split by region or team, `[teamOf(accountId)]`. Staff watch the rooms of their own team.
 * - Too many staff at one desk: return all names, rotated by the id. Every desk receives the events of every room, and the
 *   staff are spread over the desks.
 *
 * A desk stores each event once per key, so a room may send to the new desks what it has already sent to the old ones.
 */
export const desksOf = (_accountId: number): readonly [string, ...string[]] => DESKS
