import { emergencyNumbersFor } from '../domain/assistant/emergency-numbers.ts'
import type { Settings } from '../model/settings.ts'
import { desksOf, type NewMessage, type StoredMessage } from '../model/support.ts'
import { type Notice, noticeText, startsConversation } from '../model/waiting.ts'
import { addWithFile } from './add-message.ts'
import { RoomNotes } from './room-notes.ts'
import { RoomTables } from './room-tables.ts'
import { RoomWaiting } from './room-waiting.ts'

/** Everything that a room stores. */
export interface RoomStorage {
  readonly tables: RoomTables
  readonly notes: RoomNotes
  readonly waiting: RoomWaiting
}

export const openRoomStorage = (sql: SqlStorage): RoomStorage => {
  const tables = new RoomTables(sql)
  return { tables, notes: new RoomNotes(sql), waiting: new RoomWaiting(sql, tables) }
}

interface AddedMessage {
  readonly message: StoredMessage
  readonly isNew: boolean
  /** The automatic answer to the first message of a conversation. */
  readonly notice: Notice | null
}

/** Stores a message, its event for the desks, and the automatic answer. Null if its file cannot be sent. The caller opens the transaction, so all are stored or none. */
export const addMessage = (
  { tables, waiting }: RoomStorage,
  input: NewMessage,
  { settings, country, now }: { readonly settings: Settings; readonly country: string | null; readonly now: number },
): AddedMessage | null => {
  const before = { lastSentAt: tables.newestMessageTime(), isResolved: tables.resolution() !== null }
  const added = addWithFile(tables, input, now)
  if (!added) return null
  const { message, isNew } = added
  if (!isNew) return { message, isNew, notice: null }
  const { id, fromAdmin, sentAt } = message
  const event = { type: 'message', message: { id, message: message.message, fromAdmin, sentAt } } as const
  tables.enqueueForDesks(desksOf(tables.person()?.id ?? 0), event, input.connectionId)
  if (fromAdmin || !startsConversation(before, now)) return { message, isNew, notice: null }
  const text = noticeText({
    isStaffed: waiting.isStaffed(),
    hours: settings.support.hours,
    announcesAfterMs: settings.alarm.channels.includes('email') ? settings.support.announceReplyMs : null,
    ...emergencyNumbersFor(country),
  })
  return { message, isNew, notice: waiting.addNotice(id, text, sentAt) }
}
