import { withTimeout } from '../model/timeout.ts'
import type { DeskPresence } from '../model/waiting.ts'
import type { DeskTables } from './desk-tables.ts'

/** Rooms that are notified at the same time. */
const PARALLEL_ROOMS = 20
const ROOM_TIMEOUT_MS = 5_000

interface DeskStaffOptions {
  /** The id of the desk's object. */
  readonly desk: string
  readonly tables: DeskTables
  /** Whether a staff member is connected to the desk. */
  readonly isConnected: () => boolean
  readonly notifyRoom: (accountId: number, presence: DeskPresence) => Promise<void>
}

/**
 * Notifies the occupied rooms when the first staff member connects to the desk, and when the last one has left. A room that
 * becomes occupied later gets it in the response to its report.
 */
export class DeskStaff {
  readonly #options: DeskStaffOptions
  #isNotifying = false

  constructor(options: DeskStaffOptions) {
    this.#options = options
  }

  get presence(): DeskPresence {
    const { desk, tables } = this.#options
    return { desk, version: tables.getValue('staff_version') ?? 0, isStaffed: tables.getValue('staffed') === 1 }
  }

  /** A staff member has connected. */
  async arrived(): Promise<void> {
    this.#set(true)
    await this.#notifyRooms()
  }

  /**
   * Called some seconds apart while there is any connection. Only this check detects that the last one has left, so that
   * reloading the console is not reported. Rooms that could not be notified are notified again.
   */
  async check(): Promise<void> {
    this.#set(this.#options.isConnected())
    await this.#notifyRooms()
  }

  #set(isStaffed: boolean): void {
    const { tables } = this.#options
    const { version, isStaffed: before } = this.presence
    if (isStaffed === before) return
    tables.setValue('staffed', isStaffed ? 1 : 0)
    tables.setValue('staff_version', version + 1)
  }

  /** If the presence changes meanwhile, the rooms are notified once more. */
  async #notifyRooms(): Promise<void> {
    if (this.#isNotifying) return
    this.#isNotifying = true
    let sent: DeskPresence
    do {
      sent = this.presence
      if (sent.version !== (this.#options.tables.getValue('staff_told') ?? 0)) await this.#notifyEachRoom(sent)
    } while (sent.version !== this.presence.version)
    this.#isNotifying = false
  }

  async #notifyEachRoom(presence: DeskPresence): Promise<void> {
    const { tables, notifyRoom } = this.#options
    const rooms = tables.occupiedRooms()
    let failed = 0
    const notifyNext = async (): Promise<void> => {
      for (let room = rooms.shift(); room !== undefined; room = rooms.shift()) {
        await withTimeout(notifyRoom(room, presence), ROOM_TIMEOUT_MS).catch(() => failed++)
      }
    }
    await Promise.all(Array.from({ length: PARALLEL_ROOMS }, notifyNext))
    if (failed === 0) tables.setValue('staff_told', presence.version)
  }
}
