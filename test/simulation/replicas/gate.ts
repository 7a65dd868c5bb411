import { DurableObject } from '../platform/cloudflare-workers.ts'

/**
 * The gate of one account: the newest bookmark that a read of this account must not be older than. The design under proof
 * (docs/adr/0023-read-replicas-behind-a-gate.md); it is not part of the Worker.
 */

interface GateStorage {
  readonly sql: {
    exec(query: string, ...bindings: (string | number | null)[]): { toArray(): readonly Readonly<Record<string, unknown>>[] }
  }
  deleteAll(): Promise<void>
}

export interface GateAnswer {
  /** Changes when the gate has lost what it knew. */
  readonly epoch: string
  /** Null: the gate has no bookmark, so the primary is asked. */
  readonly bookmark: string | null
  /** Something was written so recently that few replicas have it: waiting for one takes longer than the primary. */
  readonly isRecent: boolean
}

export interface Gate {
  open(): Promise<GateAnswer>
  /** Notes a bookmark. `epoch` is the one that the gate had before the database was asked. */
  leave(epoch: string, bookmark: string, isWrite: boolean): Promise<void>
}

const RECENT_MS = 4000

interface Row {
  readonly epoch: string
  readonly bookmark: string | null
  readonly writtenAt: number
}

export class ReadGate extends DurableObject implements Gate {
  readonly #storage: GateStorage

  constructor(ctx: { readonly storage: GateStorage }, env: unknown) {
    super(ctx, env)
    this.#storage = ctx.storage
    this.#createTable()
  }

  #createTable(): void {
    this.#storage.sql.exec('CREATE TABLE IF NOT EXISTS gate (epoch TEXT NOT NULL, bookmark TEXT, written_at INTEGER NOT NULL)')
  }

  #row(): Row {
    const [row] = this.#storage.sql.exec('SELECT epoch, bookmark, written_at FROM gate').toArray()
    if (row) {
      const { epoch, bookmark, written_at: writtenAt } = row
      return { epoch: String(epoch), bookmark: typeof bookmark === 'string' ? bookmark : null, writtenAt: Number(writtenAt) }
    }
    const epoch = String(Math.random())
    this.#storage.sql.exec('INSERT INTO gate VALUES (?, NULL, 0)', epoch)
    return { epoch, bookmark: null, writtenAt: 0 }
  }

  async open(): Promise<GateAnswer> {
    const { epoch, bookmark, writtenAt } = this.#row()
    return { epoch, bookmark, isRecent: Date.now() - writtenAt < RECENT_MS }
  }

  async leave(epoch: string, bookmark: string, isWrite: boolean): Promise<void> {
    const known = this.#row()
    // A gate that was lost since may have an older bookmark than its reader had. It keeps none, so the primary is asked.
    if (known.epoch !== epoch && known.bookmark === null) return
    if (isWrite) this.#storage.sql.exec('UPDATE gate SET written_at = ?', Date.now())
    if (known.bookmark === null || bookmark > known.bookmark) this.#storage.sql.exec('UPDATE gate SET bookmark = ?', bookmark)
  }

  /** An operator clears the gate, or it is lost. */
  async lose(): Promise<void> {
    await this.#storage.deleteAll()
    this.#createTable()
  }
}
