import { and, asc, eq, exists, type Placeholder, sql } from 'drizzle-orm'
import { accounts } from './schema.ts'
import { prepared, type Store } from './store.ts'
import { alarmScenarios, musicTracks, recoveryProfiles, therapists } from './tables/recovery.ts'

export interface RecoveryProfile {
  readonly accountId: number
  readonly username: string
  readonly age: number | null
  readonly location: string
  readonly militaryStatus: boolean
  readonly ptsdLevel: number | null
  readonly musicId: number | null
  readonly therapistId: number | null
  readonly scenarioId: number | null
}

/** What is left out, or undefined, stays as it is. */
export interface RecoveryChanges {
  readonly age?: number | null | undefined
  readonly location?: string | undefined
  readonly militaryStatus?: boolean | undefined
  readonly ptsdLevel?: number | null | undefined
  readonly therapistId?: number | null | undefined
  readonly scenarioId?: number | null | undefined
}

/** A row is made when there is something to keep; until then these defaults are what a missing one reads as. */
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
    })
    .from(accounts)
    .leftJoin(recoveryProfiles, eq(recoveryProfiles.accountId, accounts.id))
    .where(eq(accounts.id, accountId))

const own = prepared((orm) => profileOf(orm, sql.placeholder('accountId')).prepare())

export const findRecoveryProfile = async (store: Store, accountId: number): Promise<RecoveryProfile | null> =>
  (await own(store).get({ accountId })) ?? null

const one = { one: sql`1` }

/**
 * Changes a person's own facts. Whether the scenario exists, and whether the therapist is this person's, is decided
 * inside the statement that writes: a therapist who is deleted in the same moment is not chosen.
 */
export const saveRecoveryProfile = async (
  store: Store,
  accountId: number,
  changes: RecoveryChanges,
): Promise<RecoveryProfile | 'not-found' | 'scenario-not-found' | 'therapist-not-found'> => {
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
  const allowed = and(
    eq(accounts.id, accountId),
    typeof scenarioId === 'number' ? exists(scenario) : undefined,
    typeof therapistId === 'number' ? exists(therapist) : undefined,
  )
  const [scenarios, theirTherapists, , [profile]] = await orm.batch([
    scenario,
    therapist,
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
          .where(allowed),
      )
      .onConflictDoUpdate({ target: recoveryProfiles.accountId, set: { accountId: sql`excluded.account_id`, ...changes } }),
    profileOf(orm, accountId),
  ])
  if (!profile) return 'not-found'
  if (typeof scenarioId === 'number' && scenarios.length === 0) return 'scenario-not-found'
  if (typeof therapistId === 'number' && theirTherapists.length === 0) return 'therapist-not-found'
  return profile
}

/** False where there is no such track: the statement that chooses it is the one that looks. */
export const chooseTrack = async (store: Store, accountId: number, trackId: number): Promise<boolean> => {
  const { orm } = store
  const chosen = await orm
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
  return chosen.length > 0
}

export type MusicTrack = typeof musicTracks.$inferSelect
export type AlarmScenario = typeof alarmScenarios.$inferSelect

/** Both are short lists that an operator writes; a bound all the same, so that no answer grows without end. */
const SHOWN = 1000

export const findTracks = (store: Store): Promise<MusicTrack[]> =>
  store.orm.select().from(musicTracks).orderBy(asc(musicTracks.id)).limit(SHOWN)

export const findScenarios = (store: Store): Promise<AlarmScenario[]> =>
  store.orm.select().from(alarmScenarios).orderBy(asc(alarmScenarios.id)).limit(SHOWN)
