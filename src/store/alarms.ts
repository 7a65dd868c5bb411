import { and, asc, desc, eq, getTableColumns, sql } from 'drizzle-orm'
import { contactsOf, type EmergencyContact, type Therapist, therapistColumns } from './emergency-contacts.ts'
import type { AlarmScenario } from './recovery-profiles.ts'
import { accounts } from './schema.ts'
import type { Store } from './store.ts'
import { openAlarms, outbox } from './tables/alarms.ts'
import { alarmScenarios, musicTracks, recoveryProfiles, therapists } from './tables/recovery.ts'

/** Everything that an alarm needs to know of a person, as it is at the moment of the trigger. */
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
 * One batch and not one join: in a batch D1 hands rows over as objects by column name, so that two columns of
 * one name (a scenario's `id` and a therapist's) would be one.
 */
export const findAlarmSubject = async (store: Store, accountId: number, contacts: number): Promise<AlarmSubject | null> => {
  const { orm } = store
  const theirs = eq(recoveryProfiles.accountId, accountId)
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
      .where(theirs),
    orm
      .select(therapistColumns)
      .from(recoveryProfiles)
      .innerJoin(therapists, and(eq(therapists.id, recoveryProfiles.therapistId), eq(therapists.accountId, accountId)))
      .where(theirs),
    contactsOf(orm, accountId, contacts),
  ])
  if (!person) return null
  return { ...person, location: person.location ?? '', scenario: scenario ?? null, therapist: therapist ?? null, contacts: contactRows }
}

/** Notes that a person's object has something to do. Where the person is gone meanwhile there is nothing to note. */
export const noteOpenAlarm = async (store: Store, accountId: number, now: number): Promise<void> => {
  const { orm } = store
  const person = orm
    .select({ accountId: accounts.id, checkedAt: sql<number>`${now}`.as('checked_at') })
    .from(accounts)
    .where(eq(accounts.id, accountId))
  await orm.insert(openAlarms).select(person).onConflictDoNothing()
}

export const dropOpenAlarm = async (store: Store, accountId: number): Promise<void> => {
  await store.orm.delete(openAlarms).where(eq(openAlarms.accountId, accountId))
}

/** Those that were asked longest ago, so that no number of open alarms keeps one of them from its turn. */
export const findOpenAlarms = async (store: Store, limit: number): Promise<number[]> => {
  const rows = await store.orm
    .select({ accountId: openAlarms.accountId })
    .from(openAlarms)
    .orderBy(asc(openAlarms.checkedAt), asc(openAlarms.accountId))
    .limit(limit)
  return rows.map(({ accountId }) => accountId)
}

const listed = (ids: readonly number[]) => sql`${openAlarms.accountId} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`

export const settleOpenAlarms = async (
  store: Store,
  { asked, done, now }: { asked: readonly number[]; done: readonly number[]; now: number },
): Promise<void> => {
  const { orm } = store
  await orm.batch([orm.update(openAlarms).set({ checkedAt: now }).where(listed(asked)), orm.delete(openAlarms).where(listed(done))])
}

export type OutboxMessage = typeof outbox.$inferSelect

export type OutboxCursor = Pick<OutboxMessage, 'createdAt' | 'key'>

/** The newest first, after a place in that order. */
export const findOutbox = (store: Store, from: OutboxCursor | null, limit: number): Promise<OutboxMessage[]> =>
  store.orm
    .select()
    .from(outbox)
    .where(from ? sql`(${outbox.createdAt}, ${outbox.key}) < (${from.createdAt}, ${from.key})` : undefined)
    .orderBy(desc(outbox.createdAt), desc(outbox.key))
    .limit(limit)

/** The same message again is the row that is there. */
export const keepInOutbox = async (store: Store, message: OutboxMessage): Promise<void> => {
  await store.orm.insert(outbox).values(message).onConflictDoNothing()
}
