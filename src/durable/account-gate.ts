import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import type { GateAnswer } from '../model/read-gate.ts'
import { HOUR, SECOND } from '../model/time.ts'

interface Row extends Record<string, SqlStorageValue> {
  readonly epoch: string
  readonly bookmark: string | null
  readonly complete_at: number
  readonly written_at: number
}

/** So long after a write most replicas do not contain it yet: the primary answers sooner than they do. */
const RECENT_MS = 4 * SECOND

/**
 * How long a bookmark counts after the primary has confirmed that nothing of the account is newer. Whatever was written to the
 * database without a word to the gate, by SQL at a prompt or a Worker without the setting, is seen after this time.
 */
const CONFIRMED_MS = HOUR

/**
 * The gate of one account: the newest bookmark of D1 that a read of this account must not be older than. It may lose its storage at
 * any time. docs/adr/0023-read-replicas-behind-a-gate.md contains the proof.
 *
 * A gate that has just been created may lack newer bookmarks. So it gives none until a reader has asked it, has then read
 * from the primary, and has left that bookmark: the primary contained everything that was answered before the gate was asked, and what
 * was answered since has been left here. `epoch` shows that the gate was not lost in between.
 */
export class AccountGate extends DurableObject<Env> {
  #hasTable = false

  #row(): Row {
    const { sql } = this.ctx.storage
    if (!this.#hasTable)
      sql.exec(
        'CREATE TABLE IF NOT EXISTS gate (epoch TEXT NOT NULL, bookmark TEXT, complete_at INTEGER NOT NULL, written_at INTEGER NOT NULL)',
      )
    this.#hasTable = true
    const [row] = sql.exec<Row>('SELECT * FROM gate').toArray()
    if (row) return row
    const created = { epoch: crypto.randomUUID(), bookmark: null, complete_at: 0, written_at: 0 }
    sql.exec('INSERT INTO gate VALUES (?, NULL, 0, 0)', created.epoch)
    return created
  }

  async open(): Promise<GateAnswer> {
    const { epoch, bookmark, complete_at: completeAt, written_at: writtenAt } = this.#row()
    const now = Date.now()
    return { epoch, bookmark: now - completeAt < CONFIRMED_MS && now - writtenAt >= RECENT_MS ? bookmark : null }
  }

  /** `epoch`: of the gate before the bookmark was read from the primary; null if the bookmark comes from elsewhere. */
  async leave(bookmark: string, epoch: string | null, isWrite: boolean): Promise<void> {
    const row = this.#row()
    const now = Date.now()
    this.ctx.storage.sql.exec(
      'UPDATE gate SET bookmark = ?, complete_at = ?, written_at = ?',
      row.bookmark !== null && row.bookmark > bookmark ? row.bookmark : bookmark,
      epoch === row.epoch ? now : row.complete_at,
      isWrite ? now : row.written_at,
    )
  }

  /** For a change of the database that left no bookmark. */
  async clear(): Promise<void> {
    this.#hasTable = false
    await this.ctx.storage.deleteAll()
  }
}
