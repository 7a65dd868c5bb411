import { and, eq, gt, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { type Account, type Reader, usernameKey } from '../model/account.ts'
import { EMPTY_FACILITY_PROFILE, type FacilityProfile } from '../model/facility.ts'
import {
  EMPTY_MEETUP_PROFILE,
  type MeetupProfile,
  type PracticeChanges,
  type PracticeProfile,
  type PracticeProfileRef,
  type PublicPerson,
} from '../model/profile.ts'
import { type ActingAccount, accountColumns, isNotOutranked, usernameIn } from './account-row.ts'
import { isBlockedPair } from './blocks.ts'
import { prepared, type Store } from './store.ts'
import { accounts, facilityProfiles, meetupProfiles, practiceProfiles } from './tables/accounts.ts'
import { namePrefixes } from './tables/people-search.ts'

/**
 * What each contract stores about a person beside the account. A row is created when there is something to store. Until
 * then, reading returns the defaults.
 */

/** Fields that are missing or undefined stay unchanged. */
type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined }
const practiceProfile = (orm: Store['orm'], accountId: number | Placeholder | SQL, condition?: SQL) =>
  orm
    .select({
      account: accountColumns,
      bio: practiceProfiles.bio,
      location: practiceProfiles.location,
      formerId: practiceProfiles.formerId,
    })
    .from(accounts)
    .leftJoin(practiceProfiles, eq(practiceProfiles.accountId, accounts.id))
    .where(and(eq(accounts.id, accountId), eq(accounts.isActive, true), condition))

const toPracticeProfile = (row: {
  account: Account
  bio: string | null
  location: string | null
  formerId: number | null
}): PracticeProfile => ({
  ...row,
  bio: row.bio ?? '',
  location: row.location ?? '',
})

const [ACCOUNT, READER] = [sql.placeholder('accountId'), sql.placeholder('readerId')]
const practiceForMember = prepared((orm) => practiceProfile(orm, ACCOUNT, sql`NOT ${isBlockedPair(ACCOUNT, READER)}`).prepare())
const practiceForStaff = prepared((orm) => practiceProfile(orm, ACCOUNT).prepare())

const accountOfFormer = (formerId: number | Placeholder): SQL<number> =>
  sql`(SELECT account_id FROM practice_profiles WHERE former_id = ${formerId})`
const FORMER = accountOfFormer(sql.placeholder('formerId'))
const formerForMember = prepared((orm) => practiceProfile(orm, FORMER, sql`NOT ${isBlockedPair(FORMER, READER)}`).prepare())
const formerForStaff = prepared((orm) => practiceProfile(orm, FORMER).prepare())

/** Null if there is no such profile of an active account, or if a block separates it from the reader. */
export const findPracticeProfile = async (store: Store, ref: PracticeProfileRef, reader: Reader): Promise<PracticeProfile | null> => {
  const [forStaff, forMember, key] =
    typeof ref === 'number' ? [practiceForStaff, practiceForMember, { accountId: ref }] : [formerForStaff, formerForMember, ref]
  const row = await (reader.isStaff ? forStaff(store).get(key) : forMember(store).get({ ...key, readerId: reader.id }))
  return row ? toPracticeProfile(row) : null
}
/**
 * The condition prevents the insert if there is no such active account, if it has a higher rank than the acting one, or if the
 * acting one may change its own profile only.
 */
export const savePracticeProfile = async (
  store: Store,
  ref: PracticeProfileRef,
  { bio, location }: PracticeChanges,
  { ownOnly, ...by }: ActingAccount & { readonly ownOnly: boolean },
): Promise<PracticeProfile | 'not-found' | 'forbidden'> => {
  const { orm } = store
  const accountId = typeof ref === 'number' ? ref : accountOfFormer(ref.formerId)
  const set = { ...(bio !== undefined && { bio }), ...(location !== undefined && { location }) }
  const [saved, [row]] = await orm.batch([
    orm
      .insert(practiceProfiles)
      .select(
        orm
          .select({
            accountId: accounts.id,
            bio: sql<string>`${bio ?? ''}`.as('bio'),
            location: sql<string>`${location ?? ''}`.as('location'),
            formerId: sql<null>`NULL`.as('former_id'),
          })
          .from(accounts)
          .where(
            and(eq(accounts.id, accountId), eq(accounts.isActive, true), isNotOutranked(by), ownOnly ? eq(accounts.id, by.id) : undefined),
          ),
      )
      .onConflictDoUpdate({ target: practiceProfiles.accountId, set: { accountId: sql`excluded.account_id`, ...set } })
      .returning({ accountId: practiceProfiles.accountId }),
    practiceProfile(orm, accountId),
  ])
  if (!row) return 'not-found'
  return saved.length > 0 ? toPracticeProfile(row) : 'forbidden'
}

const ownFacility = prepared((orm) => orm.select().from(facilityProfiles).where(eq(facilityProfiles.accountId, ACCOUNT)).prepare())

export const findFacilityProfile = async (store: Store, accountId: number): Promise<FacilityProfile> =>
  (await ownFacility(store).get({ accountId })) ?? EMPTY_FACILITY_PROFILE

/** Both rows in one batch: the account's names and the fields of the facility profile change together or not at all. */
export const saveFacilityProfile = async (
  store: Store,
  accountId: number,
  changes: Changes<FacilityProfile>,
  account: Changes<Pick<Account, 'firstName' | 'lastName' | 'profilePicture'>>,
  now: number,
): Promise<{ account: Account | null; profile: FacilityProfile }> => {
  const { orm } = store
  const [changed, profile] = await orm.batch([
    orm
      .update(accounts)
      .set({ ...account, updatedAt: now })
      .where(eq(accounts.id, accountId))
      .returning(accountColumns),
    orm
      .insert(facilityProfiles)
      .values({ accountId, ...changes })
      .onConflictDoUpdate({ target: facilityProfiles.accountId, set: { accountId, ...changes } })
      .returning(),
  ])
  return { account: changed[0] ?? null, profile: profile[0] ?? EMPTY_FACILITY_PROFILE }
}

const ownMeetup = prepared((orm) => orm.select().from(meetupProfiles).where(eq(meetupProfiles.accountId, ACCOUNT)).prepare())

export const findMeetupProfile = async (store: Store, accountId: number): Promise<MeetupProfile> =>
  (await ownMeetup(store).get({ accountId })) ?? EMPTY_MEETUP_PROFILE

export const saveMeetupProfile = async (
  store: Store,
  accountId: number,
  changes: Changes<MeetupProfile>,
  account: Changes<Pick<Account, 'firstName' | 'lastName'>>,
  now: number,
): Promise<{ account: Account | null; profile: MeetupProfile }> => {
  const { orm } = store
  const [changed, profile] = await orm.batch([
    orm
      .update(accounts)
      .set({ ...account, updatedAt: now })
      .where(eq(accounts.id, accountId))
      .returning(accountColumns),
    orm
      .insert(meetupProfiles)
      .values({ accountId, ...changes })
      .onConflictDoUpdate({ target: meetupProfiles.accountId, set: { accountId, ...changes } })
      .returning(),
  ])
  return { account: changed[0] ?? null, profile: profile[0] ?? EMPTY_MEETUP_PROFILE }
}
const publicPerson = {
  id: accounts.id,
  objectId: accounts.objectId,
  username: usernameIn('meetups').as('username'),
  firstName: accounts.firstName,
  lastName: accounts.lastName,
  bio: sql<string>`COALESCE(${meetupProfiles.bio}, '')`,
}

/** Null if there is no such active account, or if a block separates it from the reader. */
export const findPerson = async (store: Store, objectId: string, readerId: number): Promise<PublicPerson | null> => {
  const [row] = await store.orm
    .select(publicPerson)
    .from(accounts)
    .leftJoin(meetupProfiles, eq(meetupProfiles.accountId, accounts.id))
    .where(and(eq(accounts.objectId, objectId), eq(accounts.isActive, true), sql`NOT ${isBlockedPair(sql`accounts.id`, readerId)}`))
  return row ?? null
}

/**
 * The forms in which a name may be stored. Usernames are normalised and lowercased completely, other names only from A to Z.
 * So a search with other letters also looks for the text as typed, and for the text with a capital first letter.
 */
const storedFormsOf = (search: string): string[] => {
  const normalised = usernameKey(search)
  const asTyped = search.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  const [first = '', ...letters] = normalised
  const capitalised = /^[a-z]/.test(normalised) ? normalised : [first.toUpperCase(), ...letters].join('')
  return [...new Set([normalised, asTyped, capitalised])]
}

const allPeople = prepared((orm) =>
  orm
    .select(publicPerson)
    .from(accounts)
    .leftJoin(meetupProfiles, eq(meetupProfiles.accountId, accounts.id))
    .where(
      and(gt(accounts.id, sql.placeholder('after')), sql`${accounts.isActive} = 1`, sql`NOT ${isBlockedPair(sql`accounts.id`, READER)}`),
    )
    .orderBy(accounts.id)
    .limit(sql.placeholder('limit'))
    .prepare(),
)

/**
 * Active accounts, oldest first, without those that a block separates from the reader: an index range scan. A search scans
 * the accounts that have a name with this prefix. They are stored in the same order, so a search costs the same.
 */
export const findPeople = (
  store: Store,
  { readerId, after, limit, search }: { readerId: number; after: number; limit: number; search: string },
  longestPrefix: number,
): Promise<PublicPerson[]> => {
  if (search === '') return allPeople(store).all({ readerId, after, limit })
  const scans = storedFormsOf(search).map((form) => {
    const prefix = [...form].slice(0, longestPrefix).join('')
    const scan = sql`SELECT account_id AS id FROM ${namePrefixes} WHERE prefix = ${prefix} AND account_id > ${after}
      AND NOT ${isBlockedPair(sql`name_prefixes.account_id`, readerId)}`
    if (prefix === form) return scan
    const startsWithForm = (name: string) => sql`substr(${sql.raw(name)}, 1, length(${form})) = ${form}`
    return sql`${scan} AND EXISTS (SELECT 1 FROM accounts WHERE accounts.id = account_id
      AND (${startsWithForm('username_key')} OR ${startsWithForm('lower(first_name)')} OR ${startsWithForm('lower(last_name)')}))`
  })
  return store.orm
    .select(publicPerson)
    .from(sql`(${sql.join(scans, sql` UNION `)} ORDER BY id LIMIT ${limit}) AS found`)
    .crossJoin(accounts) // keeps the order of the subquery before it
    .leftJoin(meetupProfiles, eq(meetupProfiles.accountId, accounts.id))
    .where(sql`${accounts.id} = found.id`)
}
