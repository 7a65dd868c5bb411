import { decideClaim } from '../model/room-machine.ts'
import type { NewNote, PersonRef } from '../model/support.ts'
import { resolveRoom } from './resolve-room.ts'
import type { RoomStorage } from './room-storage.ts'

interface RoomInboxOptions {
  readonly storage: DurableObjectStorage
  readonly stored: () => RoomStorage
  readonly now: () => number
  /** What the inbox shows of the room has changed. */
  readonly onChanged: () => void
}

/** What staff do with a conversation in the inbox: claim it, resolve it, write notes about it. */
export class RoomInbox {
  readonly #options: RoomInboxOptions

  constructor(options: RoomInboxOptions) {
    this.#options = options
  }

  claim(person: PersonRef, staff: PersonRef): PersonRef {
    const { tables } = this.#stored
    tables.setPerson(person)
    const { holder, isChanged } = decideClaim(tables.claimedBy(), staff)
    if (isChanged) this.#setClaim(holder)
    return holder
  }

  release(person: PersonRef): void {
    const { tables } = this.#stored
    if (!tables.claimedBy()) return
    tables.setPerson(person)
    this.#setClaim(null)
  }

  #setClaim(holder: PersonRef | null): void {
    const { tables } = this.#stored
    tables.setClaimedBy(holder)
    if (holder) tables.setResolution(null)
    this.#options.onChanged()
  }

  resolve(person: PersonRef, by: PersonRef, seen: number): boolean {
    const { tables } = this.#stored
    const { storage, now, onChanged } = this.#options
    tables.setPerson(person)
    const isResolved = storage.transactionSync(() => resolveRoom(tables, by, seen, now()))
    if (isResolved) onChanged()
    return isResolved
  }

  reopen(person: PersonRef): void {
    const { tables } = this.#stored
    if (!tables.resolution()) return
    tables.setPerson(person)
    tables.setResolution(null)
    this.#options.onChanged()
  }

  addNote(person: PersonRef, note: NewNote): void {
    const { tables, notes } = this.#stored
    tables.setPerson(person)
    if (notes.add(note, this.#options.now())) this.#options.onChanged()
  }

  get #stored(): RoomStorage {
    return this.#options.stored()
  }
}
