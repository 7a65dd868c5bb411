import { withTimeout } from '../model/timeout.ts'
import type { DeskPresence } from '../model/waiting.ts'
import type { DeskTables } from './desk-tables.ts'

/** Rooms that are told at the same time. */
const PARALLEL_ROOMS = 20
const ROOM_TIMEOUT_MS = 5_000

interface DeskStaffOptions {
  /** The id of the desk's object. */
  readonly desk: string
  readonly tables: DeskTables
  /** Whether a staff member is connected to the desk. */
  readonly isConnected: () => boolean
  readonly tellRoom: (accountId: number, presence: DeskPresence) => Promise<void>
}

/**
 * Tells the occupied rooms when the first staff member comes to the desk, and when the last one has left. A room that becomes
 * occupied later learns it from the answer to its report.
 */
export class DeskStaff {
  readonly #options: DeskStaffOptions
  #isTelling = false

  constructor(options: DeskStaffOptions) {
    this.#options = options
  }

  get presence(): DeskPresence {
    const { desk, tables } = this.#options
    return { desk, version: tables.getValue('staff_version') ?? 0, isStaffed: tables.getValue('staffed') === 1 }
  }

  /** Somebody has connected. */
  async arrived(): Promise<void> {
    this.#set(true)
    await this.#tellRooms()
  }

  /**
   * Called some seconds apart while there is any connection. Only here is it noticed that the last one has left: whoever
   * reloads the console is not reported as gone. Rooms that could not be told are told again.
   */
  async check(): Promise<void> {
    this.#set(this.#options.isConnected())
    await this.#tellRooms()
  }

  #set(isStaffed: boolean): void {
    const { tables } = this.#options
    const { version, isStaffed: before } = this.presence
    if (isStaffed === before) return
    tables.setValue('staffed', isStaffed ? 1 : 0)
    tables.setValue('staff_version', version + 1)
  }

  /** If it changes meanwhile, the rooms are told once more. */
  async #tellRooms(): Promise<void> {
    if (this.#isTelling) return
    this.#isTelling = true
    let told: DeskPresence
    do {
      told = this.presence
      if (told.version !== (this.#options.tables.getValue('staff_told') ?? 0)) await this.#tellEachRoom(told)
    } while (told.version !== this.presence.version)
    this.#isTelling = false
  }

  async #tellEachRoom(presence: DeskPresence): Promise<void> {
    const { tables, tellRoom } = this.#options
    const rooms = tables.occupiedRooms()
    let failed = 0
    const tell = async (): Promise<void> => {
      for (let room = rooms.shift(); room !== undefined; room = rooms.shift()) {
        await withTimeout(tellRoom(room, presence), ROOM_TIMEOUT_MS).catch(() => failed++)
      }
    }
    await Promise.all(Array.from({ length: PARALLEL_ROOMS }, tell))
    if (failed === 0) tables.setValue('staff_told', presence.version)
  }
}
