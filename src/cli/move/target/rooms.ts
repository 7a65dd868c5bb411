import * as z from 'zod/mini'
import type { FormerMessage, StoredMessage } from '../../../model/support.ts'
import { callWorker } from '../../call-worker.ts'

/** The rooms of people, which only the Worker can reach. */

export interface Rooms {
  /** Each message as it is stored; null for one that came too late, because the room is in use here. Null if there is no such account. */
  add(accountId: number, messages: readonly FormerMessage[]): Promise<readonly (StoredMessage | null)[] | null>
  /** False if the room was used since; then nothing changes. */
  remove(accountId: number, clientIds: readonly string[]): Promise<boolean>
  /** The messages after one id and up to another one, oldest first. */
  read(accountId: number, after: number, upTo: number): Promise<readonly StoredMessage[]>
}

/** Imported messages have no files. */
const Stored = z.object({
  id: z.number(),
  message: z.string(),
  fromAdmin: z.boolean(),
  senderId: z.number(),
  senderName: z.string(),
  clientId: z.nullable(z.string()),
  sentAt: z.number(),
})
const Added = z.nullable(z.array(z.nullable(Stored)))
const Read = z.array(Stored)

/** `call`: calls a method of the running Worker's `Operator`. */
export const workerRooms = (call: (method: string, ...parameters: readonly unknown[]) => Promise<unknown>): Rooms => ({
  add: (accountId, messages) => callWorker(async () => Added.parse(await call('addFormerMessages', accountId, messages))),
  remove: (accountId, clientIds) => callWorker(async () => (await call('removeFormerMessages', accountId, clientIds)) === true),
  read: (accountId, after, upTo) =>
    callWorker(async () => {
      const messages: StoredMessage[] = []
      for (let last = after; last < upTo; ) {
        const part = Read.parse(await call('supportMessages', accountId, last, upTo))
        messages.push(...part)
        last = part.at(-1)?.id ?? upTo
      }
      return messages
    }),
})

/** Several rooms at once, because most of the time of a call is latency. */
const AT_ONCE = 10

export const forEachRoom = async <T>(rooms: Iterable<T>, work: (room: T) => Promise<void>): Promise<void> => {
  const waiting = [...rooms]
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await work(next)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
