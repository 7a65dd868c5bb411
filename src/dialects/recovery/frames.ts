import { text } from '../../http/request/fields.ts'
import type { DeskEvent } from '../../model/alarm.ts'
import { type ChatFile, isChatFileId } from '../../model/chat-file.ts'
import type { QueueReturn } from '../../model/silent-holder.ts'
import type { AlarmSummary, ClientFrame, FrameError, InboxRoom, PersonRef, StoredMessage } from '../../model/support.ts'
import { isoTime } from '../../model/time.ts'
import type { Notice } from '../../model/waiting.ts'

/** Parses the frames that clients send in the support chat, and builds the frames that the server sends. No sockets and no state here. */

const MAX_MESSAGE_LENGTH = 4000
/** No valid frame is longer, however its characters are escaped. A longer frame is rejected before it is parsed. */
const MAX_FRAME_LENGTH = 64 * 1024
const MAX_CLIENT_ID_LENGTH = 128

const invalid = (detail: string): ClientFrame => ({ type: 'invalid', detail })

const INVALID_CLIENT_ID = invalid(`client_id: Must be a string of at most ${MAX_CLIENT_ID_LENGTH} characters.`)

const MessageText = text({ max: MAX_MESSAGE_LENGTH, long: true })

/** Never throws: a frame that cannot be parsed has the type `invalid`. */
export const parseFrame = (data: string | ArrayBuffer): ClientFrame => {
  if (typeof data !== 'string') return invalid('A frame must be text.')
  if (data.length > MAX_FRAME_LENGTH) return invalid('The frame is too long.')
  const json = parseJson(data)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return invalid('A frame must be a JSON object.')
  const frame: Readonly<Record<string, unknown>> = { ...json }
  if (frame.type === 'typing') return { type: 'typing', userId: parseId(frame.user_id) }
  if (frame.type === 'read') {
    const id = parseId(frame.id)
    return id === null ? invalid('id: A valid integer is required.') : { type: 'read', id }
  }
  if (frame.type === 'resume') {
    const since = parseSince(frame.since)
    return since === null ? invalid('since: A valid integer is required.') : { type: 'resume', since }
  }
  const clientId = parseClientId(frame.client_id)
  if (frame.type === 'file') {
    if (typeof frame.file !== 'string' || !isChatFileId(frame.file)) return invalid('file: Must be the id of an uploaded file.')
    return clientId === undefined ? INVALID_CLIENT_ID : { type: 'file', fileId: frame.file, clientId }
  }
  const message = MessageText.safeParse(frame.message)
  if (!message.success) return invalid(`message: ${message.error.issues[0]?.message}`)
  if (clientId === undefined) return INVALID_CLIENT_ID
  return { type: 'message', message: message.data, clientId, userId: parseId(frame.user_id) }
}

const parseJson = (data: string): unknown => {
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}

/** Accepts a number or its digits as a string: `2`, `"2"`. Null for anything else, and for negative numbers. */
const parseInteger = (value: unknown): number | null => {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null
}

const parseId = (value: unknown): number | null => parseInteger(value) || null

/** The id of the last message or event that the client has seen, from a `resume` frame or the query parameter `since`. */
export const parseSince = parseInteger

/** Null where the client sent none, undefined where it is invalid. */
const parseClientId = (value: unknown): string | null | undefined => {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' && value.length <= MAX_CLIENT_ID_LENGTH && value.isWellFormed() ? value : undefined
}

type MessageView = Pick<StoredMessage, 'id' | 'message' | 'fromAdmin' | 'sentAt'>

export const fileToWire = ({ id, name, type, size }: ChatFile) => ({ id, name, type, size })

/** The id of the room's person, under both of the names that the contract requires. */
const personFields = (userId: number) => ({ identifier: String(userId), user_id: String(userId) })

/**
 * `clientId` is only for the sender's own connections, which recognise their message by it. `sender` is only for staff: to
 * the person, all staff are "Support". `file` is for new clients: the text names it for the others.
 */
export const messageFrame = (
  userId: number,
  { message, fromAdmin, id, sentAt }: MessageView,
  {
    clientId = null,
    sender = null,
    file = null,
  }: { readonly clientId?: string | null; readonly sender?: PersonRef | null; readonly file?: ChatFile | null } = {},
) => ({
  event: 'chat_message',
  message,
  ...personFields(userId),
  from_admin: fromAdmin,
  id,
  sent_at: isoTime(sentAt),
  ...(clientId !== null && { client_id: clientId }),
  ...(sender && { sender: { id: sender.id, username: sender.username } }),
  ...(file && { file: fileToWire(file) }),
})

export const deskMessageFrame = (userId: number, username: string, { message, fromAdmin, id, sentAt }: MessageView) => ({
  event: 'chat_message',
  message,
  ...personFields(userId),
  id,
  sent_at: isoTime(sentAt),
  from_admin: fromAdmin,
  username,
})

export const presenceFrame = (userId: number, username: string, online: boolean) => ({
  event: online ? 'user_connected' : 'user_disconnected',
  ...personFields(userId),
  username,
})

/** The frame that staff receive, and the body of the request to the webhook. */
export const deskEventFrame = (event: DeskEvent) => {
  const { accountId, username } = event
  if (event.type === 'crisis') return { event: 'crisis', ...personFields(accountId), username, at: isoTime(event.at) }
  return {
    event: 'alarm',
    ...personFields(accountId),
    username,
    alarm_id: event.alarmId,
    status: event.status,
    step: event.step,
    scenario: event.scenario,
    location: event.location,
    triggered_at: isoTime(event.triggeredAt),
    acknowledged_by: event.acknowledgedBy,
    ...(event.acknowledgedVia && { acknowledged_via: event.acknowledgedVia }),
  }
}

export const ackFrame = (id: number, clientId: string) => ({ type: 'ack', id, client_id: clientId })
export const typingFrame = (userId: number, fromAdmin: boolean) => ({ type: 'typing', ...personFields(userId), from_admin: fromAdmin })
export const readReceiptFrame = (userId: number, id: number, byStaff: boolean) => ({
  type: 'read',
  id,
  ...personFields(userId),
  from_admin: byStaff,
})
/** To the person, the staff are all "Support": who held the conversation is for staff only (`holder`). */
export const returnedFrame = (userId: number, { at, holder }: { readonly at: number; readonly holder: QueueReturn['holder'] | null }) => ({
  type: 'returned',
  ...personFields(userId),
  at: isoTime(at),
  ...(holder && { taken_by: { id: holder.id, username: holder.username } }),
})
/** For the person: whether staff are at the desk. */
export const deskStateFrame = (userId: number, isStaffed: boolean) => ({ type: 'desk', staffed: isStaffed, ...personFields(userId) })
/** An automatic answer. Old clients do not get it: they would show it as a message of staff. */
export const noticeFrame = (userId: number, { id, after, text: message, sentAt }: Notice) => ({
  type: 'notice',
  id,
  after,
  message,
  ...personFields(userId),
  sent_at: isoTime(sentAt),
})
/** The body of the request to the webhook for a reply that the person has not seen. It has no text of the conversation. */
export const unseenReplyToWire = (userId: number, username: string, at: number) => ({
  event: 'unseen_reply',
  ...personFields(userId),
  username,
  at: isoTime(at),
})
export const errorFrame = (detail: string) => ({ event: 'error', detail })

const ERROR_TEXTS: Readonly<Record<FrameError, string>> = {
  'room-only': 'Frames of this type are accepted in a room only.',
  'no-such-file': 'file: There is no such file any more. Upload it again.',
  'user-id-required': 'user_id: A valid integer is required.',
  'user-not-found': 'User not found.',
  'not-delivered': 'The message could not be delivered. Send it again.',
}

export const frameErrorFrame = (code: FrameError) => errorFrame(ERROR_TEXTS[code])
export const SLOW_DOWN = errorFrame('Slow down.')

/** One room of the inbox. */
export const roomToWire = (room: InboxRoom) => ({
  user_id: room.userId,
  username: room.username,
  online: room.online,
  unread: room.unread,
  last_message: room.lastMessage && {
    id: room.lastMessage.id,
    message: room.lastMessage.message,
    from_admin: room.lastMessage.fromAdmin,
    sent_at: isoTime(room.lastMessage.sentAt),
  },
  alarm: room.alarm && { alarm_id: room.alarm.alarmId, status: room.alarm.status, triggered_at: room.alarm.triggeredAt },
  taken_by: room.claimedBy && { id: room.claimedBy.id, username: room.claimedBy.username },
  updated_at: isoTime(room.updatedAt),
  // The inbox is sorted by this. It stays the same when a waiting person writes again.
  waiting_since: room.waitingSince === null ? null : isoTime(room.waitingSince),
  resolved: room.resolved && { by: { id: room.resolved.by.id, username: room.resolved.by.username }, at: isoTime(room.resolved.at) },
  notes: room.notes,
})

export const roomFrame = (room: InboxRoom) => ({ event: 'room', room: roomToWire(room) })

export const alarmToWire = (alarm: AlarmSummary) => ({
  user_id: alarm.userId,
  username: alarm.username,
  alarm_id: alarm.alarmId,
  scenario: alarm.scenario,
  status: alarm.status,
  triggered_at: alarm.triggeredAt,
  acknowledged_at: alarm.acknowledgedAt,
  acknowledged_by: alarm.acknowledgedBy,
  ...(alarm.acknowledgedVia && { acknowledged_via: alarm.acknowledgedVia }),
})
