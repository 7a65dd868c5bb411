import { and, eq, exists, getTableColumns, inArray, sql } from 'drizzle-orm'
import type { Choice, ValidValues } from '../model/master.ts'
import type { MatrimonyProfile, Picture, ProfileChanges } from '../model/matrimony-profile.ts'
import type { PageStart } from '../model/page.ts'
import { blockedIdsOf } from './blocks.ts'
import { idsOnPage, memberCountWithout } from './list-buckets.ts'
import { hasUnknownChoice, toValidValues, unknownChoices } from './master.ts'
import { forEachStart } from './numbered-pages.ts'
import { prepared, preparedNumber, rowsOf, runBoth, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { backgroundJobs, matches, matrimonyProfiles } from './tables/matrimony.ts'

const { isListed: _isListed, ...columns } = getTableColumns(matrimonyProfiles)
export const findProfile = async (store: Store, accountId: number): Promise<MatrimonyProfile | null> => {
  const [profile] = await store.orm.select(columns).from(matrimonyProfiles).where(eq(matrimonyProfiles.accountId, accountId))
  return profile ?? null
}

const leftOut = sql`SELECT account_id AS id FROM matrimony_profiles
  WHERE is_listed = 1 AND account_id IN (${blockedIdsOf(sql.placeholder('readerId'))})`
const LISTED = { id: sql`account_id`, from: sql`matrimony_profiles`, where: sql`is_listed = 1`, leftOut }

const listedProfiles = forEachStart((from, limit) =>
  prepared((orm) =>
    orm
      .select(columns)
      .from(matrimonyProfiles)
      .where(inArray(matrimonyProfiles.accountId, idsOnPage('profiles', LISTED, { from, limit })))
      .orderBy(matrimonyProfiles.accountId)
      .prepare(),
  ),
)
const listedCount = preparedNumber(memberCountWithout('profiles', leftOut))

/** Profiles of active accounts, by id, without those that a block separates from the reader. */
export const findListedProfiles = async (store: Store, readerId: number, from: PageStart, limit: number) => {
  const [items, [total]] = await runBoth(store, listedProfiles(from), listedCount, { readerId, from, limit })
  return { items, count: total?.number ?? 0 }
}

/** Sets the account's picture to the profile's picture. Changes nothing if the write of the profile in the same batch did nothing. */
const setAccountPicture = (orm: Store['orm'], accountId: number, picture: Picture, now: number) =>
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
  readonly fields: ProfileChanges
  readonly choices: readonly Choice[]
  readonly picture: Picture
  readonly now: number
}

/**
 * Creates a profile if the account has none and every value is in the table. Of two concurrent requests the primary key
 * accepts one. The INSERT itself looks up the values, so a value that was added a moment ago is valid.
 */
export const insertProfile = async (
  store: Store,
  { accountId, fields, choices, picture, now }: NewProfile,
): Promise<'created' | 'exists' | { readonly unknown: ValidValues }> => {
  const { orm } = store
  const [existing, unknown, created] = await orm.batch([
    orm.select({ id: matrimonyProfiles.accountId }).from(matrimonyProfiles).where(eq(matrimonyProfiles.accountId, accountId)),
    unknownChoices(orm, choices),
    rowsOf<{ account_id: number }>(
      orm,
      sql`INSERT INTO matrimony_profiles
        (account_id, is_listed, gender, date_of_birth, height, weight, religion, caste, income, profession, education, bio,
         marital_status, location, language, image, created_at, updated_at)
      SELECT id, is_active, ${fields.gender ?? ''}, ${fields.dateOfBirth ?? null}, ${fields.height ?? null}, ${fields.weight ?? null},
        ${fields.religion ?? null}, ${fields.caste ?? null}, ${fields.income ?? null}, ${fields.profession ?? null}, ${fields.education ?? null},
        ${fields.bio ?? ''}, ${fields.maritalStatus ?? null}, ${fields.location ?? null}, ${fields.language ?? null}, ${picture.name}, ${now}, ${now}
      FROM accounts WHERE id = ${accountId} AND NOT ${hasUnknownChoice(choices)}
      ON CONFLICT DO NOTHING RETURNING account_id`,
    ),
    setAccountPicture(orm, accountId, picture, now),
  ])
  if (created.length > 0) return 'created'
  return existing.length > 0 ? 'exists' : { unknown: toValidValues(unknown) }
}

interface ChangedProfile {
  readonly accountId: number
  readonly fields: ProfileChanges
  readonly choices: readonly Choice[]
  readonly picture: Picture | null
  readonly now: number
}

/**
 * Changes a profile, and returns the picture that it had. Of two concurrent replacements each returns the picture that it
 * replaced, so that the caller can delete both.
 */
export const updateProfile = async (
  store: Store,
  { accountId, fields, choices, picture, now }: ChangedProfile,
): Promise<{ readonly profile: MatrimonyProfile; readonly imageBefore: string } | 'not-found' | { readonly unknown: ValidValues }> => {
  const { orm } = store
  const [before, unknown, changed] = await orm.batch([
    orm.select({ image: matrimonyProfiles.image }).from(matrimonyProfiles).where(eq(matrimonyProfiles.accountId, accountId)),
    unknownChoices(orm, choices),
    orm
      .update(matrimonyProfiles)
      .set({ ...fields, ...(picture && { image: picture.name }), updatedAt: now })
      .where(and(eq(matrimonyProfiles.accountId, accountId), sql`NOT ${hasUnknownChoice(choices)}`))
      .returning(columns),
    ...(picture ? [setAccountPicture(orm, accountId, picture, now)] : []),
  ])
  const [profile] = changed
  if (profile) return { profile, imageBefore: before[0]?.image ?? '' }
  return before.length === 0 ? 'not-found' : { unknown: toValidValues(unknown) }
}

/** Deletes a profile and its matches. Returns the name of its picture, or null if there was no profile. */
export const deleteProfile = async (
  store: Store,
  accountId: number,
  pathOf: (image: string) => string,
  now: number,
): Promise<string | null> => {
  const { orm } = store
  const [deleted] = await orm.batch([
    orm.delete(matrimonyProfiles).where(eq(matrimonyProfiles.accountId, accountId)).returning({ image: matrimonyProfiles.image }),
    rowsOf(orm, sql`DELETE FROM ${matches} WHERE user1_id = ${accountId} OR user2_id = ${accountId}`),
    // Only a picture of the profile: another contract may have set another picture meanwhile.
    rowsOf(
      orm,
      sql`UPDATE accounts SET profile_picture = NULL, updated_at = ${now}
      WHERE id = ${accountId} AND profile_picture LIKE ${`${pathOf('')}%`}`,
    ),
  ])
  return deleted[0]?.image ?? null
}

/** Those of the given pictures that no profile uses. */
export const findOrphanedPictures = async (store: Store, images: readonly string[]): Promise<string[]> => {
  const rows = await rowsOf<{ image: string }>(
    store.orm,
    sql`SELECT value AS image FROM json_each(${JSON.stringify(images)})
    WHERE NOT EXISTS (SELECT 1 FROM matrimony_profiles p WHERE p.image = value)`,
  )
  return rows.map(({ image }) => image)
}

/** The position at which a background job continues, if it needs many runs to process all items; '' before its first run. */
export const findJobCursor = async (store: Store, name: string): Promise<string> => {
  const [job] = await store.orm.select({ cursor: backgroundJobs.cursor }).from(backgroundJobs).where(eq(backgroundJobs.name, name))
  return job?.cursor ?? ''
}

export const saveJobCursor = async (store: Store, name: string, cursor: string): Promise<void> => {
  await store.orm.insert(backgroundJobs).values({ name, cursor }).onConflictDoUpdate({ target: backgroundJobs.name, set: { cursor } })
}
