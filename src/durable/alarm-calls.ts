/** A call is repeated for some minutes only. */
const MAX_CALLS = 100

/** The calls for help that one person's object has received, so that a repeated request is recognized. */
export class AlarmCalls {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** The id of the alarm that a call started or joined; null if the call has not been received before. */
  alarmIdOf(callId: string): string | null {
    return this.#sql.exec<{ alarm_id: string }>('SELECT alarm_id FROM calls WHERE id = ?', callId).toArray()[0]?.alarm_id ?? null
  }

  add(callId: string, alarmId: string): void {
    this.#sql.exec('INSERT INTO calls (id, alarm_id) VALUES (?, ?)', callId, alarmId)
    this.#sql.exec('DELETE FROM calls WHERE number <= (SELECT max(number) FROM calls) - ?', MAX_CALLS)
  }
}
