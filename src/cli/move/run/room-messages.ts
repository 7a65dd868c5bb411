import { DatabaseSync } from 'node:sqlite'
import type { Surroundings } from '../rows/placing.ts'
import type { RoomPhase, RoomPlacement } from '../rows/rooms.ts'
import type { Staging } from '../staging/staging.ts'
import type { Rooms } from '../target/rooms.ts'
import type { Target } from '../target/target.ts'
import type { Progress } from './progress.ts'
import type { Report } from './report.ts'

/**
 * The messages of all rooms, room by room, in a temporary database: a source has those of all people side by side, and each call
 * to a room costs the same for one message as for many.
 */

/** What an import of messages and its verification need. */
export interface RoomRun {
  readonly staging: Staging
  readonly target: Target
  readonly rooms: Rooms
  readonly around: Surroundings
  readonly report: Report
  readonly progress: Progress
}

export interface RoomItem extends RoomPlacement {
  readonly key: string
}

const SCHEMA = `
  PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
  CREATE TABLE messages (account INTEGER, key TEXT, client_id TEXT, sender TEXT, message TEXT, sent_at INTEGER);
  BEGIN;`

class RoomMessages {
  readonly #database = new DatabaseSync('')
  readonly #insert
  count = 0

  constructor() {
    this.#database.exec(SCHEMA)
    this.#insert = this.#database.prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)')
  }

  add({ key, account, message: { clientId, from, message, sentAt } }: RoomItem): void {
    this.#insert.run(account, key, clientId, from, message, sentAt)
    this.count++
  }

  /** Room by room, and in each of them in the order in which they were added. */
  *inOrder(): Generator<RoomItem, void> {
    this.#database.exec('CREATE INDEX messages_by_room ON messages (account)')
    for (const row of this.#database.prepare('SELECT * FROM messages ORDER BY account, rowid').iterate()) {
      yield {
        key: `${row.key}`,
        account: Number(row.account),
        message: {
          clientId: `${row.client_id}`,
          from: row.sender === null ? null : `${row.sender}`,
          message: `${row.message}`,
          sentAt: Number(row.sent_at),
        },
      }
    }
  }

  close(): void {
    this.#database.close()
  }
}

export const messagesByRoom = (staging: Staging, { model, place }: RoomPhase, around: Surroundings): RoomMessages => {
  const messages = new RoomMessages()
  for (const record of staging.records(model)) {
    const placement = place(record, around)
    if (placement) messages.add({ ...placement, key: record.keyText })
  }
  return messages
}
