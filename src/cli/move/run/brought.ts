import { DatabaseSync } from 'node:sqlite'
import { query, type Target, textOf } from '../target/target.ts'

/** The ledger of one run, in a temporary database: which rows here it has brought. */

export interface BroughtRow {
  readonly model: string
  readonly key: string
  readonly target: string
  readonly digest: string
}

const SCHEMA = `
  PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
  CREATE TABLE brought (table_name TEXT, target TEXT, model TEXT, key TEXT, digest TEXT, PRIMARY KEY (table_name, target)) WITHOUT ROWID;
  CREATE INDEX brought_by_model ON brought (model, target);
  BEGIN;`

const PAGE = 2000

const rowFrom = ({ model, key, target, digest }: Readonly<Record<string, unknown>>): BroughtRow => ({
  model: `${model}`,
  key: `${key}`,
  target: `${target}`,
  digest: `${digest}`,
})

export class Brought {
  readonly #database = new DatabaseSync('')
  readonly #insert
  readonly #find
  readonly #page
  readonly #delete

  constructor() {
    this.#database.exec(SCHEMA)
    this.#insert = this.#database.prepare('INSERT OR IGNORE INTO brought VALUES (?, ?, ?, ?, ?)')
    this.#find = this.#database.prepare('SELECT model, key, target, digest FROM brought WHERE table_name = ? AND target = ?')
    this.#page = this.#database.prepare(
      'SELECT model, key, target, digest FROM brought WHERE model = ? AND target > ? ORDER BY target LIMIT ?',
    )
    this.#delete = this.#database.prepare('DELETE FROM brought WHERE table_name = ? AND target = ?')
  }

  /** `tableOf`: the table into which the rows of a model are moved. */
  async read(target: Target, moveId: string, tableOf: (model: string) => string | null): Promise<void> {
    let [chunk, key] = [0, '']
    for (;;) {
      const rows = await query(
        target,
        `SELECT moved_rows.chunk_id AS chunk_id, moved_rows.model AS model, source_key, target_key, digest FROM move_chunks
         JOIN moved_rows ON moved_rows.chunk_id = move_chunks.id
         WHERE move_id = ? AND move_chunks.id >= ? AND (moved_rows.chunk_id, source_key) > (?, ?)
         ORDER BY move_chunks.id, source_key LIMIT ${PAGE}`,
        moveId,
        chunk,
        chunk,
        key,
      )
      for (const row of rows) {
        const table = tableOf(textOf(row, 'model'))
        if (table !== null) {
          this.#insert.run(table, textOf(row, 'target_key'), textOf(row, 'model'), textOf(row, 'source_key'), textOf(row, 'digest'))
        }
      }
      const last = rows.at(-1)
      if (!last || rows.length < PAGE) return
      chunk = Number(last.chunk_id)
      key = textOf(last, 'source_key')
    }
  }

  find(table: string, target: string): BroughtRow | null {
    const row = this.#find.get(table, target)
    return row ? rowFrom(row) : null
  }

  remove(table: string, target: string): void {
    this.#delete.run(table, target)
  }

  /** The rows of a model, by the page. Rows of a page may be removed before the next one is read. */
  *pages(model: string, size: number): Generator<readonly BroughtRow[], void> {
    let last = ''
    for (;;) {
      const rows = this.#page.all(model, last, size).map(rowFrom)
      if (rows.length > 0) yield rows
      last = rows.at(-1)?.target ?? ''
      if (rows.length < size) return
    }
  }

  /** Those whose target begins with the id of an account. */
  ofRoom(model: string, account: string): BroughtRow[] {
    return this.#database
      .prepare('SELECT model, key, target, digest FROM brought WHERE model = ? AND target > ? AND target < ?')
      .all(model, `${account} `, `${account}!`)
      .map(rowFrom)
  }

  count(model: string): number {
    return Number(this.#database.prepare('SELECT COUNT(*) AS rows FROM brought WHERE model = ?').get(model)?.rows)
  }

  close(): void {
    this.#database.close()
  }
}
