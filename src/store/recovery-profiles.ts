import { and, asc, eq, exists, type Placeholder, sql } from 'drizzle-orm'
import type { NewAuditEntry } from '../model/audit.ts'
import type { AlarmScenario, MusicTrack, RecoveryChanges, RecoveryProfile } from '../model/recovery.ts'
import { type ActingAccount, isNotOutranked, usernameIn } from './account-row.ts'
import { auditInsert, auditInsertIfAccount } from './audit.ts'
import { prepared, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { alarmScenarios, musicTracks, recoveryProfiles, therapists } from './tables/recovery.ts'

/** A row is created when there is something to store. Until then, reading returns these defaults. */
const profileOf = (orm: Store['orm'], accountId: number | Placeholder) =>
  orm
    .select({
      accountId: accounts.id,
      username: accounts.username,
      age: recoveryProfiles.age,
      location: sql<string>`COALESCE(${recoveryProfiles.location}, '')`,
      militaryStatus: sql<boolean>`COALESCE(${recoveryProfiles.militaryStatus}, 0)`.mapWith(Boolean),
      ptsdLevel: recoveryProfiles.ptsdLevel,
      musicId: recoveryProfiles.musicId,
      therapistId: recoveryProfiles.therapistId,
      scenarioId: recoveryProfiles.scenarioId,
      shownName: usernameIn('recovery').as('shown_name'),
    })
    .from(accounts)
    .leftJoin(recoveryProfiles, eq(recoveryProfiles.accountId, accounts.id))
    .where(eq(accounts.id, accountId))

const own = prepared((orm) => profileOf(orm, sql.placeholder('accountId')).prepare())

export const findRecoveryProfile = async (store: Store, accountId: number): Promise<RecoveryProfile | null> =>
  (await own(store).get({ accountId })) ?? null

/** The profile of a person for another user to read, recorded in the audit trail. Nothing is recorded if there is no such person. */
export const findRecoveryProfileRecorded = async (
  store: Store,
  accountId: number,
  audit: NewAuditEntry,
): Promise<RecoveryProfile | null> => {
  const { orm } = store
  const [, [profile]] = await orm.batch([auditInsertIfAccount(orm, audit, eq(accounts.id, accountId)), profileOf(orm, accountId)])
  return profile ?? null
}

const one = { one: sql`1` }

/**
 * Changes a person's profile. The statement that writes also checks that the scenario exists and that the therapist belongs
 * to this person, so a therapist who is deleted at the same moment cannot be selected. It changes nothing for a person who
 * has a higher rank than the acting account.
 */
export const saveRecoveryProfile = async (
  store: Store,
  accountId: number,
  changes: RecoveryChanges,
  by: ActingAccount,
  audit: NewAuditEntry,
): Promise<RecoveryProfile | 'not-found' | 'forbidden' | 'scenario-not-found' | 'therapist-not-found'> => {
  const { orm } = store
  const { scenarioId, therapistId } = changes
  const scenario = orm
    .select(one)
    .from(alarmScenarios)
    .where(eq(alarmScenarios.id, scenarioId ?? 0))
  const therapist = orm
    .select(one)
    .from(therapists)
    .where(and(eq(therapists.id, therapistId ?? 0), eq(therapists.accountId, accountId)))
  const isAllowed = and(
    eq(accounts.id, accountId),
    isNotOutranked(by),
    typeof scenarioId === 'number' ? exists(scenario) : undefined,
    typeof therapistId === 'number' ? exists(therapist) : undefined,
  )
  const [scenarios, ownTherapists, , saved, [profile]] = await orm.batch([
    scenario,
    therapist,
    auditInsertIfAccount(orm, audit, isAllowed),
    orm
      .insert(recoveryProfiles)
      .select(
        orm
          .select({
            accountId: accounts.id,
            age: sql<number | null>`${changes.age ?? null}`.as('age'),
            location: sql<string>`${changes.location ?? ''}`.as('location'),
            militaryStatus: sql<boolean>`${changes.militaryStatus ? 1 : 0}`.as('military_status'),
            ptsdLevel: sql<number | null>`${changes.ptsdLevel ?? null}`.as('ptsd_level'),
            musicId: sql<number | null>`NULL`.as('music_id'),
            therapistId: sql<number | null>`${therapistId ?? null}`.as('therapist_id'),
            scenarioId: sql<number | null>`${scenarioId ?? null}`.as('scenario_id'),
          })
          .from(accounts)
          .where(isAllowed),
      )
      .onConflictDoUpdate({ target: recoveryProfiles.accountId, set: { accountId: sql`excluded.account_id`, ...changes } })
      .returning({ accountId: recoveryProfiles.accountId }),
    profileOf(orm, accountId),
  ])
  if (!profile) return 'not-found'
  if (typeof scenarioId === 'number' && scenarios.length === 0) return 'scenario-not-found'
  if (typeof therapistId === 'number' && ownTherapists.length === 0) return 'therapist-not-found'
  return saved.length > 0 ? profile : 'forbidden'
}

/** False if there is no such track. The statement that selects the track also checks that it exists. */
export const chooseTrack = async (store: Store, accountId: number, trackId: number, audit: NewAuditEntry): Promise<boolean> => {
  const { orm } = store
  const track = orm.select(one).from(musicTracks).where(eq(musicTracks.id, trackId))
  const select = orm
    .insert(recoveryProfiles)
    .select(
      orm
        .select({
          accountId: sql<number>`${accountId}`.as('account_id'),
          age: sql<number | null>`NULL`.as('age'),
          location: sql<string>`''`.as('location'),
          militaryStatus: sql<boolean>`0`.as('military_status'),
          ptsdLevel: sql<number | null>`NULL`.as('ptsd_level'),
          musicId: musicTracks.id,
          therapistId: sql<number | null>`NULL`.as('therapist_id'),
          scenarioId: sql<number | null>`NULL`.as('scenario_id'),
        })
        .from(musicTracks)
        .where(eq(musicTracks.id, trackId)),
    )
    .onConflictDoUpdate({ target: recoveryProfiles.accountId, set: { musicId: sql`excluded.music_id` } })
    .returning({ accountId: recoveryProfiles.accountId })
  const [, selected] = await orm.batch([auditInsert(orm, audit, exists(track)), select])
  return selected.length > 0
}

export const findTracks = (store: Store, limit: number): Promise<MusicTrack[]> =>
  store.orm.select().from(musicTracks).orderBy(asc(musicTracks.id)).limit(limit)

export const findScenarios = (store: Store, limit: number): Promise<AlarmScenario[]> =>
  store.orm.select().from(alarmScenarios).orderBy(asc(alarmScenarios.id)).limit(limit)
