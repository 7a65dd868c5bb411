import type { StoredMessage } from '../model/support.ts'
import { type FileColumns, fileOf } from './room-files.ts'

/** The rows of a room's messages, and the type of the model that they are mapped to. */

export type MessageRow = {
  id: number
  sender_id: number
  sender_name: string
  from_admin: number
  message: string
  client_id: string | null
  sent_at: number
} & FileColumns

export const MESSAGES = 'SELECT * FROM messages LEFT JOIN files ON files.message_id = messages.id'

export const messageFrom = (row: MessageRow): StoredMessage => ({
  id: row.id,
  message: row.message,
  fromAdmin: row.from_admin === 1,
  senderId: row.sender_id,
  senderName: row.sender_name,
  clientId: row.client_id,
  sentAt: row.sent_at,
  ...fileOf(row),
})
