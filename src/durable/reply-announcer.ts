import { withTimeout } from '../model/timeout.ts'
import { untilAnnouncement } from '../model/waiting.ts'
import type { RoomWaiting } from './room-waiting.ts'

const SEND_TIMEOUT_MS = 10_000

interface AnnouncerOptions {
  readonly delayMs: number
  /** Null if the room was erased, and has stored nothing since. */
  readonly waiting: () => RoomWaiting | null
  readonly now: () => number
  /** Whether the person has a client open that shows messages and sends no read marks. */
  readonly hasOldClient: () => boolean
  /** Once per key, however often it is called. */
  readonly send: (key: string) => Promise<void>
  readonly wakeWithin: (ms: number) => void
}

/** Announces replies of staff that the person has not seen. The tables contain what is due, so it survives a restart of the object. */
export class ReplyAnnouncer {
  readonly #options: AnnouncerOptions
  /** Failed attempts since the last one that succeeded. */
  #failures = 0

  constructor(options: AnnouncerOptions) {
    this.#options = options
  }

  /** Makes the room wake up when a reply has to be announced. */
  schedule(): void {
    const { waiting, delayMs, now, wakeWithin } = this.#options
    const due = waiting()?.announcementDueAt(delayMs, now()) ?? null
    const ms = untilAnnouncement(due?.at ?? null, this.#failures, now())
    if (ms !== null) wakeWithin(ms)
  }

  /** If the object ends between the two writes, the next alarm sends the same key again. */
  async announceIfDue(): Promise<void> {
    const { delayMs, now, hasOldClient, send } = this.#options
    const waiting = this.#options.waiting()
    const due = waiting?.announcementDueAt(delayMs, now())
    if (!waiting || !due || due.at > now()) return
    if (hasOldClient()) return waiting.markShown()
    try {
      await withTimeout(send(waiting.announcementKey(due.replyId)), SEND_TIMEOUT_MS)
      if (waiting === this.#options.waiting()) waiting.markAnnounced(due.replyId)
      this.#failures = 0
    } catch {
      this.#failures++
    }
  }
}
