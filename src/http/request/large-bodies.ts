import { SECOND } from '../../model/time.ts'
import { HttpError, throttled } from '../response/errors.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Reads a body that is larger than most, when there is memory for it. */
export interface LargeBody {
  read(read: () => Promise<Bytes>): Promise<Bytes>
}

interface LargeBodyOfRequest extends LargeBody {
  /** When the response is made. Frees what was read: the garbage collector would do so much later. */
  release(): void
}

/**
 * How many of them an isolate holds at the same time. A picture and its copy without metadata take 10 MiB, and all requests of the
 * isolate share 128 MB.
 */
const MAX_HELD = 4
const LONGEST_WAIT_MS = 30 * SECOND
const POLL_MS = 20
/**
 * If others wait, a body is held for this time at most. So clients that send slowly cannot block all others, nor can those that have
 * disconnected: the platform drops their requests without notice, and no `finally` runs (docs/adr/0009-polling-lock.md).
 */
const LONGEST_HOLD_MS = 20 * SECOND
const CHECK_MS = SECOND

interface Slot {
  readonly until: number
}

/** One per isolate. Other requests wait before the platform has received their bodies: the client's connection is slowed down. */
export const createLargeBodies = () => {
  const held = new Set<Slot>()

  const acquire = async (): Promise<Slot> => {
    for (const deadline = Date.now() + LONGEST_WAIT_MS; ; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
      const now = Date.now()
      if (held.size >= MAX_HELD) for (const slot of held) if (slot.until < now) held.delete(slot)
      if (held.size < MAX_HELD) {
        const slot = { until: now + LONGEST_HOLD_MS }
        held.add(slot)
        return slot
      }
      if (now > deadline) throw new HttpError(throttled(LONGEST_HOLD_MS / SECOND))
    }
  }

  /** Stops waiting for a body whose slot another request has taken. */
  const whileHeld = (slot: Slot, reading: Promise<Bytes>): Promise<Bytes> =>
    new Promise((resolve, reject) => {
      const timer = setInterval(() => {
        if (!held.has(slot)) reject(new HttpError(throttled(LONGEST_HOLD_MS / SECOND)))
      }, CHECK_MS)
      reading.then(resolve, reject).finally(() => clearInterval(timer))
    })

  return {
    forRequest: (): LargeBodyOfRequest => {
      let slot: Slot | null = null
      let bytes: Bytes | null = null
      return {
        read: async (read) => {
          slot ??= await acquire()
          bytes = await whileHeld(slot, read())
          return bytes
        },
        release: () => {
          if (slot) held.delete(slot)
          bytes?.buffer.transfer(0)
        },
      }
    },
  }
}
