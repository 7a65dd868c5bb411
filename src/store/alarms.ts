import { asc, desc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { NewAuditEntry } from '../model/audit.ts'
import type { OutboxCursor, OutboxMessage } from '../model/outbox.ts'
import type { AlarmScenario, EmergencyContact, Therapist } from '../model/recovery.ts'
import { auditInsert, auditInsertIfAccount } from './audit.ts'
import { chosenTherapistOf, contactsOf } from './emergency-contacts.ts'
import type { Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { alarmHistories, openAlarms, outbox } from './tables/alarms.ts'
import { alarmScenarios, musicTracks, recoveryProfiles } from './tables/recovery.ts'

/** The data of a person that an alarm needs, as it is at the time of the trigger. */
export interface AlarmSubject {
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly location: string
  readonly scenario: AlarmScenario | null
  readonly musicUrl: string | null
  readonly contacts: readonly EmergencyContact[]
  readonly therapist: Therapist | null
}

/**
 * One batch instead of one join: in a batch D1 returns rows as objects keyed by column name, so two columns with the same
 * name (the scenario's `id` and the therapist's) would overwrite each other. `audit`: if staff trigger it for a person.
 */
export const findAlarmSubject = async (
  store: Store,
  accountId: number,
  maxContacts: number,
  audit: NewAuditEntry | null,
): Promise<AlarmSubject | null> => {
  const { orm } = store
  const ownProfile = eq(recoveryProfiles.accountId, accountId)
  const [[person], [scenario], [therapist], contactRows] = await orm.batch([
    orm
      .select({
        username: accounts.username,
        firstName: accounts.firstName,
        lastName: accounts.lastName,
        location: recoveryProfiles.location,
        musicUrl: musicTracks.url,
      })
      .from(accounts)
      .leftJoin(recoveryProfiles, eq(recoveryProfiles.accountId, accounts.id))
      .leftJoin(musicTracks, eq(musicTracks.id, recoveryProfiles.musicId))
      .where(eq(accounts.id, accountId)),
    orm
      .select(getTableColumns(alarmScenarios))
      .from(recoveryProfiles)
      .innerJoin(alarmScenarios, eq(alarmScenarios.id, recoveryProfiles.scenarioId))
      .where(ownProfile),
    chosenTherapistOf(orm, accountId),
    contactsOf(orm, accountId, maxContacts),
    ...(audit ? [auditInsertIfAccount(orm, audit, eq(accounts.id, accountId))] : []),
  ])
  if (!person) return null
  return { ...person, location: person.location ?? '', scenario: scenario ?? null, therapist: therapist ?? null, contacts: contactRows }
}

/** Records that a person's object has an open alarm, and that it holds messages. Inserts nothing if the account has been deleted meanwhile. */
export const recordOpenAlarm = async (store: Store, accountId: number, now: number): Promise<void> => {
  const { orm } = store
  const person = sql`SELECT id, ${now} FROM accounts WHERE id = ${accountId}`
  await orm.batch([
    orm.insert(openAlarms).select(person).onConflictDoNothing(),
    orm.insert(alarmHistories).select(person).onConflictDoNothing(),
  ])
}

export const deleteOpenAlarm = async (store: Store, accountId: number): Promise<void> => {
  await store.orm.delete(openAlarms).where(eq(openAlarms.accountId, accountId))
}

/** The open alarms that were checked longest ago, so that each one is checked in the end, however many there are. */
export const findOpenAlarms = async (store: Store, limit: number): Promise<number[]> => {
  const rows = await store.orm
    .select({ accountId: openAlarms.accountId })
    .from(openAlarms)
    .orderBy(asc(openAlarms.checkedAt), asc(openAlarms.accountId))
    .limit(limit)
  return rows.map(({ accountId }) => accountId)
}

const isOneOf = (ids: readonly number[]) => sql`${openAlarms.accountId} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`

/** Sets the check time of the checked objects, and deletes the rows of those that have nothing left to do. */
export const updateOpenAlarms = async (
  store: Store,
  { checked, done, now }: { checked: readonly number[]; done: readonly number[]; now: number },
): Promise<void> => {
  const { orm } = store
  await orm.batch([orm.update(openAlarms).set({ checkedAt: now }).where(isOneOf(checked)), orm.delete(openAlarms).where(isOneOf(done))])
}
/** Newest first; the page starts after the cursor. The audit trail records who reads it. */
export const findOutbox = async (
  store: Store,
  after: OutboxCursor | null,
  limit: number,
  audit: NewAuditEntry,
): Promise<OutboxMessage[]> => {
  const { orm } = store
  const [, messages] = await orm.batch([
    auditInsert(orm, audit),
    orm
      .select()
      .from(outbox)
      .where(after ? sql`(${outbox.createdAt}, ${outbox.key}) < (${after.createdAt}, ${after.key})` : undefined)
      .orderBy(desc(outbox.createdAt), desc(outbox.key))
      .limit(limit),
  ])
  return messages
}

/** Idempotent: inserting the same message again changes nothing. */
export const insertOutboxMessage = async (store: Store, message: OutboxMessage): Promise<void> => {
  await store.orm.insert(outbox).values(message).onConflictDoNothing()
}
