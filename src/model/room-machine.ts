import type { ChatFile } from './chat-file.ts'
import { type Backoff, backoff } from './retry.ts'
import type {
  ClientFrame,
  Connection,
  ConnectionState,
  FrameError,
  InboxCursor,
  InboxRoom,
  NewMessage,
  PersonRef,
  Resolution,
  RoomReport,
  RoomSummary,
  StoreAnswer,
  StoredMessage,
} from './support.ts'
import { MINUTE } from './time.ts'

/**
 * Everything that is decided in the support chat. The functions are pure: they get the stored state, an event and the time,
 * and return what is to be stored and sent. The room and the desk read the state, write the decision, and do the work.
 */

// ---------- Rate limit

/** Rejected frames consume tokens, too. A level this far below zero cannot come from a person who types. */
const FLOOD_LEVEL = -70

/** A burst of messages, and then a number per second. */
export interface RateLimit {
  readonly burst: number
  readonly perSecond: number
}

export interface TokenBucket {
  readonly level: number
  readonly updatedAt: number
}

export type RateLimitResult = 'allowed' | 'slow-down' | 'flood'

/** Takes one token of an account. `bucket` is null for an account that has sent nothing yet. */
export const consumeToken = (
  bucket: TokenBucket | null,
  { burst, perSecond }: RateLimit,
  now: number,
): { readonly bucket: TokenBucket; readonly result: RateLimitResult } => {
  const previous = bucket ?? { level: burst, updatedAt: now }
  // A clock that was set back must not take tokens: the person would be shut out for as long as it was set back.
  const elapsed = Math.max(0, now - previous.updatedAt)
  const refilled = Math.min(burst, previous.level + (elapsed / 1000) * perSecond)
  const level = refilled - 1
  const result = level <= FLOOD_LEVEL ? 'flood' : level < 0 ? 'slow-down' : 'allowed'
  return { bucket: { level, updatedAt: now }, result }
}

// ---------- What a client's frame leads to

interface Ignored {
  readonly type: 'ignore'
}

/** A frame that is not accepted. An old client would not understand the answer, so its frame is ignored. */
type Rejection = Ignored | { readonly type: 'reject'; readonly detail: string } | { readonly type: 'fail'; readonly code: FrameError }

interface FrameDecision<Action> {
  readonly action: Action
  /** The frame is one that only new clients send: from here on the connection gets the frames that only they support. */
  readonly isFromV1Client: boolean
}

type RoomAction =
  | Rejection
  /** Store the message and acknowledge it if it has a client id; send it to all other connections, and report it to the desks. */
  | { readonly type: 'store'; readonly message: NewMessage }
  | { readonly type: 'show-typing'; readonly byStaff: boolean }
  | { readonly type: 'mark-read'; readonly byStaff: boolean; readonly id: number }
  | { readonly type: 'catch-up'; readonly since: number }

export const decideRoomFrame = (connection: ConnectionState, frame: ClientFrame): FrameDecision<RoomAction> => {
  const { staff: byStaff } = connection
  if (frame.type === 'invalid') return { action: rejection(connection, frame.detail), isFromV1Client: false }
  if (frame.type === 'resume') return { action: { type: 'catch-up', since: frame.since }, isFromV1Client: true }
  if (frame.type === 'typing') return { action: { type: 'show-typing', byStaff }, isFromV1Client: true }
  if (frame.type === 'read') return { action: { type: 'mark-read', byStaff, id: frame.id }, isFromV1Client: true }
  if (frame.type === 'file') {
    const message = { ...newMessage(connection, '', frame.clientId, byStaff), fileId: frame.fileId }
    return { action: { type: 'store', message }, isFromV1Client: true }
  }
  const message = newMessage(connection, frame.message, frame.clientId, byStaff)
  return { action: { type: 'store', message }, isFromV1Client: frame.clientId !== null }
}

type DeskAction =
  | Rejection
  /** Have the room of this person store the message. `clientId` is the sender's own, to acknowledge the message with. */
  | { readonly type: 'store'; readonly userId: number; readonly message: NewMessage; readonly clientId: string | null }
  | { readonly type: 'catch-up'; readonly since: number }

/** `messageId` is unique. The call to the room is repeated if its response is lost; the room recognises the message by this id. */
export const decideDeskFrame = (connection: ConnectionState, frame: ClientFrame, messageId: string): FrameDecision<DeskAction> => {
  if (frame.type === 'invalid') return { action: rejection(connection, frame.detail), isFromV1Client: false }
  if (frame.type === 'resume') return { action: { type: 'catch-up', since: frame.since }, isFromV1Client: true }
  if (frame.type !== 'message') return { action: failure(connection, 'room-only'), isFromV1Client: false }
  const { userId, clientId } = frame
  if (userId === null) return { action: failure(connection, 'user-id-required'), isFromV1Client: false }
  const message = newMessage(connection, frame.message, clientId ?? messageId, true)
  return { action: { type: 'store', userId, message, clientId }, isFromV1Client: clientId !== null }
}

/** How the room of a person answered a message from the desk. Null if there is no account with this id. */
type RoomAnswer = StoreAnswer | 'failed' | null

export type Reply =
  | Rejection
  | { readonly type: 'acknowledge'; readonly id: number; readonly clientId: string }
  | { readonly type: 'slow-down' }

/** What the desk replies to the sender of a message. A message without a client id is stored, too, but not acknowledged. */
export const replyFor = (connection: ConnectionState, clientId: string | null, answer: RoomAnswer): Reply => {
  if (answer === null) return failure(connection, 'user-not-found')
  if (answer === 'no-such-file') return failure(connection, 'no-such-file')
  if (answer === 'failed') return failure(connection, 'not-delivered')
  if (answer === 'slow-down') return { type: 'slow-down' }
  return clientId === null ? { type: 'ignore' } : { type: 'acknowledge', id: answer.id, clientId }
}

const rejection = ({ supportsV1 }: ConnectionState, detail: string): Rejection =>
  supportsV1 ? { type: 'reject', detail } : { type: 'ignore' }

const failure = ({ supportsV1 }: ConnectionState, code: FrameError): Rejection => (supportsV1 ? { type: 'fail', code } : { type: 'ignore' })

const newMessage = (
  { id, username, connectionId }: ConnectionState,
  message: string,
  clientId: string | null,
  fromAdmin: boolean,
): NewMessage => ({ sender: { id, username }, fromAdmin, message, clientId, connectionId })

// ---------- Who gets what

/** A message is not sent back to the connection that it came from. */
export const getsMessage = (connection: Pick<Connection, 'connectionId'>, from: string): boolean => connection.connectionId !== from

/** The client id is only for the sender's own connections, which recognise their message by it. */
export const clientIdFor = ({ id }: PersonRef, message: Pick<StoredMessage, 'senderId' | 'clientId'>): string | null =>
  message.senderId === id ? message.clientId : null

/** Which of the staff wrote is only for staff: to the person, all of them are "Support". Old clients do not support it. */
export const senderFor = (
  { staff, getsV1Frames }: Pick<ConnectionState, 'staff' | 'getsV1Frames'>,
  { senderId, senderName }: Pick<StoredMessage, 'senderId' | 'senderName'>,
): PersonRef | null => (staff && getsV1Frames ? { id: senderId, username: senderName } : null)

/** Old clients do not support files: they show the text of the message, which names the file. */
export const fileFor = ({ getsV1Frames }: Pick<ConnectionState, 'getsV1Frames'>, { file }: Pick<StoredMessage, 'file'>): ChatFile | null =>
  getsV1Frames && file ? file : null

/** "Is typing" and read markers are for the other clients that support them. */
export const getsSignal = (connection: ConnectionState, sender: Pick<Connection, 'connectionId'>): boolean =>
  connection.getsV1Frames && connection.connectionId !== sender.connectionId

/** Old clients at the desk do not support the inbox. `from` is the connection that caused the event, or an empty string. */
export const getsDeskEvent = (connection: ConnectionState, event: string, from: string): boolean =>
  (from === '' || connection.connectionId !== from) && (event !== 'room' || connection.getsV1Frames)

// ---------- When a message was sent

/**
 * Along the ids, the times of a room never decrease. The clock alone does not guarantee that: it may be set back, and the
 * object may move to a machine whose clock is behind. `lastSentAt` is the time of the newest message, null if there is none.
 */
export const messageTime = (lastSentAt: number | null, now: number): number => Math.max(lastSentAt ?? now, now)

// ---------- Read markers and claims

/** Where a read marker moves to: forward only, and at most to the newest message. Null if it stays. */
export const nextReadMarker = (lastRead: number, newest: number, id: number): number | null => {
  const upTo = Math.min(id, newest)
  return upTo > lastRead ? upTo : null
}

/** The first claim counts until it is released, which any staff member may do. Nothing is stored or reported if nothing changes. */
export const decideClaim = (holder: PersonRef | null, staff: PersonRef): { readonly holder: PersonRef; readonly isChanged: boolean } => ({
  holder: holder ?? staff,
  isChanged: holder === null,
})

/**
 * Resolves a conversation; null if the person has written a message that the staff member had not seen. `seen` is the last
 * message that was on their screen.
 */
export const decideResolution = (
  { newest, newestByPerson }: { readonly newest: number; readonly newestByPerson: number },
  { by, seen, now }: { readonly by: PersonRef; readonly seen: number; readonly now: number },
): Resolution | null => (newestByPerson > seen ? null : { by, at: now, upTo: newest })

/** A message of either side continues the conversation. */
export const isStillResolved = ({ upTo }: Pick<Resolution, 'upTo'>, newest: number): boolean => newest <= upTo

// ---------- Presence

interface PresenceState {
  /** Whether the person is stored as online. */
  readonly isOnline: boolean
  /** How many open connections the person has. */
  readonly connections: number
}

export type PresenceEvent =
  | { readonly type: 'opened' | 'closed'; readonly byStaff: boolean }
  /** `isStaffReported`: whether the desks know which staff are connected. */
  | { readonly type: 'checked'; readonly isStaffReported: boolean }

/** What the desks are notified of: the person, only the room summary, or nothing. */
type PresenceChange = 'connected' | 'disconnected' | 'summary' | 'none'

/**
 * The first connection of the person makes the person online, and the last one offline. A crash removes sockets without a
 * close event; the periodic check finds that. A person who has reconnected by then counts as never having been offline.
 */
export const decidePresence = ({ isOnline, connections }: PresenceState, event: PresenceEvent): PresenceChange => {
  if (event.type !== 'checked' && event.byStaff) return 'summary'
  if (event.type === 'opened') return isOnline ? 'none' : 'connected'
  if (isOnline && connections === 0) return 'disconnected'
  return event.type === 'checked' && !event.isStaffReported ? 'summary' : 'none'
}

// ---------- The room's platform alarm and the reports to the desk

/** The alarm that delivers to the desk if the room ends before it has done so. Not sooner, so that a busy room sets few alarms. */
export const DELIVERY_ALARM_MS = 10_000
/**
 * While the room has open connections it checks this often for sockets that a crash removed without a close event, and for
 * credentials whose revocation did not reach it. A room without connections never wakes up for this.
 */
export const CHECK_INTERVAL_MS = 10 * MINUTE
/** An alarm that fires for an expired connection comes no sooner than this, so that the room does not run all the time. */
const MIN_CHECK_MS = 1000

const REPORT_RETRY: Backoff = { firstMs: 6000, maxMs: 5 * MINUTE }

/** How long to wait before a report to a desk is repeated after so many failures in a row. */
export const reportRetryDelay = (failures: number): number => backoff(REPORT_RETRY, failures)

interface RoomWork {
  readonly hasPendingEvents: boolean
  /** Failed reports since the last one that was delivered. */
  readonly failures: number
  /** When the open connections and the uploads that no message refers to expire. */
  readonly expiries: readonly number[]
}

/** In how many milliseconds the room has to wake up again; null if it has nothing to wait for. */
export const nextWakeUp = ({ hasPendingEvents, failures, expiries }: RoomWork, now: number): number | null => {
  // Pending events without a failure: another delivery is in progress.
  if (hasPendingEvents) return failures > 0 ? reportRetryDelay(failures) : DELIVERY_ALARM_MS
  if (expiries.length === 0) return null
  return Math.max(MIN_CHECK_MS, Math.min(CHECK_INTERVAL_MS, ...expiries.map((expiresAt) => expiresAt - now)))
}

/** Whether the alarm that is set runs by `wanted`. One that should have run by now is not relied on. */
export const isAlarmInTime = (alarmAt: number | null, wanted: number, now: number): boolean =>
  alarmAt !== null && alarmAt > now && alarmAt <= wanted

// ---------- The desk's view of a room

interface ReportVersion extends Pick<RoomReport, 'version'> {
  /** An empty string if the room has sent no report yet. */
  readonly epoch: string
}

/** Whether a report is newer than the stored one. A new epoch means that the room was erased and started again. */
export const isNewer = (report: ReportVersion, stored: ReportVersion | null): boolean =>
  stored === null || report.epoch !== stored.epoch || report.version > stored.version

/** Whether anyone is connected to the room. */
export const isOccupied = ({ online, staff }: Pick<RoomSummary, 'online' | 'staff'>): boolean => online || staff.length > 0

export const RESOLVED_RANK = 3

/**
 * Open alarms come first, the oldest first; then who waits longest; then the last activity, the newest first; then what is
 * resolved. An alarm after the resolution, even one that is over, makes the conversation an unresolved one again.
 */
export const inboxPosition = (
  { unread, waitingSince, updatedAt, resolved }: Pick<RoomSummary, 'unread' | 'waitingSince' | 'updatedAt' | 'resolved'>,
  alarm: InboxRoom['alarm'],
  lastAlarmAt: number | null,
): Pick<InboxCursor, 'rank' | 'at'> => {
  if (alarm) return { rank: 0, at: Date.parse(alarm.triggeredAt) }
  if (unread > 0) return { rank: 1, at: waitingSince ?? 0 }
  const isResolved = resolved !== null && (lastAlarmAt ?? 0) <= resolved.at
  return { rank: isResolved ? RESOLVED_RANK : 2, at: -updatedAt }
}
