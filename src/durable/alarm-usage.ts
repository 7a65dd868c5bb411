import type { AlarmSettings, NewDelivery, Recipient } from '../model/alarm.ts'
import { type DailyLimits, type DailyUsage, INVITATIONS_PER_DAY } from '../model/alarm-limits.ts'
import { DAY, startOfNextDay } from '../model/time.ts'

/**
 * What the alarms of one person have sent on the current UTC day, and what they never send because of its limits. The methods are
 * synchronous: between reading the usage and storing a new alarm, no other request runs.
 */
export class AlarmUsage {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Alarms of this day count unless they were cancelled before the first step; those of the day before count while they are open. */
  read({ stepsMs, cancelMs }: Pick<AlarmSettings, 'stepsMs' | 'cancelMs'>, now: number): DailyUsage {
    const startOfDay = now - (now % DAY)
    const lastStep = stepsMs.length + 1
    const alarms = this.#sql
      .exec<{ recipients: string; remaining: number }>(
        `SELECT recipients,
           iif(status = 'open', ? - (SELECT count(*) FROM steps WHERE steps.alarm_id = alarms.id AND step <= ?), 0) AS remaining
         FROM alarms
         WHERE triggered_at >= ? AND (status = 'open' OR status = 'acknowledged' AND triggered_at >= ?)
         ORDER BY triggered_at`,
        lastStep,
        lastStep,
        startOfDay - cancelMs - (stepsMs.at(-1) ?? 0) - LATE_STEPS_MS,
        startOfDay,
      )
      .toArray()
      .map(({ recipients, remaining }) => ({ recipients: recipientsFrom(recipients), remaining }))
    return {
      recipients: alarms.flatMap(({ recipients }) => recipients),
      messages: alarms.reduce(
        (sum, { recipients, remaining }) => sum + recipients.length * remaining,
        this.#countMessages(startOfDay) + this.#countInvitations(startOfDay),
      ),
    }
  }

  #countMessages(since: number): number {
    return this.#sql
      .exec<{ count: number }>(
        `SELECT count(*) AS count FROM deliveries
         WHERE created_at >= ? AND channel IN ('email', 'sms') AND purpose NOT IN ('invitation', 'escalation') AND state <> 'withheld'
           AND NOT (state = 'stopped' AND attempts = 0)`,
        since,
      )
      .one().count
  }

  /** An invitation counts on the day on which it is sent, which may be later than the one on which it was created. */
  #countInvitations(since: number): number {
    return this.#sql
      .exec<{ count: number }>(
        `SELECT count(*) AS count FROM deliveries WHERE purpose = 'invitation' AND updated_at >= ? AND attempts > 0`,
        since,
      )
      .one().count
  }

  /** When an invitation may be sent that has not been attempted yet: now, or on the next day. */
  invitationAt(settings: Pick<AlarmSettings, 'stepsMs' | 'cancelMs'>, limits: DailyLimits, now: number): number {
    const isFree = this.#countInvitations(now - (now % DAY)) < INVITATIONS_PER_DAY && this.read(settings, now).messages < limits.messages
    return isFree ? now : startOfNextDay(now)
  }

  /** Stores deliveries that are only shown. They are not scheduled. */
  addWithheld(deliveries: readonly NewDelivery[]): void {
    for (const { id, alarmId, accountId, purpose, step, channel, recipient, address, subject, body, createdAt } of deliveries) {
      this.#sql.exec(
        `INSERT INTO deliveries
           (id, alarm_id, account_id, purpose, step, channel, recipient, address, subject, body, state, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'withheld', ?, ?)`,
        id,
        alarmId,
        accountId,
        purpose,
        step,
        channel,
        recipient,
        address,
        subject,
        body,
        createdAt,
        createdAt,
      )
    }
  }
}

/** How late steps can be if the object did not run when they were due. */
const LATE_STEPS_MS = DAY

const recipientsFrom = (json: string): Recipient[] => JSON.parse(json)
