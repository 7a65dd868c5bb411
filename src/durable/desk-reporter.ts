import { isAlarmInTime, reportRetryDelay } from '../model/room-machine.ts'
import type { RoomReport } from '../model/support.ts'
import { withTimeout } from '../model/timeout.ts'
import type { DeskPresence } from '../model/waiting.ts'
import type { RoomTables } from './room-tables.ts'

const REPORT_TIMEOUT_MS = 10_000
/** The pause between two reports to a desk. The next report then carries all events that were added meanwhile. */
const REPORT_INTERVAL_MS = 30

/** The platform's one alarm of an object. It only ever moves to an earlier time. */
export class ObjectAlarm {
  readonly #storage: DurableObjectStorage
  /** The latest time at which the alarm runs, so that not every message has to read it from storage. Null if unknown. */
  #at: number | null = null

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** The alarm has run, or was deleted. */
  forget(): void {
    this.#at = null
  }

  /** Makes sure that the alarm runs within this time. An earlier alarm is left as it is. */
  async setWithin(ms: number): Promise<void> {
    const at = Date.now() + ms
    if (isAlarmInTime(this.#at, at, Date.now())) return
    const current = await this.#storage.getAlarm()
    this.#at = current === null ? at : Math.min(current, at)
    if (current === null || current > at) await this.#storage.setAlarm(at)
  }
}

interface ReporterOptions {
  /** Null if the room was erased, and has stored nothing since. */
  readonly tables: () => RoomTables | null
  readonly staff: () => number[]
  readonly notes: () => number
  readonly send: (desk: string, report: RoomReport) => Promise<DeskPresence>
  /** The desk answers each report with its presence. */
  readonly onAnswer: (presence: DeskPresence) => void
  readonly onFailed: (retryAfterMs: number) => void
}

/** Sends a room's events to the desks. */
export class DeskReporter {
  readonly #options: ReporterOptions
  /** The desks that a report is being sent to. */
  readonly #reporting = new Set<string>()
  #failures = 0

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  /** Failed reports since the last one that was delivered. */
  get failures(): number {
    return this.#failures
  }

  /** One report at a time to each desk, so that they arrive in order. An event that arrives twice is stored once. */
  async report(desk: string): Promise<void> {
    const tables = this.#options.tables()
    if (this.#reporting.has(desk) || !tables) return
    this.#reporting.add(desk)
    try {
      for (;;) {
        const staff = this.#options.staff()
        const next = tables.report(desk, staff, this.#options.notes())
        if (!next) break
        // If this times out although the desk has stored the report, the desk recognises the keys of the events next time.
        const presence = await withTimeout(this.#options.send(desk, next.report), REPORT_TIMEOUT_MS)
        if (tables !== this.#options.tables()) break // the room was erased meanwhile
        tables.markDelivered(desk, next.upTo, staff)
        this.#options.onAnswer(presence)
        this.#failures = 0
        if (!next.isFull) await new Promise((resolve) => setTimeout(resolve, REPORT_INTERVAL_MS))
        if (tables !== this.#options.tables()) break
      }
    } catch {
      this.#failures++
      this.#options.onFailed(reportRetryDelay(this.#failures))
    } finally {
      this.#reporting.delete(desk)
    }
  }
}
