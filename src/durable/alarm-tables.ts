import type {
  Acknowledgement,
  Alarm,
  AlarmStatus,
  AlarmView,
  Delivery,
  DeliveryState,
  DeliveryView,
  NewDelivery,
  Outcome,
} from '../model/alarm.ts'
import { type AlarmRow, alarmFrom, type DeliveryRow, deliveryFrom, detailOf } from './alarm-rows.ts'
import { SCHEMA } from './alarm-schema.ts'

/**
 * The SQL tables of one person's alarms. All methods are synchronous: everything that the caller writes between two
 * awaits is one atomic write, and no other request runs in between.
 */

/** One item of work that waits for its time: a delivery to send, a step to start, or an escalation. */
export interface DueItem {
  readonly kind: 'delivery' | 'step' | 'escalation'
  readonly ref: string
  readonly alarmId: string
  readonly faults: number
  /** The channel of a delivery; null for everything else. */
  readonly channel: Delivery['channel'] | null
}

type DueKey = Pick<DueItem, 'kind' | 'ref' | 'alarmId'>

const MAX_LISTED_ALARMS = 100

export class AlarmTables {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    for (const statement of SCHEMA) sql.exec(statement)
  }

  getValue(name: string): string | null {
    return this.#sql.exec<{ value: string }>('SELECT value FROM facts WHERE name = ?', name).toArray()[0]?.value ?? null
  }

  setValue(name: string, value: string): void {
    this.#sql.exec('INSERT INTO facts VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value', name, value)
  }

  latestAlarm(): Alarm | null {
    const [row] = this.#sql.exec<AlarmRow>('SELECT * FROM alarms ORDER BY number DESC LIMIT 1').toArray()
    return row ? alarmFrom(row) : null
  }

  alarm(alarmId: string): Alarm | null {
    const [row] = this.#sql.exec<AlarmRow>('SELECT * FROM alarms WHERE id = ?', alarmId).toArray()
    return row ? alarmFrom(row) : null
  }

  /** The number of alarms that were triggered after a time, and the time of the first of them. */
  countSince(time: number): { readonly count: number; readonly firstAt: number | null } {
    return this.#sql
      .exec<{ count: number; firstAt: number | null }>(
        'SELECT count(*) AS count, min(triggered_at) AS firstAt FROM alarms WHERE triggered_at > ?',
        time,
      )
      .one()
  }

  addAlarm(alarm: Alarm): void {
    this.#sql.exec(
      `INSERT INTO alarms (id, account_id, username, who, location, scenario, recipients, messages, triggered_at, begins_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      alarm.alarmId,
      alarm.accountId,
      alarm.username,
      alarm.displayName,
      alarm.location,
      alarm.scenario,
      JSON.stringify(alarm.recipients),
      JSON.stringify(alarm.messages),
      alarm.triggeredAt,
      alarm.startsAt,
    )
  }

  /** False if the step was started before: each step starts only once. */
  startStep(alarmId: string, step: number, now: number): boolean {
    return this.#sql.exec('INSERT INTO steps VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1', alarmId, step, now).toArray().length > 0
  }

  /** Does nothing if a delivery with this id exists: that one has its own entry in `due`, or is finished. */
  addDelivery(delivery: NewDelivery, at: number): void {
    const created = this.#sql
      .exec(
        `INSERT INTO deliveries (id, alarm_id, account_id, purpose, step, channel, recipient, address, subject, body, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1`,
        delivery.id,
        delivery.alarmId,
        delivery.accountId,
        delivery.purpose,
        delivery.step,
        delivery.channel,
        delivery.recipient,
        delivery.address,
        delivery.subject,
        delivery.body,
        delivery.createdAt,
        delivery.createdAt,
      )
      .toArray()
    if (created.length > 0) this.schedule({ kind: 'delivery', ref: delivery.id, alarmId: delivery.alarmId ?? '' }, at)
  }

  delivery(id: string): Delivery | null {
    const [row] = this.#sql.exec<DeliveryRow>('SELECT * FROM deliveries WHERE id = ?', id).toArray()
    return row ? deliveryFrom(row) : null
  }

  deliveriesOf(alarmId: string): Delivery[] {
    const rows = this.#sql.exec<DeliveryRow>('SELECT * FROM deliveries WHERE alarm_id = ? ORDER BY number', alarmId)
    return rows.toArray().map(deliveryFrom)
  }

  schedule({ kind, ref, alarmId }: DueKey, at: number): void {
    this.#sql.exec(
      'INSERT INTO due (kind, ref, alarm_id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
      kind,
      ref,
      alarmId,
      at,
    )
  }

  /** Moves an item that failed to a later time, so that it does not block the others. Does nothing if the item is gone. */
  postpone({ kind, ref, alarmId, faults }: DueItem, at: number): void {
    this.#sql.exec('UPDATE due SET at = ?, faults = ? WHERE alarm_id = ? AND kind = ? AND ref = ?', at, faults + 1, alarmId, kind, ref)
  }

  removeDue({ kind, ref, alarmId }: DueKey): void {
    this.#sql.exec('DELETE FROM due WHERE alarm_id = ? AND kind = ? AND ref = ?', alarmId, kind, ref)
  }

  dueBy(time: number, limit: number): DueItem[] {
    return this.#sql
      .exec<Pick<DueItem, 'kind' | 'ref' | 'faults' | 'channel'> & { alarm_id: string }>(
        `SELECT kind, ref, due.alarm_id, faults, channel
         FROM due LEFT JOIN deliveries ON kind = 'delivery' AND deliveries.id = ref
         WHERE at <= ? ORDER BY at LIMIT ?`,
        time,
        limit,
      )
      .toArray()
      .map(({ alarm_id: alarmId, ...rest }) => ({ ...rest, alarmId }))
  }

  nextDue(): number | null {
    return this.#sql.exec<{ at: number | null }>('SELECT min(at) AS at FROM due').one().at
  }

  /** Stores that an attempt starts, before the message is sent. If a crash interrupts the attempt, we know that its outcome is uncertain. */
  startAttempt(deliveryId: string, carrier: string, now: number): number {
    this.#sql.exec('UPDATE deliveries SET attempts = attempts + 1, updated_at = ? WHERE id = ?', now, deliveryId)
    return this.#sql
      .exec<{ number: number }>(
        'INSERT INTO attempts (delivery_id, carrier, started_at) VALUES (?, ?, ?) RETURNING number',
        deliveryId,
        carrier,
        now,
      )
      .one().number
  }

  finishAttempt(attempt: number, outcome: Outcome, now: number): void {
    this.#sql.exec(
      'UPDATE attempts SET ended_at = ?, outcome = ?, detail = ? WHERE number = ?',
      now,
      outcome.type,
      detailOf(outcome),
      attempt,
    )
  }

  setState(deliveryId: string, state: DeliveryState, now: number): void {
    this.#sql.exec('UPDATE deliveries SET state = ?, updated_at = ? WHERE id = ?', state, now, deliveryId)
  }

  /**
   * Marks attempts that started and never ended: the object was stopped in between, and it is unknown whether the message
   * was sent. Call this before anything is sent, while no attempt can be in progress. Returns the ids of the alarms.
   */
  markInterrupted(now: number): string[] {
    const marked = this.#sql
      .exec<{ alarm_id: string | null }>(
        `UPDATE deliveries SET state = 'uncertain', updated_at = ?
         WHERE state IN ('pending', 'stopped') AND id IN (SELECT delivery_id FROM attempts WHERE ended_at IS NULL)
         RETURNING alarm_id`,
        now,
      )
      .toArray()
    this.#sql.exec(`UPDATE attempts SET ended_at = ?, outcome = 'uncertain', detail = 'cut off' WHERE ended_at IS NULL`, now)
    return [...new Set(marked.flatMap(({ alarm_id }) => alarm_id ?? []))]
  }

  setSafe(alarmId: string, now: number): void {
    this.#sql.exec('UPDATE alarms SET safe_at = ? WHERE id = ?', now, alarmId)
  }

  closeAlarm(alarmId: string, closing: Omit<Acknowledgement, 'alarmId'> & { readonly status: AlarmStatus; readonly now: number }): void {
    this.#sql.exec(
      'UPDATE alarms SET status = ?, acknowledged_at = ?, acknowledged_by = ?, acknowledged_by_id = ?, acknowledged_via = ?, note = ? WHERE id = ?',
      closing.status,
      closing.now,
      closing.by.username,
      closing.by.id,
      closing.via ?? null,
      closing.note,
      alarmId,
    )
  }

  /** Removes all due items of an alarm. Its deliveries that are still pending are never sent. */
  stopDeliveries(alarmId: string, now: number): void {
    this.#sql.exec('DELETE FROM due WHERE alarm_id = ?', alarmId)
    this.#sql.exec(`UPDATE deliveries SET state = 'stopped', updated_at = ? WHERE alarm_id = ? AND state = 'pending'`, now, alarmId)
  }

  /** The newest alarms with their deliveries to people. Deliveries to the desk are left out: the desk stores its own events. */
  list(): AlarmView[] {
    const alarms = this.#sql.exec<AlarmRow>('SELECT * FROM alarms ORDER BY number DESC LIMIT ?', MAX_LISTED_ALARMS).toArray()
    const deliveries = new Map<string, DeliveryView[]>(alarms.map(({ id }) => [id, []]))
    const rows = this.#sql.exec<DeliveryRow>(
      `SELECT * FROM deliveries WHERE alarm_id IN (SELECT value FROM json_each(?)) AND channel <> 'desk' ORDER BY number`,
      JSON.stringify([...deliveries.keys()]),
    )
    for (const { id, alarm_id, purpose, step, recipient, channel, state, attempts, updated_at: updatedAt } of rows) {
      deliveries.get(alarm_id ?? '')?.push({ id, purpose, step, recipient, channel, state, attempts, updatedAt })
    }
    return alarms.map((row) => {
      const { alarmId, scenario, status, triggeredAt, acknowledgedAt, acknowledgedBy, acknowledgedVia, safeAt } = alarmFrom(row)
      return {
        alarmId,
        scenario,
        status,
        triggeredAt,
        acknowledgedAt,
        acknowledgedBy,
        ...(acknowledgedVia && { acknowledgedVia }),
        safeAt,
        note: row.note,
        deliveries: deliveries.get(alarmId) ?? [],
      }
    })
  }
}
