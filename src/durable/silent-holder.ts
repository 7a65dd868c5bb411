import { type QueueReturn, returnsToQueueAt } from '../model/silent-holder.ts'
import type { RoomTables } from './room-tables.ts'

const SCHEMA = [
  // Who held the conversation at the last look, and since when.
  `CREATE TABLE IF NOT EXISTS holders (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    holder_id INTEGER NOT NULL,
    since INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS queue_returns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    holder_id INTEGER NOT NULL,
    holder_name TEXT NOT NULL,
    at INTEGER NOT NULL
  )`,
]

interface SilentHolderOptions {
  readonly storage: DurableObjectStorage
  /** Null if the room has stored nothing. */
  readonly tables: () => RoomTables | null
  readonly silenceMs: number
  readonly now: () => number
  readonly wakeWithin: (ms: number) => void
  readonly onReturned: (returned: QueueReturn) => void
}

/**
 * Gives a conversation back to the queue if its holder is silent. It is decided and written without an await: an answer that the
 * room has stored before keeps the claim, and one that comes after is stored all the same.
 */
export class SilentHolder {
  readonly #options: SilentHolderOptions
  #createdFor: RoomTables | null = null

  constructor(options: SilentHolderOptions) {
    this.#options = options
  }

  /** Called after each message and each change of the claim: wakes the room up when the holder's time is over. */
  schedule(): void {
    const { now, wakeWithin } = this.#options
    const at = this.#returnsAt()
    if (at !== null) wakeWithin(Math.max(0, at - now()))
  }

  returnIfDue(): void {
    const { storage, now, onReturned } = this.#options
    const tables = this.#options.tables()
    const holder = tables?.claimedBy()
    const at = this.#returnsAt()
    if (!tables || !holder || at === null || at > now()) return
    const returned = { holder, at: now() }
    storage.transactionSync(() => {
      const { sql } = storage
      sql.exec('INSERT INTO queue_returns (holder_id, holder_name, at) VALUES (?, ?, ?)', holder.id, holder.username, returned.at)
      sql.exec('DELETE FROM holders')
      tables.setClaimedBy(null)
      // The holder may have read the messages. Now another staff member has to, so they count as unread again.
      tables.markUnreadByStaff()
    })
    onReturned(returned)
  }

  /** The newest first. */
  list(limit: number): QueueReturn[] {
    this.#createTables()
    return this.#options.storage.sql
      .exec<{ holder_id: number; holder_name: string; at: number }>(
        'SELECT holder_id, holder_name, at FROM queue_returns ORDER BY id DESC LIMIT ?',
        limit,
      )
      .toArray()
      .map(({ holder_id: id, holder_name: username, at }) => ({ holder: { id, username }, at }))
  }

  #returnsAt(): number | null {
    const tables = this.#options.tables()
    const holder = tables?.claimedBy()
    if (!tables || !holder) return null
    // The room may have been erased since: then it has new tables.
    if (this.#createdFor !== tables) this.#createTables()
    this.#createdFor = tables
    return returnsToQueueAt({ claimedAt: this.#heldSince(holder.id), unansweredSince: tables.unansweredSince() }, this.#options.silenceMs)
  }

  /** A holder who was not there at the last look has just claimed the conversation. */
  #heldSince(holderId: number): number {
    const { storage, now } = this.#options
    const [known] = storage.sql.exec<{ holder_id: number; since: number }>('SELECT holder_id, since FROM holders').toArray()
    if (known?.holder_id === holderId) return known.since
    const since = now()
    storage.sql.exec('INSERT OR REPLACE INTO holders VALUES (1, ?, ?)', holderId, since)
    return since
  }

  #createTables(): void {
    for (const statement of SCHEMA) this.#options.storage.sql.exec(statement)
  }
}
