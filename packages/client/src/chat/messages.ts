import { asText, fieldsOf, type Parser, parseCount, parseId } from './values.ts'

/** What a conversation consists of. Frames of the socket and pages of older messages have the same form. */

export interface ChatMessage {
  /** Increases along the conversation. */
  readonly id: number
  readonly text: string
  /** Whether staff wrote it. */
  readonly fromAdmin: boolean
  /** UTC, in ISO 8601. */
  readonly sentAt: string
  /** Who wrote it. Only staff get it: to the person, all staff are "Support". */
  readonly senderName?: string
  /** The uploaded file that the message refers to. */
  readonly file?: ChatFile
}

export interface ChatFile {
  readonly id: string
  readonly name: string
  readonly type: string
  /** In bytes. */
  readonly size: number
}

/** An automatic answer of the server to the first message of a conversation. It is not a message: no user has written it. */
export interface Notice {
  readonly id: number
  /** The id of the message that it follows. */
  readonly after: number
  readonly text: string
  readonly sentAt: string
}

export interface User {
  readonly id: number
  readonly username: string
}

export const parseUser: Parser<User> = (value) => {
  const { id: rawId, username } = fieldsOf(value)
  const id = parseId(rawId)
  return id === null ? null : { id, username: asText(username) }
}

export const parseChatFile: Parser<ChatFile> = (value) => {
  const { id, name, type, size } = fieldsOf(value)
  return asText(id) === '' ? null : { id: asText(id), name: asText(name), type: asText(type), size: parseCount(size) }
}

export const parseMessage: Parser<ChatMessage> = (value) => {
  const { id: rawId, message, from_admin, sent_at, sender, file: rawFile } = fieldsOf(value)
  const id = parseId(rawId)
  if (id === null || typeof message !== 'string') return null
  const senderName = asText(fieldsOf(sender).username)
  const file = parseChatFile(rawFile)
  return {
    id,
    text: message,
    fromAdmin: from_admin === true,
    sentAt: asText(sent_at),
    ...(senderName !== '' && { senderName }),
    ...(file && { file }),
  }
}

export const parseNotice: Parser<Notice> = (value) => {
  const { id: rawId, after: rawAfter, message, sent_at } = fieldsOf(value)
  const [id, after] = [parseId(rawId), parseId(rawAfter)]
  return id === null || after === null ? null : { id, after, text: asText(message), sentAt: asText(sent_at) }
}
