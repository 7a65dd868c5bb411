import type { FormerMessage, PersonRef, StoredMessage } from '../model/support.ts'
import type { RoomTables } from './room-tables.ts'

/** Messages of a former server, in the room of a person who has moved in. They change no summary of the desk and set no alarm. */

/** Whether anyone has written a message here. Ids are not used again, so it does not depend on whether messages were removed. */
const isUsed = (tables: RoomTables): boolean => tables.newestMessageId() > tables.newestFormerId()

/**
 * Stores each message once, also if the import was interrupted before it recorded that. The ids of a room are its order, so a
 * new message cannot come before those that people have written here since: it is null then.
 */
export const addFormer = (tables: RoomTables, person: PersonRef, messages: readonly FormerMessage[]): (StoredMessage | null)[] => {
  tables.setPerson(person)
  const isClosed = isUsed(tables)
  const stored = messages.map(({ clientId, from, message, sentAt }) => {
    const sender = from === null ? person : { id: 0, username: from }
    if (isClosed) return tables.messageOf(sender.id, clientId)
    return tables.addMessage({ sender, fromAdmin: from !== null, message, clientId }, sentAt).message
  })
  if (!isClosed) tables.setNewestFormer(tables.newestMessageId())
  return stored
}

export const removeFormer = (tables: RoomTables, clientIds: readonly string[]): boolean => {
  if (isUsed(tables)) return false
  tables.removeMessages(clientIds)
  return true
}
