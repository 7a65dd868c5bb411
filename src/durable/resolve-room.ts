import { decideResolution } from '../model/room-machine.ts'
import type { PersonRef } from '../model/support.ts'
import type { RoomTables } from './room-tables.ts'

/** Resolves a conversation and releases its claim. False if the person has written after `seen`. The caller opens the transaction. */
export const resolveRoom = (tables: RoomTables, by: PersonRef, seen: number, now: number): boolean => {
  const newest = tables.newestMessageId()
  const resolution = decideResolution({ newest, newestByPerson: tables.newestMessageIdByPerson() }, { by, seen, now })
  if (!resolution) return false
  tables.setResolution(resolution)
  tables.setClaimedBy(null)
  tables.markRead(true, newest)
  return true
}
