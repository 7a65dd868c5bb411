import { fileMessage, UNSENT_FILE_MS } from '../model/chat-file.ts'
import type { NewMessage, StoredMessage } from '../model/support.ts'
import type { RoomTables } from './room-tables.ts'

/**
 * Stores a message, and that it refers to a file. Null if the sender has not uploaded this file, or too long ago. A file belongs
 * to one message: sent twice, even with different client ids, it is stored once. The caller opens the transaction.
 */
export const addWithFile = (
  tables: RoomTables,
  input: NewMessage,
  now: number,
): { readonly message: StoredMessage; readonly isNew: boolean } | null => {
  if (input.fileId === undefined) return tables.addMessage(input, now)
  const file = tables.files.find(input.fileId)
  if (file?.senderId !== input.sender.id) return null
  const [sent] = file.messageId === null ? [] : tables.messagesAfter(file.messageId - 1, file.messageId, 1)
  if (sent) return { message: sent, isNew: false }
  if (file.uploadedAt + UNSENT_FILE_MS <= now) return null
  const { message, isNew } = tables.addMessage({ ...input, message: fileMessage(file) }, now)
  if (!isNew) return { message, isNew }
  tables.files.attach(file.id, message.id)
  const { id, name, type, size } = file
  return { message: { ...message, file: { id, name, type, size } }, isNew }
}
