import { PUSH_LEASE_MS, PUSH_LIFETIME_MS, type PushMessage } from '../model/push.ts'
import { retryDelay } from '../model/retry.ts'

/** The messages to the devices of staff that have not arrived everywhere yet. */

// tag: a newer message about the same alarm replaces an older one.
// message: JSON.
// done: JSON: the ids of the devices to which nothing is to be sent any more.
const SCHEMA = `CREATE TABLE IF NOT EXISTS pushes (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  tag TEXT NOT NULL UNIQUE,
  message TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  done TEXT NOT NULL DEFAULT '[]'
)`

type Row = { number: number; message: string; created_at: number; attempts: number; done: string }

export interface PushDependencies {
  readonly now: () => number
  /** Null if Web Push is not configured. */
  readonly push:
    | ((
        message: PushMessage,
        except: readonly number[],
      ) => Promise<{ readonly done: readonly number[]; readonly failed: number; readonly retryAfterMs: number | null }>)
    | null
}

export class DeskPushes {
  readonly #sql: SqlStorage
  readonly #dependencies: () => PushDependencies

  constructor(sql: SqlStorage, dependencies: () => PushDependencies) {
    this.#sql = sql
    this.#dependencies = dependencies
    sql.exec(SCHEMA)
  }

  add(message: PushMessage): void {
    const { push, now } = this.#dependencies()
    if (!push) return
    this.#sql.exec(
      'INSERT OR REPLACE INTO pushes (tag, message, created_at, due_at) VALUES (?, ?, ?, ?)',
      message.tag,
      JSON.stringify(message),
      now(),
      now(),
    )
  }

  nextDue(): number | null {
    return this.#sql.exec<{ due_at: number | null }>('SELECT min(due_at) AS due_at FROM pushes').one().due_at
  }

  /** Sends what is due. What is being sent is due again later, in case the object stops meanwhile. */
  async run(): Promise<void> {
    const { now } = this.#dependencies()
    const rows = this.#sql
      .exec<Row>(
        'UPDATE pushes SET due_at = ?, attempts = attempts + 1 WHERE due_at <= ? RETURNING number, message, created_at, attempts, done',
        now() + PUSH_LEASE_MS,
        now(),
      )
      .toArray()
    await Promise.all(rows.map((row) => this.#send(row)))
  }

  async #send({ number, message, created_at: createdAt, attempts, done }: Row): Promise<void> {
    const { push, now } = this.#dependencies()
    const before: readonly number[] = JSON.parse(done)
    const failed = { done: [], failed: 1, retryAfterMs: null }
    const result = push ? await push(JSON.parse(message), before).catch(() => failed) : null
    // A newer message has another number: it is left alone.
    if (!result || result.failed === 0) return this.#remove(number)
    const at = now() + retryDelay(attempts, Math.random(), result.retryAfterMs)
    if (at > createdAt + PUSH_LIFETIME_MS) return this.#remove(number)
    this.#sql.exec('UPDATE pushes SET due_at = ?, done = ? WHERE number = ?', at, JSON.stringify([...before, ...result.done]), number)
  }

  #remove(number: number): void {
    this.#sql.exec('DELETE FROM pushes WHERE number = ?', number)
  }
}
