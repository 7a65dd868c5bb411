import type { NewNote, StaffNote } from '../model/support.ts'

/**
 * The notes that staff write about a person, in the object of the person's room: they are deleted together with it. No frame,
 * history or transcript contains them.
 */

// author_name: at the time of writing.
// client_id: the author's id for the note: sent twice, it is stored once.
const SCHEMA = `CREATE TABLE IF NOT EXISTS notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  author_id INTEGER NOT NULL,
  author_name TEXT NOT NULL,
  text TEXT NOT NULL,
  client_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (author_id, client_id)
)`

type NoteRow = { id: number; author_id: number; author_name: string; text: string; at: number }

export class RoomNotes {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(SCHEMA)
  }

  /** False if this author has stored a note with this client id before. */
  add({ author, text, clientId }: NewNote, now: number): boolean {
    return (
      this.#sql
        .exec(
          'INSERT INTO notes (author_id, author_name, text, client_id, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1',
          author.id,
          author.username,
          text,
          clientId,
          now,
        )
        .toArray().length > 0
    )
  }

  count(): number {
    return this.#sql.exec<{ count: number }>('SELECT count(*) AS count FROM notes').one().count
  }

  /** Newest first. */
  list(limit: number): StaffNote[] {
    return this.#sql
      .exec<NoteRow>('SELECT id, author_id, author_name, text, at FROM notes ORDER BY id DESC LIMIT ?', limit)
      .toArray()
      .map(({ author_id: id, author_name: username, ...note }) => ({ ...note, author: { id, username } }))
  }
}
