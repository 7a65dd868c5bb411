import { deskStateFrame, messageFrame, noticeFrame, readReceiptFrame } from '../dialects/recovery/frames.ts'
import { clientIdFor, fileFor, senderFor } from '../model/room-machine.ts'
import type { ConnectionState, StoredMessage } from '../model/support.ts'
import type { RoomWaiting } from './room-waiting.ts'

/** The frame of a message for each connection. Equal frames are one object: a broadcast writes each object as JSON once. */
export const messageFrames = (
  numberOf: (accountId: number) => number,
  personId: number,
  message: StoredMessage,
): ((connection: ConnectionState) => object) => {
  const frames = new Map<string, object>()
  return (connection) => {
    const [clientId, sender, file] = [clientIdFor(connection, message), senderFor(connection, message), fileFor(connection, message)]
    const variant = `${clientId !== null} ${sender !== null} ${file !== null}`
    const frame =
      frames.get(variant) ?? messageFrame(personId, message, { clientId, sender: sender && { ...sender, id: numberOf(sender.id) }, file })
    frames.set(variant, frame)
    return frame
  }
}

/** How far each side has read, for a client that connects: it may have missed when that changed. */
export const readMarkFrames = (personId: number, lastReadBy: (byStaff: boolean) => number): object[] =>
  [true, false].flatMap((byStaff) => {
    const id = lastReadBy(byStaff)
    return id > 0 ? [readReceiptFrame(personId, id, byStaff)] : []
  })

/** The automatic answers, and for the person whether staff are at the desk, if a desk has reported it already. */
export const waitingFrames = (personId: number, waiting: RoomWaiting, forStaff: boolean): object[] => {
  const isStaffed = forStaff ? null : waiting.isStaffed()
  return [
    ...waiting.notices().map((notice) => noticeFrame(personId, notice)),
    ...(isStaffed === null ? [] : [deskStateFrame(personId, isStaffed)]),
  ]
}
