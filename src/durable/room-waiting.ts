import { announcementDueAt, type DeskPresence, isNewerPresence, type Notice } from '../model/waiting.ts'
import type { RoomTables } from './room-tables.ts'

/** The state of a room for a person who waits: whether staff are at a desk, the automatic answers, and the announced replies. */

const SCHEMA = [
  // after_id: the message that it answers.
  `CREATE TABLE IF NOT EXISTS notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    after_id INTEGER NOT NULL UNIQUE,
    text TEXT NOT NULL,
    sent_at INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS desks (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    staffed INTEGER NOT NULL
  ) WITHOUT ROWID`,
  // The last message that the person was shown without a read mark, and the last reply that was announced by e-mail.
  `CREATE TABLE IF NOT EXISTS reply_marks (
    name TEXT PRIMARY KEY CHECK (name IN ('shown', 'announced')),
    message_id INTEGER NOT NULL
  ) WITHOUT ROWID`,
]

/** Older ones are not sent to a client that connects. */
const MAX_NOTICES = 20

type NoticeRow = { id: number; after_id: number; text: string; sent_at: number }

export class RoomWaiting {
  readonly #sql: SqlStorage
  readonly #tables: RoomTables

  constructor(sql: SqlStorage, tables: RoomTables) {
    this.#sql = sql
    this.#tables = tables
    for (const statement of SCHEMA) sql.exec(statement)
  }

  /** Stores the presence of a desk, unless a newer one is stored. Returns whether the result of `isStaffed` has changed. */
  setDesk({ desk, version, isStaffed }: DeskPresence): boolean {
    const before = this.isStaffed()
    const [stored] = this.#sql.exec<{ version: number }>('SELECT version FROM desks WHERE id = ?', desk).toArray()
    if (!isNewerPresence({ desk, version, isStaffed }, stored?.version ?? null)) return false
    this.#sql.exec('INSERT OR REPLACE INTO desks VALUES (?, ?, ?)', desk, version, isStaffed ? 1 : 0)
    return this.isStaffed() !== before
  }

  /** Whether staff are at any of the desks; null if no desk has reported yet. */
  isStaffed(): boolean | null {
    const { staffed } = this.#sql.exec<{ staffed: number | null }>('SELECT max(staffed) AS staffed FROM desks').one()
    return staffed === null ? null : staffed === 1
  }

  /** Desks notify only rooms with an open connection. So the presence that a room has stored is outdated after it was empty. */
  forgetDesks(): void {
    this.#sql.exec('DELETE FROM desks')
  }

  addNotice(after: number, text: string, sentAt: number): Notice {
    const { id } = this.#sql
      .exec<{ id: number }>('INSERT INTO notices (after_id, text, sent_at) VALUES (?, ?, ?) RETURNING id', after, text, sentAt)
      .one()
    return { id, after, text, sentAt }
  }

  /** The newest, oldest first. */
  notices(): Notice[] {
    return this.#sql
      .exec<NoticeRow>('SELECT * FROM notices ORDER BY id DESC LIMIT ?', MAX_NOTICES)
      .toArray()
      .map(({ id, after_id: after, text, sent_at: sentAt }) => ({ id, after, text, sentAt }))
      .reverse()
  }

  /** The person got all messages by a client that sends no read marks. */
  markShown(): void {
    const newest = this.#tables.newestMessageId()
    if (this.#firstUnseen()) this.#setMark('shown', newest)
  }

  /** The first reply that the person has not seen is announced, and with it all that follow until the person is back. */
  markAnnounced(replyId: number): void {
    this.#setMark('announced', replyId)
  }

  announcementDueAt(delayMs: number, now: number): { readonly replyId: number; readonly at: number } | null {
    const firstUnseen = this.#firstUnseen()
    const at = announcementDueAt({ firstUnseen, announced: this.#mark('announced'), delayMs }, now)
    return firstUnseen && at !== null ? { replyId: firstUnseen.id, at } : null
  }

  /** Identifies the announcement of a reply, also after the room was erased and has started again. */
  announcementKey(replyId: number): string {
    return `reply.${this.#tables.epoch()}.${replyId}`
  }

  /** Whether the reply of this announcement is still the first that the person has not seen. */
  isUnseen(key: string): boolean {
    const firstUnseen = this.#firstUnseen()
    return firstUnseen !== null && this.announcementKey(firstUnseen.id) === key
  }

  /** A person who has written after a reply has seen it: old clients send no read marks. */
  #firstUnseen(): { readonly id: number; readonly sentAt: number } | null {
    const seen = Math.max(this.#tables.lastReadBy(false), this.#tables.newestMessageIdByPerson(), this.#mark('shown'))
    const [reply] = this.#sql
      .exec<{ id: number; sentAt: number }>(
        'SELECT id, sent_at AS sentAt FROM messages WHERE from_admin = 1 AND id > ? ORDER BY id LIMIT 1',
        seen,
      )
      .toArray()
    return reply ?? null
  }

  #mark(name: 'shown' | 'announced'): number {
    const [row] = this.#sql.exec<{ id: number }>('SELECT message_id AS id FROM reply_marks WHERE name = ?', name).toArray()
    return row?.id ?? 0
  }

  #setMark(name: 'shown' | 'announced', messageId: number): void {
    this.#sql.exec('INSERT OR REPLACE INTO reply_marks VALUES (?, ?)', name, messageId)
  }
}
