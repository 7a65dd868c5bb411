import type { Rooms } from '../../../src/cli/move/target/rooms.ts'
import type { StoredMessage } from '../../../src/model/support.ts'

/** Rooms in memory, with the rules of those of the Worker, which test/domain/support/former-messages.test.ts tests. */

export interface TestRooms extends Rooms {
  /** What is stored, by account. */
  readonly messages: ReadonlyMap<number, readonly StoredMessage[]>
  /** Someone writes a message here. */
  write(accountId: number, message: string): void
  /** Called when a room has stored messages, and before the caller gets the answer: throws to stop an import there. */
  afterAdd: () => void
  /** Calls that have stored or would have stored messages. */
  calls: number
}

interface Room {
  nextId: number
  newestFormer: number
  messages: StoredMessage[]
}

export const createRooms = (accountExists: (id: number) => boolean): TestRooms => {
  const all = new Map<number, Room>()
  const roomOf = (accountId: number): Room => {
    const room = all.get(accountId) ?? { nextId: 1, newestFormer: 0, messages: [] }
    all.set(accountId, room)
    return room
  }
  const newestOf = ({ messages }: Room): number => messages.at(-1)?.id ?? 0
  const isUsed = (room: Room): boolean => newestOf(room) > room.newestFormer
  const rooms: TestRooms = {
    get messages() {
      return new Map([...all].map(([account, { messages }]) => [account, messages] as const).filter(([, { length }]) => length > 0))
    },
    afterAdd: () => undefined,
    calls: 0,
    write: (accountId, message) => {
      const { messages, nextId } = roomOf(accountId)
      messages.push({ id: nextId, message, fromAdmin: false, senderId: accountId, senderName: 'me', clientId: null, sentAt: Date.now() })
      roomOf(accountId).nextId++
    },
    add: async (accountId, messages) => {
      if (!accountExists(accountId)) return null
      const room = roomOf(accountId)
      const isClosed = isUsed(room)
      const stored = messages.map(({ clientId, from, message, sentAt }) => {
        const known = room.messages.find((other) => other.clientId === clientId)
        if (known || isClosed) return known ?? null
        const [senderId, senderName] = from === null ? [accountId, 'me'] : [0, from]
        const time = Math.max(sentAt, room.messages.at(-1)?.sentAt ?? sentAt)
        const added = { id: room.nextId++, message, fromAdmin: from !== null, senderId, senderName, clientId, sentAt: time }
        room.messages.push(added)
        return added
      })
      if (!isClosed) room.newestFormer = newestOf(room)
      rooms.calls++
      rooms.afterAdd()
      return stored
    },
    remove: async (accountId, clientIds) => {
      if (!accountExists(accountId)) {
        all.delete(accountId)
        return true
      }
      const room = roomOf(accountId)
      if (isUsed(room)) return false
      room.messages = room.messages.filter(({ clientId }) => clientId === null || !clientIds.includes(clientId))
      return true
    },
    read: async (accountId, after, upTo) => roomOf(accountId).messages.filter(({ id }) => id > after && id <= upTo),
  }
  return rooms
}
