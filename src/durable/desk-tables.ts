import type { DeskEvent } from '../domain/alarms/dispatcher.ts'
import type { AlarmLine, InboxCursor, InboxPage, InboxRoom, RoomReport } from '../domain/support/types.ts'

/** The tables of a desk: what happened, in one order for everybody who watches, and how each room stands. */

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- one order for everybody who watches
    key TEXT NOT NULL UNIQUE, -- told twice, it is one event
    user_id TEXT NOT NULL,
    event TEXT NOT NULL, -- JSON, as it is shown
    at INTEGER NOT NULL
  )`,
  'CREATE INDEX IF NOT EXISTS events_by_user ON events (user_id)',
  `CREATE TABLE IF NOT EXISTS rooms (
    user_id INTEGER PRIMARY KEY,
    username TEXT NOT NULL,
    epoch TEXT NOT NULL DEFAULT '', -- '' for a room that has not spoken yet: its person has rung, no more
    version INTEGER NOT NULL DEFAULT 0,
    line TEXT NOT NULL, -- JSON, as the room told it
    alarm TEXT, -- JSON: the open one that has rung longest
    occupied INTEGER NOT NULL DEFAULT 0, -- somebody sits in it
    rank INTEGER NOT NULL, -- 0: an open alarm; 1: waits; 2: neither
    place INTEGER NOT NULL, -- within the rank, the smallest first
    event_id INTEGER NOT NULL DEFAULT 0, -- when among the events it last changed
    shown TEXT NOT NULL DEFAULT '' -- JSON: as it was shown then
  )`,
  'CREATE INDEX IF NOT EXISTS rooms_by_event ON rooms (event_id)',
  'CREATE INDEX IF NOT EXISTS rooms_by_place ON rooms (rank, place, user_id)',
  'CREATE INDEX IF NOT EXISTS rooms_occupied ON rooms (user_id) WHERE occupied = 1',
  `CREATE TABLE IF NOT EXISTS alarms (
    alarm_id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL,
    username TEXT NOT NULL,
    scenario TEXT NOT NULL,
    status TEXT NOT NULL,
    triggered_at TEXT NOT NULL,
    acknowledged_at TEXT,
    acknowledged_by TEXT
  ) WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS alarms_by_time ON alarms (triggered_at DESC, alarm_id DESC)',
  'CREATE INDEX IF NOT EXISTS alarms_by_user ON alarms (user_id, status, triggered_at)',
  'CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID',
]

type RoomRow = {
  user_id: number
  username: string
  epoch: string
  version: number
  line: string
  alarm: string | null
  rank: number
  place: number
}
type AlarmRow = {
  alarm_id: string
  user_id: number
  username: string
  scenario: string
  status: string
  triggered_at: string
  acknowledged_at: string | null
  acknowledged_by: string | null
}

export interface KeptEvent {
  readonly id: number
  readonly event: { readonly event: string }
}

type Line = RoomReport['line']

const EMPTY: Line = { online: false, unread: 0, waitingSince: null, lastMessage: null, takenBy: null, staff: [], updatedAt: 0 }

const textOf = (value: string | number | null | undefined): string => (value === null || value === undefined ? '' : String(value))

export class DeskTables {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    for (const statement of SCHEMA) sql.exec(statement)
  }

  /** Keeps an event, once per key; its number, or null where it was kept already. */
  addEvent(key: string, userId: number, event: { readonly event: string }, now: number): KeptEvent | null {
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

  /** A changed line takes its turn among the events, and only the last one is kept: whoever catches up hears how it stands now. */
  addLine(room: InboxRoom, event: { readonly event: string }): KeptEvent {
    const { id } = this.#sql.exec<{ id: number }>(`INSERT INTO events (key, user_id, event, at) VALUES ('', '', '', 0) RETURNING id`).one()
    this.#sql.exec('DELETE FROM events WHERE id = ?', id)
    this.#sql.exec('UPDATE rooms SET event_id = ?, shown = ? WHERE user_id = ?', id, JSON.stringify(event), room.userId)
    return { id, event }
  }

  after(id: number, limit: number): KeptEvent[] {
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

  /** What a room errorResponse of itself, unless it said something newer before. */
  setLine({ person, epoch, version, line }: RoomReport): boolean {
    const known = this.#room(person.id)
    if (known && known.epoch === epoch && known.version >= version) return false
    this.#sql.exec(
      `INSERT INTO rooms (user_id, username, epoch, version, line, occupied, rank, place) VALUES (?, ?, ?, ?, ?, ?, 2, 0)
       ON CONFLICT DO UPDATE SET username = excluded.username, epoch = excluded.epoch, version = excluded.version, line = excluded.line, occupied = excluded.occupied`,
      person.id,
      person.username,
      epoch,
      version,
      JSON.stringify(line),
      line.online || line.staff.length > 0 ? 1 : 0,
    )
    return true
  }

  /** What an announcement errorResponse of an alarm. Steps may arrive late: one that is over stays over. */
  setAlarm(event: DeskEvent, now: number): void {
    const { alarm_id, user_id, username, scenario, status, triggered_at, acknowledged_by } = event
    const over = status === 'open' ? null : new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
    this.#sql.exec(
      `INSERT INTO alarms VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET status = excluded.status, acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by
       WHERE status = 'open' AND excluded.status <> 'open'`,
      textOf(alarm_id),
      Number(user_id),
      textOf(username),
      textOf(scenario),
      textOf(status),
      textOf(triggered_at),
      over,
      typeof acknowledged_by === 'string' ? acknowledged_by : null,
    )
    this.#sql.exec(
      'INSERT INTO rooms (user_id, username, line, rank, place) VALUES (?, ?, ?, 2, 0) ON CONFLICT DO NOTHING',
      Number(user_id),
      textOf(username),
      JSON.stringify({ ...EMPTY, updatedAt: now }),
    )
  }

  /** Puts a room where it belongs in the inbox, now that something about it has changed. */
  place(userId: number): InboxRoom | null {
    const row = this.#room(userId)
    if (!row) return null
    const line: Line = JSON.parse(row.line)
    const [open] = this.#sql
      .exec<AlarmRow>(`SELECT * FROM alarms WHERE user_id = ? AND status = 'open' ORDER BY triggered_at LIMIT 1`, userId)
      .toArray()
    const alarm: InboxRoom['alarm'] = open ? { alarmId: open.alarm_id, status: open.status, triggeredAt: open.triggered_at } : null
    const [rank, at] = alarm ? [0, Date.parse(alarm.triggeredAt)] : line.unread > 0 ? [1, line.waitingSince ?? 0] : [2, -line.updatedAt]
    this.#sql.exec('UPDATE rooms SET alarm = ?, rank = ?, place = ? WHERE user_id = ?', alarm && JSON.stringify(alarm), rank, at, userId)
    return { ...shown(row.user_id, row.username, line), alarm }
  }

  inbox(from: InboxCursor | null, limit: number): InboxPage {
    const { rank, at, userId } = from ?? { rank: -1, at: 0, userId: 0 }
    const rows = this.#sql
      .exec<RoomRow>(
        'SELECT * FROM rooms WHERE (rank, place, user_id) > (?, ?, ?) ORDER BY rank, place, user_id LIMIT ?',
        rank,
        at,
        userId,
        limit + 1,
      )
      .toArray()
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      rooms: page.map((row) => ({
        ...shown(row.user_id, row.username, JSON.parse(row.line)),
        alarm: row.alarm === null ? null : JSON.parse(row.alarm),
      })),
      next: rows.length > limit && last ? { rank: last.rank, at: last.place, userId: last.user_id } : null,
    }
  }

  alarms(limit: number): AlarmLine[] {
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
      }))
  }

  isAnybodyThere(): boolean {
    return this.#sql.exec('SELECT 1 FROM rooms WHERE occupied = 1 LIMIT 1').toArray().length > 0
  }

  /** The rooms in which one of these sits, be it their own or another's. */
  roomsWith(accounts: readonly number[]): number[] {
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

  fact(name: string): number | null {
    const [row] = this.#sql.exec<{ value: number }>('SELECT value FROM facts WHERE name = ?', name).toArray()
    return row?.value ?? null
  }

  keepFact(name: string, value: number | null): void {
    if (value === null) this.#sql.exec('DELETE FROM facts WHERE name = ?', name)
    else this.#sql.exec('INSERT INTO facts VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value', name, value)
  }

  /** Takes away the oldest events that are older than so; their messages stay in their rooms. A few at a time. */
  prune(before: number): void {
    this.#sql.exec(
      'DELETE FROM events WHERE id <= (SELECT coalesce(max(id), 0) FROM (SELECT id, at FROM events ORDER BY id LIMIT 500) WHERE at < ?)',
      before,
    )
  }

  /** How many events there were. */
  forget(userId: number): number {
    this.#sql.exec('DELETE FROM rooms WHERE user_id = ?', userId)
    this.#sql.exec('DELETE FROM alarms WHERE user_id = ?', userId)
    return this.#sql.exec('DELETE FROM events WHERE user_id = ? RETURNING id', String(userId)).toArray().length
  }

  #room(userId: number): RoomRow | null {
    const [row] = this.#sql.exec<RoomRow>('SELECT * FROM rooms WHERE user_id = ?', userId).toArray()
    return row ?? null
  }
}

const shown = (userId: number, username: string, { online, unread, waitingSince, lastMessage, takenBy, updatedAt }: Line) => ({
  userId,
  username,
  online,
  unread,
  waitingSince,
  lastMessage,
  takenBy,
  updatedAt,
})
