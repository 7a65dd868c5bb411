import type { AlarmRecords } from '../model/alarm.ts'
import { type AlarmRow, alarmFrom, type DeliveryRow, deliveryFrom } from './alarm-rows.ts'

/**
 * The alarms after one, oldest first, for a copy of a person's data: the list that people and staff see holds the newest ones
 * only. Each has its messages to people. Events for the desk are copies, and the address of the webhook is not the person's.
 */
export const readAlarmRecords = (sql: SqlStorage, after: number, limit: number): AlarmRecords => {
  const alarms = sql
    .exec<AlarmRow & { number: number }>('SELECT * FROM alarms WHERE number > ? ORDER BY number LIMIT ?', after, limit)
    .toArray()
  const deliveries = sql
    .exec<DeliveryRow>(
      `SELECT * FROM deliveries WHERE alarm_id IN (SELECT value FROM json_each(?)) AND channel IN ('email', 'sms') ORDER BY number`,
      JSON.stringify(alarms.map(({ id }) => id)),
    )
    .toArray()
    .map(deliveryFrom)
  return {
    records: alarms.map((row) => ({
      ...alarmFrom(row),
      note: row.note,
      deliveries: deliveries.filter(({ alarmId }) => alarmId === row.id),
    })),
    next: alarms.length < limit ? null : (alarms.at(-1)?.number ?? null),
  }
}

/**
 * Deletes the oldest messages with their attempts, and takes the people who were to be notified out of the alarms: an alarm is
 * kept as what happened when, without the names and addresses of others. Returns the time of the oldest message that is left.
 * An alarm that still has something to send is left as it is. The caller opens the transaction.
 */
export const deleteOldMessages = (sql: SqlStorage, before: number, limit: number): number | null => {
  const ids = sql
    .exec<{ id: string }>(
      `SELECT id FROM deliveries WHERE created_at < ? AND NOT EXISTS (SELECT 1 FROM due WHERE due.alarm_id = ifnull(deliveries.alarm_id, ''))
       ORDER BY created_at LIMIT ?`,
      before,
      limit,
    )
    .toArray()
    .map(({ id }) => id)
  const list = JSON.stringify(ids)
  sql.exec('DELETE FROM attempts WHERE delivery_id IN (SELECT value FROM json_each(?))', list)
  sql.exec('DELETE FROM deliveries WHERE id IN (SELECT value FROM json_each(?))', list)
  sql.exec(
    `UPDATE alarms SET recipients = '[]', messages = '[]' WHERE triggered_at < ? AND recipients || messages <> '[][]'
     AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.alarm_id = alarms.id)
     AND NOT EXISTS (SELECT 1 FROM due WHERE due.alarm_id = alarms.id)`,
    before,
  )
  return sql.exec<{ at: number | null }>('SELECT min(created_at) AS at FROM deliveries').one().at
}
