import { newTokenId } from '../domain/object-id.ts'
import { fitting } from '../model/page.ts'
import { isStillResolved, messageTime, nextReadMarker } from '../model/room-machine.ts'
import type { NewMessage, PersonRef, Resolution, RoomEvent, RoomReport, RoomSummary, StoredMessage } from '../model/support.ts'
import { RoomFiles } from './room-files.ts'
import { MESSAGES, type MessageRow, messageFrom } from './room-rows.ts'
import { ROOM_SCHEMA } from './room-schema.ts'

/**
 * The SQL tables of one person's room. All methods are synchronous: everything that the caller writes between two awaits
 * is one atomic write, and no other frame is handled in between.
 */

type ValueName =
  | 'epoch'
  | 'person'
  | 'online'
  | 'taken_by'
  | 'read_by_staff'
  | 'read_by_person'
  | 'newest_former'
  | 'resolved'
  | 'updated_at'
  | 'staff_told'

/** A desk that was unavailable for long gets several reports. */
const MAX_EVENTS_PER_REPORT = 100

interface PendingReport {
  readonly report: RoomReport
  /** The `seq` of the last outbox row in this report. */
  readonly upTo: number
  /** There may be more events for this desk. */
  readonly isFull: boolean
}

export class RoomTables {
  readonly #sql: SqlStorage
  readonly files: RoomFiles
  /** Cache, because every frame needs it. It is written outside of transactions only, so no rollback can make it wrong. */
  #person: PersonRef | null = null
  /**
   * The last `seq` that each desk has received. The delivered rows are deleted together with the next write: a write of
   * its own would cost as much as storing a message. If this map is lost, the desk gets the events again and ignores them.
   */
  readonly #delivered = new Map<string, number>()

  constructor(sql: SqlStorage) {
    this.#sql = sql
    for (const statement of ROOM_SCHEMA) sql.exec(statement)
    this.files = new RoomFiles(sql)
    if (!this.#getValue('epoch')) this.#setValue('epoch', newTokenId())
  }

  #getValue(name: ValueName): string | null {
    const [row] = this.#sql.exec<{ value: string }>('SELECT value FROM facts WHERE name = ?', name).toArray()
    return row?.value ?? null
  }

  #setValue(name: ValueName, value: string): void {
    this.#sql.exec('INSERT INTO facts VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value', name, value)
  }

  /** Changes when the room is erased and starts again. */
  epoch(): string {
    return this.#getValue('epoch') ?? ''
  }

  /** Stores whose room this is. Each caller passes the person, because an object does not know its own name. */
  setPerson(person: PersonRef): void {
    const json = JSON.stringify(person)
    if (this.#getValue('person') === json) return
    this.#setValue('person', json)
    this.#person = null
  }

  person(): PersonRef | null {
    const json = this.#person ? null : this.#getValue('person')
    if (json !== null) this.#person = JSON.parse(json)
    return this.#person
  }

  /** Stores a message, or returns the stored one if this sender has used the client id before. Atomic, because it is synchronous. */
  addMessage(
    { sender, fromAdmin, message, clientId }: Omit<NewMessage, 'connectionId'>,
    now: number,
  ): { message: StoredMessage; isNew: boolean } {
    const known = clientId === null ? null : this.messageOf(sender.id, clientId)
    if (known) return { message: known, isNew: false }
    const sentAt = messageTime(this.newestMessageTime(), now)
    const { id: senderId, username: senderName } = sender
    const { id } = this.#sql
      .exec<{ id: number }>(
        'INSERT INTO messages (sender_id, sender_name, from_admin, message, client_id, sent_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
        senderId,
        senderName,
        fromAdmin ? 1 : 0,
        message,
        clientId,
        sentAt,
      )
      .one()
    return { message: { id, message, fromAdmin, senderId, senderName, clientId, sentAt }, isNew: true }
  }

  messageOf(senderId: number, clientId: string): StoredMessage | null {
    const [row] = this.#sql.exec<MessageRow>(`${MESSAGES} WHERE sender_id = ? AND client_id = ?`, senderId, clientId).toArray()
    return row ? messageFrom(row) : null
  }

  messagesAfter(id: number, upTo: number, limit: number): StoredMessage[] {
    return this.#sql
      .exec<MessageRow>(`${MESSAGES} WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`, id, upTo, limit)
      .toArray()
      .map(messageFrom)
  }

  /**
   * A page of at most `limit` messages, oldest first. If they are longer than a response may be, the newest ones stay: a client asks for what is
   * before the oldest message that it has, so a shorter page leaves no gap. The rest does not leave the object.
   */
  messagesBefore(id: number | null, limit: number): StoredMessage[] {
    const newestFirst = this.#sql
      .exec<MessageRow>(`${MESSAGES} WHERE id < ? ORDER BY id DESC LIMIT ?`, id ?? Number.MAX_SAFE_INTEGER, limit)
      .toArray()
      .map(messageFrom)
    return fitting(newestFirst).toReversed()
  }

  /** Up to this one, the messages come from a former server, where they were read and answered. 0 if there are none. */
  newestFormerId(): number {
    return Number(this.#getValue('newest_former') ?? 0)
  }

  setNewestFormer(id: number): void {
    this.#setValue('newest_former', String(id))
  }

  removeMessages(clientIds: readonly string[]): void {
    this.#sql.exec('DELETE FROM messages WHERE client_id IN (SELECT value FROM json_each(?))', JSON.stringify(clientIds))
  }

  newestMessageId(): number {
    return this.#sql.exec<{ id: number | null }>('SELECT max(id) AS id FROM messages').one().id ?? 0
  }

  newestMessageTime(): number | null {
    const [row] = this.#sql.exec<{ sent_at: number }>('SELECT sent_at FROM messages ORDER BY id DESC LIMIT 1').toArray()
    return row?.sent_at ?? null
  }

  /** Moves a read marker. False if it was there already. */
  markRead(byStaff: boolean, id: number): boolean {
    const upTo = nextReadMarker(this.lastReadBy(byStaff), this.newestMessageId(), id)
    if (upTo === null) return false
    this.#setValue(byStaff ? 'read_by_staff' : 'read_by_person', String(upTo))
    return true
  }

  /** An answer by staff counts as read: old clients send no read markers, and without this the person would wait for ever. */
  lastReadBy(staff: boolean): number {
    const marker = Number(this.#getValue(staff ? 'read_by_staff' : 'read_by_person') ?? 0)
    return Math.max(marker, staff ? this.#lastAnsweredId() : this.newestFormerId())
  }

  /** When the person wrote the first message that is not answered. */
  unansweredSince(): number | null {
    return this.#sql
      .exec<{ since: number | null }>('SELECT min(sent_at) AS since FROM messages WHERE from_admin = 0 AND id > ?', this.#lastAnsweredId())
      .one().since
  }

  /** Everything after the last message by staff counts as unread again. */
  markUnreadByStaff(): void {
    this.#setValue('read_by_staff', '0')
  }

  #lastAnsweredId(): number {
    const { id } = this.#sql.exec<{ id: number | null }>('SELECT max(id) AS id FROM messages WHERE from_admin = 1').one()
    return Math.max(id ?? 0, this.newestFormerId())
  }

  /** The messages of the other side that this side has not read: their number, and the time of the first one. */
  unread(asStaff: boolean): { readonly count: number; readonly since: number | null } {
    return this.#sql
      .exec<{ count: number; since: number | null }>(
        'SELECT count(*) AS count, min(sent_at) AS since FROM messages WHERE from_admin = ? AND id > ?',
        asStaff ? 0 : 1,
        this.lastReadBy(asStaff),
      )
      .one()
  }

  isOnline(): boolean {
    return this.#getValue('online') === '1'
  }

  setOnline(online: boolean, now: number): void {
    this.#setValue('online', online ? '1' : '0')
    this.#setValue('updated_at', String(now))
  }

  claimedBy(): PersonRef | null {
    const json = this.#getValue('taken_by')
    return json ? JSON.parse(json) : null
  }

  setClaimedBy(staff: PersonRef | null): void {
    this.#setValue('taken_by', staff ? JSON.stringify(staff) : '')
  }

  /** Null if the conversation has continued since. */
  resolution(): Resolution | null {
    const json = this.#getValue('resolved')
    const resolution: Resolution | null = json ? JSON.parse(json) : null
    return resolution && isStillResolved(resolution, this.newestMessageId()) ? resolution : null
  }

  setResolution(resolution: Resolution | null): void {
    this.#setValue('resolved', resolution ? JSON.stringify(resolution) : '')
  }

  newestMessageIdByPerson(): number {
    return this.#sql.exec<{ id: number | null }>('SELECT max(id) AS id FROM messages WHERE from_admin = 0').one().id ?? 0
  }

  /** Adds an event to the outbox of each desk; null if only the room summary has changed. */
  enqueueForDesks(desks: readonly string[], event: RoomEvent | null, connectionId = ''): void {
    this.#deleteDelivered()
    for (const desk of desks) {
      this.#sql.exec('INSERT INTO outbox (desk, seat_id, event) VALUES (?, ?, ?)', desk, connectionId, event && JSON.stringify(event))
    }
  }

  #deleteDelivered(): void {
    for (const [desk, upTo] of this.#delivered) this.#sql.exec('DELETE FROM outbox WHERE desk = ? AND seq <= ?', desk, upTo)
  }

  desksWithPendingEvents(): string[] {
    this.#deleteDelivered()
    return this.#sql
      .exec<{ desk: string }>('SELECT DISTINCT desk FROM outbox')
      .toArray()
      .map(({ desk }) => desk)
  }

  /** The next report for a desk; null if the desk has received everything. */
  report(desk: string, staff: readonly number[], notes: number): PendingReport | null {
    const person = this.person()
    const rows = this.#sql
      .exec<{ seq: number; connectionId: string; event: string | null }>(
        'SELECT seq, seat_id AS connectionId, event FROM outbox WHERE desk = ? AND seq > ? ORDER BY seq LIMIT ?',
        desk,
        this.#delivered.get(desk) ?? 0,
        MAX_EVENTS_PER_REPORT,
      )
      .toArray()
    const last = rows.at(-1)
    if (!person || !last) return null
    const epoch = this.epoch()
    const events = rows.flatMap(({ seq, connectionId, event }) =>
      event === null ? [] : [{ key: `room.${epoch}.${seq}`, from: connectionId, event: JSON.parse(event) }],
    )
    const version = this.#sql.exec<{ seq: number }>(`SELECT seq FROM sqlite_sequence WHERE name = 'outbox'`).one().seq
    return {
      report: { person, epoch, version, events, summary: this.#summary(staff, notes) },
      upTo: last.seq,
      isFull: rows.length === MAX_EVENTS_PER_REPORT,
    }
  }

  markDelivered(desk: string, upTo: number, staff: readonly number[]): void {
    this.#delivered.set(desk, upTo)
    if (!this.isStaffReported(staff)) this.#setValue('staff_told', staff.join())
  }

  /** Whether the last reported list of the staff who are connected here is still right. */
  isStaffReported(staff: readonly number[]): boolean {
    return (this.#getValue('staff_told') ?? '') === staff.join()
  }

  #summary(staff: readonly number[], notes: number): RoomSummary {
    const [last] = this.messagesBefore(null, 1)
    const { count, since } = this.unread(true)
    return {
      online: this.isOnline(),
      unread: count,
      waitingSince: since,
      lastMessage: last ? { id: last.id, message: last.message, fromAdmin: last.fromAdmin, sentAt: last.sentAt } : null,
      claimedBy: this.claimedBy(),
      resolved: this.resolution(),
      notes,
      staff,
      updatedAt: Math.max(Number(this.#getValue('updated_at') ?? 0), last?.sentAt ?? 0),
    }
  }
}
