import { addressDigests } from '../domain/contacts/addresses.ts'
import type { Recipient } from '../model/alarm.ts'

/** How far back contacts are taken out of alarms: an alarm that staff have acknowledged still has an all-clear to send. */
const MAX_ALARMS = 100

type AlarmRow = { id: string; account_id: number; recipients: string }

const recipientsFrom = (json: string): Recipient[] => JSON.parse(json)

/** The recipients of one person's alarms. */
export class AlarmRecipients {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /**
   * Takes the recipients with these digests of addresses out of the latest alarms, and stops their messages. A message that is
   * being sent at this moment cannot be stopped. The list is read again after the digests were computed: another alarm may have
   * started meanwhile, but it was built without them.
   */
  async withdraw(addresses: readonly string[], now: number): Promise<void> {
    const keys = new Set<string>()
    for (const { account_id: accountId, recipients } of this.#latest()) {
      for (const recipient of recipientsFrom(recipients)) {
        const digests = await addressDigests(accountId, recipient)
        if (digests.some((digest) => addresses.includes(digest))) keys.add(recipient.key)
      }
    }
    this.#storage.transactionSync(() => {
      for (const { id, recipients } of this.#latest()) {
        const all = recipientsFrom(recipients)
        const kept = all.filter(({ key }) => !keys.has(key))
        if (kept.length === all.length) continue
        this.#storage.sql.exec('UPDATE alarms SET recipients = ? WHERE id = ?', JSON.stringify(kept), id)
        for (const key of keys) this.#stop(id, `${id}.${key}.`, now)
      }
    })
  }

  #latest(): AlarmRow[] {
    return this.#storage.sql
      .exec<AlarmRow>('SELECT id, account_id, recipients FROM alarms ORDER BY number DESC LIMIT ?', MAX_ALARMS)
      .toArray()
  }

  /** Of a message that may have been sent already, only further attempts are stopped. */
  #stop(alarmId: string, idPrefix: string, now: number): void {
    const { sql } = this.#storage
    sql.exec('DELETE FROM due WHERE alarm_id = ?1 AND substr(ref, 1, length(?2)) = ?2', alarmId, idPrefix)
    sql.exec(
      `UPDATE deliveries SET state = 'stopped', updated_at = ?3
       WHERE alarm_id = ?1 AND substr(id, 1, length(?2)) = ?2 AND state = 'pending'`,
      alarmId,
      idPrefix,
      now,
    )
  }

  /** The link in an invitation must not be readable for longer than the message needs it. */
  clearBody(deliveryId: string): void {
    this.#storage.sql.exec(`UPDATE deliveries SET body = '' WHERE id = ?`, deliveryId)
  }
}
