import { DurableObject } from 'cloudflare:workers'
import type { Desk, DeskEvent } from '../domain/alarms/dispatcher.ts'
import type { Env } from '../env.ts'

/**
 * Where staff watch all rooms. What it is told is on disk before whoever tells it hears that it was: a desk at which
 * nobody sits loses nothing. Its sockets come with the support chat.
 */
export class SupportDesk extends DurableObject<Env> implements Desk {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    state.storage.sql.exec(`CREATE TABLE IF NOT EXISTS events (
      id INTEGER PRIMARY KEY AUTOINCREMENT, -- one order for everybody who watches
      key TEXT NOT NULL UNIQUE, -- told twice, it is one event
      user_id TEXT NOT NULL,
      event TEXT NOT NULL, -- JSON, as it is shown
      at INTEGER NOT NULL
    )`)
    state.storage.sql.exec('CREATE INDEX IF NOT EXISTS events_by_user ON events (user_id)')
  }

  async announce(key: string, event: DeskEvent): Promise<void> {
    this.ctx.storage.sql.exec(
      'INSERT INTO events (key, user_id, event, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      key,
      event.user_id,
      JSON.stringify(event),
      Date.now(),
    )
  }

  async forget(accountId: number): Promise<number> {
    return this.ctx.storage.sql.exec('DELETE FROM events WHERE user_id = ? RETURNING id', String(accountId)).toArray().length
  }
}
