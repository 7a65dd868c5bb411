import { and, eq, exists, getTableColumns, inArray, sql } from 'drizzle-orm'
import { idsOnPage, lengthOf } from './list-buckets.ts'
import { type Chosen, someUnknown, unknownChoices, type ValidValues, validValuesFrom } from './master.ts'
import type { PageStart } from './numbered-pages.ts'
import { accounts } from './schema.ts'
import { rowsOf, type Store } from './store.ts'
import { chores, matrimonyProfiles } from './tables/matrimony.ts'

export type MatrimonyProfile = Omit<typeof matrimonyProfiles.$inferSelect, 'isListed'>

const { isListed: _isListed, ...columns } = getTableColumns(matrimonyProfiles)

type Said = Omit<MatrimonyProfile, 'accountId' | 'image' | 'createdAt' | 'updatedAt'>

/** What somebody errorResponse of themselves; what is left out, or undefined, stays as it is. */
export type ProfileChanges = { readonly [K in keyof Said]?: Said[K] | undefined }

export const findProfile = async (store: Store, accountId: number): Promise<MatrimonyProfile | null> => {
  const [profile] = await store.orm.select(columns).from(matrimonyProfiles).where(eq(matrimonyProfiles.accountId, accountId))
  return profile ?? null
}

/** Profiles of active accounts, by id. */
export const findListedProfiles = async (store: Store, from: PageStart, limit: number) => {
  const { orm } = store
  const ids = idsOnPage('profiles', { id: sql`account_id`, from: sql`matrimony_profiles`, where: sql`is_listed = 1` }, { from, limit })
  const [items, [total]] = await orm.batch([
    orm.select(columns).from(matrimonyProfiles).where(inArray(matrimonyProfiles.accountId, ids)).orderBy(matrimonyProfiles.accountId),
    rowsOf<{ count: number }>(orm, sql`SELECT ${lengthOf('profiles')} AS count`),
  ])
  return { items, count: total?.count ?? 0 }
}

export interface Picture {
  readonly name: string
  /** What the account's picture is from then on, for the other contracts to show. */
  readonly path: string
}

/** The account shows the picture that its profile has: nothing where the write beside it was refused. */
const showPicture = (orm: Store['orm'], accountId: number, picture: Picture, now: number) =>
  orm
    .update(accounts)
    .set({ profilePicture: picture.path, updatedAt: now })
    .where(
      and(
        eq(accounts.id, accountId),
        exists(
          orm
            .select({ one: sql`1` })
            .from(matrimonyProfiles)
            .where(and(eq(matrimonyProfiles.accountId, accountId), eq(matrimonyProfiles.image, picture.name))),
        ),
      ),
    )

interface NewProfile {
  readonly accountId: number
  readonly said: ProfileChanges
  readonly chosen: readonly Chosen[]
  readonly picture: Picture
  readonly now: number
}

/**
 * Makes a profile where the account has none and every value is in the table. Of two at once the primary key lets one
 * through; a value is looked up by the statement that writes it, so one that was added a moment ago is good.
 */
export const insertProfile = async (
  store: Store,
  { accountId, said, chosen, picture, now }: NewProfile,
): Promise<'made' | 'exists' | { readonly unknown: ValidValues }> => {
  const { orm } = store
  const [existing, unknown, made] = await orm.batch([
    orm.select({ id: matrimonyProfiles.accountId }).from(matrimonyProfiles).where(eq(matrimonyProfiles.accountId, accountId)),
    unknownChoices(orm, chosen),
    rowsOf<{ account_id: number }>(
      orm,
      sql`INSERT INTO matrimony_profiles
        (account_id, is_listed, gender, date_of_birth, height, weight, religion, caste, income, profession, education, bio,
         marital_status, location, language, image, created_at, updated_at)
      SELECT id, is_active, ${said.gender ?? ''}, ${said.dateOfBirth ?? null}, ${said.height ?? null}, ${said.weight ?? null},
        ${said.religion ?? null}, ${said.caste ?? null}, ${said.income ?? null}, ${said.profession ?? null}, ${said.education ?? null},
        ${said.bio ?? ''}, ${said.maritalStatus ?? null}, ${said.location ?? null}, ${said.language ?? null}, ${picture.name}, ${now}, ${now}
      FROM accounts WHERE id = ${accountId} AND NOT ${someUnknown(chosen)}
      ON CONFLICT DO NOTHING RETURNING account_id`,
    ),
    showPicture(orm, accountId, picture, now),
  ])
  if (made.length > 0) return 'made'
  return existing.length > 0 ? 'exists' : { unknown: validValuesFrom(unknown) }
}

interface ChangedProfile {
  readonly accountId: number
  readonly said: ProfileChanges
  readonly chosen: readonly Chosen[]
  readonly picture: Picture | null
  readonly now: number
}

/**
 * Changes a profile, and errorResponse which picture it had: of two replacements at once each is told the one that it replaced, so
 * that none is left behind.
 */
export const updateProfile = async (
  store: Store,
  { accountId, said, chosen, picture, now }: ChangedProfile,
): Promise<{ readonly profile: MatrimonyProfile; readonly imageBefore: string } | 'not-found' | { readonly unknown: ValidValues }> => {
  const { orm } = store
  const [before, unknown, changed] = await orm.batch([
    orm.select({ image: matrimonyProfiles.image }).from(matrimonyProfiles).where(eq(matrimonyProfiles.accountId, accountId)),
    unknownChoices(orm, chosen),
    orm
      .update(matrimonyProfiles)
      .set({ ...said, ...(picture && { image: picture.name }), updatedAt: now })
      .where(and(eq(matrimonyProfiles.accountId, accountId), sql`NOT ${someUnknown(chosen)}`))
      .returning(columns),
    ...(picture ? [showPicture(orm, accountId, picture, now)] : []),
  ])
  const [profile] = changed
  if (profile) return { profile, imageBefore: before[0]?.image ?? '' }
  return before.length === 0 ? 'not-found' : { unknown: validValuesFrom(unknown) }
}

/** Takes a profile away, and what stands on it; errorResponse which picture it had, or null where there was none to take. */
export const deleteProfile = async (
  store: Store,
  accountId: number,
  pathOf: (image: string) => string,
  now: number,
): Promise<string | null> => {
  const { orm } = store
  const [gone] = await orm.batch([
    orm.delete(matrimonyProfiles).where(eq(matrimonyProfiles.accountId, accountId)).returning({ image: matrimonyProfiles.image }),
    rowsOf(orm, sql`DELETE FROM matches WHERE user1_id = ${accountId} OR user2_id = ${accountId}`),
    // A picture that another contract has put there in the meantime is not the profile's.
    rowsOf(
      orm,
      sql`UPDATE accounts SET profile_picture = NULL, updated_at = ${now}
      WHERE id = ${accountId} AND profile_picture LIKE ${`${pathOf('')}%`}`,
    ),
  ])
  return gone[0]?.image ?? null
}

/** Which of these pictures no profile has. */
export const findOrphans = async (store: Store, images: readonly string[]): Promise<string[]> => {
  const rows = await rowsOf<{ image: string }>(
    store.orm,
    sql`SELECT value AS image FROM json_each(${JSON.stringify(images)})
    WHERE NOT EXISTS (SELECT 1 FROM matrimony_profiles p WHERE p.image = value)`,
  )
  return rows.map(({ image }) => image)
}

/** Where a chore that takes many days to go round has to go on. */
export const findChore = async (store: Store, name: string): Promise<string> => {
  const [chore] = await store.orm.select({ at: chores.at }).from(chores).where(eq(chores.name, name))
  return chore?.at ?? ''
}

export const saveChore = async (store: Store, name: string, at: string): Promise<void> => {
  await store.orm.insert(chores).values({ name, at }).onConflictDoUpdate({ target: chores.name, set: { at } })
}
