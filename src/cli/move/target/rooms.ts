import type { FormerMessage, StoredMessage } from '../../../model/support.ts'
import { callWorker } from '../../call-worker.ts'
import type { Operator } from '../../platform.ts'

/** The rooms of people, which only the Worker can reach. */

export interface Rooms {
  /** Each message as it is stored; null for one that came too late, because the room is in use here. Null if there is no such account. */
  add(accountId: number, messages: readonly FormerMessage[]): Promise<readonly (StoredMessage | null)[] | null>
  /** False if the room was used since; then nothing changes. */
  remove(accountId: number, clientIds: readonly string[]): Promise<boolean>
  /** The messages after one id and up to another one, oldest first. */
  read(accountId: number, after: number, upTo: number): Promise<readonly StoredMessage[]>
}

export const workerRooms = (operator: Operator | undefined): Rooms => {
  const call = <T>(work: (worker: Operator) => Promise<T>): Promise<T> =>
    callWorker(async () => {
      if (!operator) throw new Error('no service binding')
      return work(operator)
    })
  return {
    add: (accountId, messages) => call(async (worker) => worker.addFormerMessages(accountId, messages)),
    remove: (accountId, clientIds) => call(async (worker) => worker.removeFormerMessages(accountId, clientIds)),
    read: (accountId, after, upTo) =>
      call(async (worker) => {
        const messages: StoredMessage[] = []
        for (let last = after; last < upTo; ) {
          const part = await worker.supportMessages(accountId, last, upTo)
          messages.push(...part)
          last = part.at(-1)?.id ?? upTo
        }
        return messages
      }),
  }
}

/** Several rooms at once: most of the time of a call is spent on the way. */
const AT_ONCE = 10

export const forEachRoom = async <T>(rooms: Iterable<T>, work: (room: T) => Promise<void>): Promise<void> => {
  const waiting = [...rooms]
  const worker = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await work(next)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
