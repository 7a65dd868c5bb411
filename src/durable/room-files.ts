import { type ChatFile, chatFileKey, type NewChatFile, type RoomFile, UNSENT_FILE_MS } from '../model/chat-file.ts'

/** The records of a room's files. Their content is in the bucket. */

// message_id: NULL until a message refers to the file.
const SCHEMA = `CREATE TABLE IF NOT EXISTS files (
  file_id TEXT PRIMARY KEY,
  file_sender INTEGER NOT NULL,
  file_name TEXT NOT NULL,
  file_type TEXT NOT NULL,
  file_size INTEGER NOT NULL,
  uploaded_at INTEGER NOT NULL,
  message_id INTEGER UNIQUE
) WITHOUT ROWID`

type FileRow = { file_id: string; file_name: string; file_type: string; file_size: number }

/** The columns of a message that is joined with its file, if it has one. */
export type FileColumns = FileRow | { [Column in keyof FileRow]: null }

const fileFrom = ({ file_id: id, file_name: name, file_type: type, file_size: size }: FileRow): ChatFile => ({ id, name, type, size })

/** To be spread into a message. */
export const fileOf = (columns: FileColumns): { readonly file?: ChatFile } => (columns.file_id === null ? {} : { file: fileFrom(columns) })

export class RoomFiles {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(SCHEMA)
  }

  /** Does nothing if the call is repeated. */
  add({ id, senderId, name, type, size }: NewChatFile, now: number): void {
    this.#sql.exec('INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING', id, senderId, name, type, size, now)
  }

  find(id: string): (RoomFile & { readonly uploadedAt: number }) | null {
    const [row] = this.#sql
      .exec<FileRow & { file_sender: number; uploaded_at: number; message_id: number | null }>('SELECT * FROM files WHERE file_id = ?', id)
      .toArray()
    return row ? { ...fileFrom(row), senderId: row.file_sender, uploadedAt: row.uploaded_at, messageId: row.message_id } : null
  }

  attach(id: string, messageId: number): void {
    this.#sql.exec('UPDATE files SET message_id = ? WHERE file_id = ?', messageId, id)
  }

  /** When each upload that no message refers to expires. Those that could not be deleted have no time: the next check tries again. */
  expiries(now: number): number[] {
    return this.#unsent().map(({ uploaded_at: at }) => (at + UNSENT_FILE_MS > now ? at + UNSENT_FILE_MS : Number.POSITIVE_INFINITY))
  }

  /** If the bucket fails, the next alarm tries again. No message can refer to an expired upload any more. */
  async removeExpired(
    personId: number,
    { now, removeFiles }: { now(): number; removeFiles(keys: readonly string[]): Promise<void> },
  ): Promise<void> {
    const before = now() - UNSENT_FILE_MS
    const ids = this.#unsent().flatMap(({ file_id: id, uploaded_at: at }) => (at <= before ? [id] : []))
    if (ids.length === 0) return
    try {
      await removeFiles(ids.map((id) => chatFileKey(personId, { id })))
      this.#sql.exec('DELETE FROM files WHERE file_id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
    } catch {
      console.error(JSON.stringify({ fault: 'expired uploads of a support room could not be deleted' }))
    }
  }

  #unsent(): { file_id: string; uploaded_at: number }[] {
    return this.#sql
      .exec<{ file_id: string; uploaded_at: number }>('SELECT file_id, uploaded_at FROM files WHERE message_id IS NULL')
      .toArray()
  }
}
