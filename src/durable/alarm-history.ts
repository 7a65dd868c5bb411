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
