import { newTokenId } from '../domain/object-id.ts'
import type { NewMessage, PersonRef, RoomEvent, RoomLine, RoomReport, StoredMessage } from '../domain/support/types.ts'

/**
 * The tables of one person's room. Everything here is synchronous: between two awaits of its caller, whatever is written
 * is written as one, and nobody else's frame comes in between.
 */

const SCHEMA = [
  'CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
  `CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- one order for everybody
    sender_id INTEGER NOT NULL,
    sender_name TEXT NOT NULL, -- as it was then
    from_admin INTEGER NOT NULL,
    message TEXT NOT NULL,
    client_id TEXT, -- the sender's own name for it: said twice, it is one message
    sent_at INTEGER NOT NULL,
    UNIQUE (sender_id, client_id)
  )`,
  // Unread is what one side wrote after what the other side has read: a range of this index, newest first.
  'CREATE INDEX IF NOT EXISTS messages_by_side ON messages (from_admin, id, sent_at)',
  // What a desk has still to be told. The line of the inbox is made when it is told, and not kept here.
  `CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    desk TEXT NOT NULL,
    seat_id TEXT NOT NULL, -- who is not to hear it back
    event TEXT -- JSON; NULL where only the line has changed
  )`,
  'CREATE INDEX IF NOT EXISTS outbox_by_desk ON outbox (desk, seq)',
]

type Row = {
  id: number
  sender_id: number
  sender_name: string
  from_admin: number
  message: string
  client_id: string | null
  sent_at: number
}

const messageFrom = (row: Row): StoredMessage => ({
  id: row.id,
  message: row.message,
  fromAdmin: row.from_admin === 1,
  senderId: row.sender_id,
  senderName: row.sender_name,
  clientId: row.client_id,
  sentAt: row.sent_at,
})

type Fact = 'epoch' | 'person' | 'online' | 'taken_by' | 'read_by_staff' | 'read_by_person' | 'updated_at' | 'staff_told'

/** As many as one report carries: a desk that was away for long is told in parts. */
const REPORTED_AT_ONCE = 100

interface Part {
  readonly report: RoomReport
  readonly upTo: number
  /** There may be more. */
  readonly isFull: boolean
}

export class RoomTables {
  readonly #sql: SqlStorage
  /** Known once it is read: asked for at every frame, and written outside of transactions only, so none takes it back. */
  #person: PersonRef | null = null
  /**
   * Up to where each desk has been told. What it was told is taken away with whatever is written next: a write of its own
   * would cost as much as a word does. Should that be forgotten, the desk is told again, and knows it already.
   */
  readonly #told = new Map<string, number>()

  constructor(sql: SqlStorage) {
    this.#sql = sql
    for (const statement of SCHEMA) sql.exec(statement)
    if (!this.#fact('epoch')) this.#keep('epoch', newTokenId())
  }

  #fact(name: Fact): string | null {
    const [row] = this.#sql.exec<{ value: string }>('SELECT value FROM facts WHERE name = ?', name).toArray()
    return row?.value ?? null
  }

  #keep(name: Fact, value: string): void {
    this.#sql.exec('INSERT INTO facts VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value', name, value)
  }

  /** Whose room it is: told by whoever comes, since an object does not know its own name. */
  keepPerson(person: PersonRef): void {
    const written = JSON.stringify(person)
    if (this.#fact('person') === written) return
    this.#keep('person', written)
    this.#person = null
  }

  person(): PersonRef | null {
    const written = this.#person ? null : this.#fact('person')
    if (written !== null) this.#person = JSON.parse(written)
    return this.#person
  }

  /** Stores a message, or finds the one that bears the sender's name for it already; nothing comes in between the two. */
  addMessage(
    { sender, fromAdmin, message, clientId }: Omit<NewMessage, 'connectionId'>,
    now: number,
  ): { message: StoredMessage; isNew: boolean } {
    // Not by ON CONFLICT: a row that conflicts has taken an id already.
    const [added] = this.#sql
      .exec<{ id: number }>(
        `INSERT INTO messages (sender_id, sender_name, from_admin, message, client_id, sent_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6
         WHERE NOT EXISTS (SELECT 1 FROM messages WHERE sender_id = ?1 AND client_id = ?5) RETURNING id`,
        sender.id,
        sender.username,
        fromAdmin ? 1 : 0,
        message,
        clientId,
        now,
      )
      .toArray()
    if (added) {
      const { id: senderId, username: senderName } = sender
      return { message: { id: added.id, message, fromAdmin, senderId, senderName, clientId, sentAt: now }, isNew: true }
    }
    const known = this.#sql.exec<Row>('SELECT * FROM messages WHERE sender_id = ? AND client_id = ?', sender.id, clientId).one()
    return { message: messageFrom(known), isNew: false }
  }

  after(id: number, upTo: number, limit: number): StoredMessage[] {
    return this.#sql
      .exec<Row>('SELECT * FROM messages WHERE id > ? AND id <= ? ORDER BY id LIMIT ?', id, upTo, limit)
      .toArray()
      .map(messageFrom)
  }

  before(id: number | null, limit: number): StoredMessage[] {
    return this.#sql
      .exec<Row>('SELECT * FROM messages WHERE id < ? ORDER BY id DESC LIMIT ?', id ?? Number.MAX_SAFE_INTEGER, limit)
      .toArray()
      .map(messageFrom)
      .reverse()
  }

  newest(): number {
    return this.#sql.exec<{ id: number | null }>('SELECT max(id) AS id FROM messages').one().id ?? 0
  }

  /** Moves a read mark, forwards only and not past what there is; false where it stands there already. */
  markRead(byStaff: boolean, id: number): boolean {
    const upTo = Math.min(id, this.newest())
    if (upTo <= this.#readBy(byStaff)) return false
    this.#keep(byStaff ? 'read_by_staff' : 'read_by_person', String(upTo))
    return true
  }

  /** Staff who answer have read: clients that know no read marks must not leave a room waiting for ever. */
  #readBy(staff: boolean): number {
    const marked = Number(this.#fact(staff ? 'read_by_staff' : 'read_by_person') ?? 0)
    return staff ? Math.max(marked, this.#lastOfStaff()) : marked
  }

  #lastOfStaff(): number {
    return this.#sql.exec<{ id: number | null }>('SELECT max(id) AS id FROM messages WHERE from_admin = 1').one().id ?? 0
  }

  /** What the other side wrote and this one has not read. */
  unread(asStaff: boolean): { readonly count: number; readonly since: number | null } {
    return this.#sql
      .exec<{ count: number; since: number | null }>(
        'SELECT count(*) AS count, min(sent_at) AS since FROM messages WHERE from_admin = ? AND id > ?',
        asStaff ? 0 : 1,
        this.#readBy(asStaff),
      )
      .one()
  }

  isOnline(): boolean {
    return this.#fact('online') === '1'
  }

  setOnline(online: boolean, now: number): void {
    this.#keep('online', online ? '1' : '0')
    this.#keep('updated_at', String(now))
  }

  takenBy(): PersonRef | null {
    const written = this.#fact('taken_by')
    return written ? JSON.parse(written) : null
  }

  take(staff: PersonRef | null): void {
    this.#keep('taken_by', staff ? JSON.stringify(staff) : '')
  }

  /** Puts down what the desks are to be told; with no word where only the line has changed. */
  tell(desks: readonly string[], word: RoomEvent | null, connectionId = ''): void {
    this.#takeAwayTold()
    for (const desk of desks) {
      this.#sql.exec('INSERT INTO outbox (desk, seat_id, event) VALUES (?, ?, ?)', desk, connectionId, word && JSON.stringify(word))
    }
  }

  #takeAwayTold(): void {
    for (const [desk, upTo] of this.#told) this.#sql.exec('DELETE FROM outbox WHERE desk = ? AND seq <= ?', desk, upTo)
  }

  /** Which desks have something coming. */
  waiting(): string[] {
    this.#takeAwayTold()
    return this.#sql
      .exec<{ desk: string }>('SELECT DISTINCT desk FROM outbox')
      .toArray()
      .map(({ desk }) => desk)
  }

  /** The next part of what a desk is to be told, and up to where that goes; null where it knows everything. */
  report(desk: string, staff: readonly number[]): Part | null {
    const person = this.person()
    const rows = this.#sql
      .exec<{ seq: number; seat_id: string; event: string | null }>(
        'SELECT seq, seat_id, event FROM outbox WHERE desk = ? AND seq > ? ORDER BY seq LIMIT ?',
        desk,
        this.#told.get(desk) ?? 0,
        REPORTED_AT_ONCE,
      )
      .toArray()
    const last = rows.at(-1)
    if (!person || !last) return null
    const epoch = this.#fact('epoch') ?? ''
    const happened = rows.flatMap(({ seq, seat_id, event }) =>
      event === null ? [] : [{ key: `room.${epoch}.${seq}`, from: seat_id, event: JSON.parse(event) }],
    )
    const version = this.#sql.exec<{ seq: number }>(`SELECT seq FROM sqlite_sequence WHERE name = 'outbox'`).one().seq
    return {
      report: { person, epoch, version, happened, line: this.#line(staff) },
      upTo: last.seq,
      isFull: rows.length === REPORTED_AT_ONCE,
    }
  }

  told(desk: string, upTo: number, staff: readonly number[]): void {
    this.#told.set(desk, upTo)
    if (!this.isToldOf(staff)) this.#keep('staff_told', staff.join())
  }

  /** Whether the staff that the desks believe to sit here do. */
  isToldOf(staff: readonly number[]): boolean {
    return (this.#fact('staff_told') ?? '') === staff.join()
  }

  #line(staff: readonly number[]): RoomLine {
    const [last] = this.before(null, 1)
    const { count, since } = this.unread(true)
    return {
      online: this.isOnline(),
      unread: count,
      waitingSince: since,
      lastMessage: last ? { id: last.id, message: last.message, fromAdmin: last.fromAdmin, sentAt: last.sentAt } : null,
      takenBy: this.takenBy(),
      staff,
      updatedAt: Math.max(Number(this.#fact('updated_at') ?? 0), last?.sentAt ?? 0),
    }
  }
}
