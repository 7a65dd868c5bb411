import type { AlarmEvent } from '../model/alarm.ts'
import { inboxPosition, isNewer, isOccupied } from '../model/room-machine.ts'
import type { AlarmSummary, InboxPage, InboxQuery, InboxRoom, RoomReport } from '../model/support.ts'
import { HOLDER, inboxFields, type RoomRow, readInbox, type Summary } from './desk-inbox.ts'

/** The SQL tables of a desk: the events, in the same order for all staff who watch, and the current state of each room. */

const SCHEMA = [
  // id: the same order for all staff who watch.
  // key: received twice, it is stored once.
  // event: JSON, as it is sent to staff.
  `CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    event TEXT NOT NULL,
    at INTEGER NOT NULL
  )`,
  'CREATE INDEX IF NOT EXISTS events_by_user ON events (user_id)',
  // epoch: '' if the room has sent no report yet: its person has triggered an alarm only.
  // line: JSON: the room summary of the last report.
  // alarm: JSON: the oldest open alarm.
  // occupied: 1: the room has at least one connection.
  // rank: 0: open alarm; 1: unread messages; 2: neither; 3: resolved.
  // place: position within the rank, the smallest first.
  // event_id: the place of its last change in the order of events.
  // shown: JSON: the event of that change, as it was sent to staff.
  `CREATE TABLE IF NOT EXISTS rooms (
    user_id INTEGER PRIMARY KEY,
    username TEXT NOT NULL,
    epoch TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 0,
    line TEXT NOT NULL,
    alarm TEXT,
    occupied INTEGER NOT NULL DEFAULT 0,
    rank INTEGER NOT NULL,
    place INTEGER NOT NULL,
    event_id INTEGER NOT NULL DEFAULT 0,
    shown TEXT NOT NULL DEFAULT ''
  )`,
  'CREATE INDEX IF NOT EXISTS rooms_by_event ON rooms (event_id)',
  'CREATE INDEX IF NOT EXISTS rooms_by_place ON rooms (rank, place, user_id)',
  `CREATE INDEX IF NOT EXISTS rooms_by_holder ON rooms (${HOLDER}, rank, place, user_id)`,
  'CREATE INDEX IF NOT EXISTS rooms_occupied ON rooms (user_id) WHERE occupied = 1',
  `CREATE TABLE IF NOT EXISTS alarms (
    alarm_id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL,
    username TEXT NOT NULL,
    scenario TEXT NOT NULL,
    status TEXT NOT NULL,
    triggered_at TEXT NOT NULL,
    acknowledged_at TEXT,
    acknowledged_by TEXT,
    acknowledged_via TEXT
  ) WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS alarms_by_time ON alarms (triggered_at DESC, alarm_id DESC)',
  'CREATE INDEX IF NOT EXISTS alarms_by_user ON alarms (user_id, status, triggered_at)',
  'CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID',
]

type AlarmRow = {
  alarm_id: string
  user_id: number
  username: string
  scenario: string
  status: string
  triggered_at: string
  acknowledged_at: string | null
  acknowledged_by: string | null
  acknowledged_via: string | null
}

export interface StoredEvent {
  readonly id: number
  readonly event: { readonly event: string }
}

const EMPTY_SUMMARY: Summary = {
  online: false,
  unread: 0,
  waitingSince: null,
  lastMessage: null,
  claimedBy: null,
  resolved: null,
  notes: 0,
  staff: [],
  updatedAt: 0,
}

export class DeskTables {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    for (const statement of SCHEMA) sql.exec(statement)
  }

  /** Stores an event once per key. Null if the key was stored before. */
  addEvent(key: string, userId: number, event: { readonly event: string }, now: number): StoredEvent | null {
    const [row] = this.#sql
      .exec<{ id: number }>(
        'INSERT INTO events (key, user_id, event, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id',
        key,
        String(userId),
        JSON.stringify(event),
        now,
      )
      .toArray()
    return row ? { id: row.id, event } : null
  }

  /**
   * Gives a changed room summary a place in the order of events. Only the last one per room is stored: a client that catches
   * up gets the current state only.
   */
  addSummary(room: InboxRoom, event: { readonly event: string }): StoredEvent {
    const { id } = this.#sql.exec<{ id: number }>(`INSERT INTO events (key, user_id, event, at) VALUES ('', '', '', 0) RETURNING id`).one()
    this.#sql.exec('DELETE FROM events WHERE id = ?', id)
    this.#sql.exec('UPDATE rooms SET event_id = ?, shown = ? WHERE user_id = ?', id, JSON.stringify(event), room.userId)
    return { id, event }
  }

  eventsAfter(id: number, limit: number): StoredEvent[] {
    return this.#sql
      .exec<{ id: number; event: string }>(
        `SELECT id, event FROM events WHERE id > ?1
         UNION ALL SELECT event_id AS id, shown AS event FROM rooms WHERE event_id > ?1 ORDER BY id LIMIT ?2`,
        id,
        limit,
      )
      .toArray()
      .map((row) => ({ id: row.id, event: JSON.parse(row.event) }))
  }

  /** Stores the summary of a report. False if a report of the same or a newer version was stored before. */
  setSummary({ person, epoch, version, summary }: RoomReport): boolean {
    if (!isNewer({ epoch, version }, this.#room(person.id))) return false
    this.#sql.exec(
      `INSERT INTO rooms (user_id, username, epoch, version, line, occupied, rank, place) VALUES (?, ?, ?, ?, ?, ?, 2, 0)
       ON CONFLICT DO UPDATE SET username = excluded.username, epoch = excluded.epoch, version = excluded.version, line = excluded.line, occupied = excluded.occupied`,
      person.id,
      person.username,
      epoch,
      version,
      JSON.stringify(summary),
      isOccupied(summary) ? 1 : 0,
    )
    return true
  }

  /** Stores the state of an alarm. Announcements of steps may arrive late: an alarm that is closed stays closed. */
  setAlarm(event: AlarmEvent, now: number): void {
    const { alarmId, accountId, username, scenario, status, triggeredAt, acknowledgedBy, acknowledgedVia } = event
    const closedAt = status === 'open' ? null : new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
    this.#sql.exec(
      `INSERT INTO alarms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET status = excluded.status, acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by,
         acknowledged_via = excluded.acknowledged_via
       WHERE (status = 'open' AND excluded.status <> 'open') OR (status = 'acknowledged' AND excluded.acknowledged_by = username)`,
      alarmId,
      accountId,
      username,
      scenario,
      status,
      new Date(triggeredAt).toISOString().replace('.000Z', 'Z'),
      closedAt,
      acknowledgedBy,
      acknowledgedVia ?? null,
    )
    this.#sql.exec(
      'INSERT INTO rooms (user_id, username, line, rank, place) VALUES (?, ?, ?, 2, 0) ON CONFLICT DO NOTHING',
      accountId,
      username,
      JSON.stringify({ ...EMPTY_SUMMARY, updatedAt: now }),
    )
  }

  /** Computes the room's position in the inbox again, after a change. Null if the room is unknown. */
  updatePosition(userId: number): InboxRoom | null {
    const row = this.#room(userId)
    if (!row) return null
    const summary: Summary = JSON.parse(row.line)
    const [open] = this.#sql
      .exec<AlarmRow>(`SELECT * FROM alarms WHERE user_id = ? AND status = 'open' ORDER BY triggered_at LIMIT 1`, userId)
      .toArray()
    const alarm: InboxRoom['alarm'] = open ? { alarmId: open.alarm_id, status: open.status, triggeredAt: open.triggered_at } : null
    const { rank, at } = inboxPosition(summary, alarm, this.#lastAlarmAt(userId))
    this.#sql.exec('UPDATE rooms SET alarm = ?, rank = ?, place = ? WHERE user_id = ?', alarm && JSON.stringify(alarm), rank, at, userId)
    return { ...inboxFields({ ...row, rank }, summary), alarm }
  }

  inbox(query: InboxQuery): InboxPage {
    return readInbox(this.#sql, query)
  }

  #lastAlarmAt(userId: number): number | null {
    const [row] = this.#sql
      .exec<{ triggered_at: string }>('SELECT triggered_at FROM alarms WHERE user_id = ? ORDER BY triggered_at DESC LIMIT 1', userId)
      .toArray()
    return row ? Date.parse(row.triggered_at) : null
  }

  alarms(limit: number): AlarmSummary[] {
    return this.#sql
      .exec<AlarmRow>('SELECT * FROM alarms ORDER BY triggered_at DESC, alarm_id DESC LIMIT ?', limit)
      .toArray()
      .map((row) => ({
        userId: row.user_id,
        username: row.username,
        alarmId: row.alarm_id,
        scenario: row.scenario,
        status: row.status,
        triggeredAt: row.triggered_at,
        acknowledgedAt: row.acknowledged_at,
        acknowledgedBy: row.acknowledged_by,
        ...(row.acknowledged_via && { acknowledgedVia: row.acknowledged_via }),
      }))
  }

  hasOccupiedRoom(): boolean {
    return this.#sql.exec('SELECT 1 FROM rooms WHERE occupied = 1 LIMIT 1').toArray().length > 0
  }

  occupiedRooms(): number[] {
    return this.#sql
      .exec<{ user_id: number }>('SELECT user_id FROM rooms WHERE occupied = 1')
      .toArray()
      .map(({ user_id }) => user_id)
  }

  /** The rooms in which one of these accounts has a connection: its own room, or another room that it helps in. */
  occupiedRoomsOf(accounts: readonly number[]): number[] {
    return this.#sql
      .exec<{ user_id: number }>(
        `SELECT user_id FROM rooms WHERE occupied = 1 AND (
           user_id IN (SELECT value FROM json_each(?1))
           OR EXISTS (SELECT 1 FROM json_each(rooms.line, '$.staff') AS sitting WHERE sitting.value IN (SELECT value FROM json_each(?1))))`,
        JSON.stringify(accounts),
      )
      .toArray()
      .map(({ user_id }) => user_id)
  }

  getValue(name: string): number | null {
    const [row] = this.#sql.exec<{ value: number }>('SELECT value FROM facts WHERE name = ?', name).toArray()
    return row?.value ?? null
  }

  setValue(name: string, value: number | null): void {
    if (value === null) this.#sql.exec('DELETE FROM facts WHERE name = ?', name)
    else this.#sql.exec('INSERT INTO facts VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value', name, value)
  }

  /** Deletes events that are older than `before`, at most 500 at a time. The messages themselves stay in the rooms. */
  prune(before: number): void {
    this.#sql.exec(
      'DELETE FROM events WHERE id <= (SELECT coalesce(max(id), 0) FROM (SELECT id, at FROM events ORDER BY id LIMIT 500) WHERE at < ?)',
      before,
    )
  }

  /** Deletes the oldest alarms that are over. Returns how many. */
  deleteOldAlarms(before: number, limit: number): number {
    return this.#sql
      .exec(
        `DELETE FROM alarms WHERE alarm_id IN (
           SELECT alarm_id FROM alarms WHERE triggered_at < ? AND status <> 'open' ORDER BY triggered_at LIMIT ?) RETURNING 1`,
        new Date(before).toISOString(),
        limit,
      )
      .toArray().length
  }

  /** Deletes everything about a person. Returns the number of deleted events. */
  deletePerson(userId: number): number {
    this.#sql.exec('DELETE FROM rooms WHERE user_id = ?', userId)
    this.#sql.exec('DELETE FROM alarms WHERE user_id = ?', userId)
    return this.#sql.exec('DELETE FROM events WHERE user_id = ? RETURNING id', String(userId)).toArray().length
  }

  #room(userId: number): RoomRow | null {
    const [row] = this.#sql.exec<RoomRow>('SELECT * FROM rooms WHERE user_id = ?', userId).toArray()
    return row ?? null
  }
}
