import { and, eq, gt, type Placeholder, sql } from 'drizzle-orm'
import { type Account, accountColumns } from './account-row.ts'
import { accounts, facilityProfiles, meetupProfiles, practiceProfiles } from './schema.ts'
import { prepared, type Store } from './store.ts'

/**
 * What each contract keeps of a person beside the account. A row is made when there is something to keep; until then
 * the defaults are what a missing row reads as.
 */

/** What is left out, or undefined, stays as it is. */
type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined }

export interface PracticeProfile {
  readonly account: Account
  readonly bio: string
  readonly location: string
}

const practiceProfile = (orm: Store['orm'], accountId: number | Placeholder) =>
  orm
    .select({ account: accountColumns, bio: practiceProfiles.bio, location: practiceProfiles.location })
    .from(accounts)
    .leftJoin(practiceProfiles, eq(practiceProfiles.accountId, accounts.id))
    .where(and(eq(accounts.id, accountId), eq(accounts.isActive, true)))

const profileFrom = (row: { account: Account; bio: string | null; location: string | null }): PracticeProfile => ({
  account: row.account,
  bio: row.bio ?? '',
  location: row.location ?? '',
})

const ACCOUNT = sql.placeholder('accountId')
const ownPractice = prepared((orm) => practiceProfile(orm, ACCOUNT).prepare())

export const findPracticeProfile = async (store: Store, accountId: number): Promise<PracticeProfile | null> => {
  const row = await ownPractice(store).get({ accountId })
  return row ? profileFrom(row) : null
}

export interface PracticeChanges {
  readonly bio?: string | undefined
  readonly location?: string | undefined
}

/** Null where there is no such account: the condition makes the row of nobody impossible, and the read tells it. */
export const savePracticeProfile = async (
  store: Store,
  accountId: number,
  { bio, location }: PracticeChanges,
): Promise<PracticeProfile | null> => {
  const { orm } = store
  const set = { ...(bio !== undefined && { bio }), ...(location !== undefined && { location }) }
  const [, [row]] = await orm.batch([
    orm
      .insert(practiceProfiles)
      .select(
        orm
          .select({
            accountId: accounts.id,
            bio: sql<string>`${bio ?? ''}`.as('bio'),
            location: sql<string>`${location ?? ''}`.as('location'),
          })
          .from(accounts)
          .where(and(eq(accounts.id, accountId), eq(accounts.isActive, true))),
      )
      .onConflictDoUpdate({ target: practiceProfiles.accountId, set: { accountId: sql`excluded.account_id`, ...set } }),
    practiceProfile(orm, accountId),
  ])
  return row ? profileFrom(row) : null
}

export interface FacilityProfile {
  readonly displayName: string
  readonly facilityId: string
  readonly consent: boolean
}

const NO_FACILITY: FacilityProfile = { displayName: '', facilityId: '', consent: false }

const ownFacility = prepared((orm) => orm.select().from(facilityProfiles).where(eq(facilityProfiles.accountId, ACCOUNT)).prepare())

export const findFacilityProfile = async (store: Store, accountId: number): Promise<FacilityProfile> =>
  (await ownFacility(store).get({ accountId })) ?? NO_FACILITY

/** Both rows in one batch: the account's names and the facility's own fields change together or not at all. */
export const saveFacilityProfile = async (
  store: Store,
  { id: accountId, ...before }: Account,
  changes: Changes<FacilityProfile>,
  account: Changes<Pick<Account, 'firstName' | 'lastName' | 'profilePicture'>>,
  now: number,
): Promise<{ account: Account; profile: FacilityProfile }> => {
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
  return { account: changed[0] ?? { id: accountId, ...before }, profile: profile[0] ?? NO_FACILITY }
}

export interface MeetupProfile {
  readonly dateOfBirth: string | null
  readonly bio: string
}

const NO_MEETUP: MeetupProfile = { dateOfBirth: null, bio: '' }

const ownMeetup = prepared((orm) => orm.select().from(meetupProfiles).where(eq(meetupProfiles.accountId, ACCOUNT)).prepare())

export const findMeetupProfile = async (store: Store, accountId: number): Promise<MeetupProfile> =>
  (await ownMeetup(store).get({ accountId })) ?? NO_MEETUP

export const saveMeetupProfile = async (
  store: Store,
  { id: accountId, ...before }: Account,
  changes: Changes<MeetupProfile>,
  account: Changes<Pick<Account, 'firstName' | 'lastName'>>,
  now: number,
): Promise<{ account: Account; profile: MeetupProfile }> => {
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
  return { account: changed[0] ?? { id: accountId, ...before }, profile: profile[0] ?? NO_MEETUP }
}

export interface PublicPerson {
  readonly id: number
  readonly objectId: string
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly bio: string
}

const publicPerson = {
  id: accounts.id,
  objectId: accounts.objectId,
  username: accounts.username,
  firstName: accounts.firstName,
  lastName: accounts.lastName,
  bio: sql<string>`COALESCE(${meetupProfiles.bio}, '')`,
}

export const findPerson = async (store: Store, objectId: string): Promise<PublicPerson | null> => {
  const [row] = await store.orm
    .select(publicPerson)
    .from(accounts)
    .leftJoin(meetupProfiles, eq(meetupProfiles.accountId, accounts.id))
    .where(and(eq(accounts.objectId, objectId), eq(accounts.isActive, true)))
  return row ?? null
}

/** Letters that a beginning has at most: see migrations/0012_people_search.sql. */
const BEGINNING_MAX = 32

/**
 * The forms in which a name may have been kept: usernames are folded whole, other names from A to Z alone, so a search
 * that goes beyond those is made for what was typed as well, and for a first letter that is a capital.
 */
const formsOf = (search: string): string[] => {
  const whole = search.normalize('NFKC').toLowerCase()
  const typed = search.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  const [first = '', ...letters] = whole
  const capital = /^[a-z]/.test(whole) ? whole : [first.toUpperCase(), ...letters].join('')
  return [...new Set([whole, typed, capital])]
}

const everybody = prepared((orm) =>
  orm
    .select(publicPerson)
    .from(accounts)
    .leftJoin(meetupProfiles, eq(meetupProfiles.accountId, accounts.id))
    .where(and(gt(accounts.id, sql.placeholder('after')), sql`${accounts.isActive} = 1`))
    .orderBy(accounts.id)
    .limit(sql.placeholder('limit'))
    .prepare(),
)

/**
 * Open accounts, oldest first: a walk along their index. A search walks along everybody who has a name that begins so,
 * which is kept in the same order, hence costs the same.
 */
export const findPeople = (
  store: Store,
  { after, limit, search }: { after: number; limit: number; search: string },
): Promise<PublicPerson[]> => {
  if (search === '') return everybody(store).all({ after, limit })
  const walks = formsOf(search).map((form) => {
    const beginning = [...form].slice(0, BEGINNING_MAX).join('')
    const walk = sql`SELECT account_id AS id FROM name_beginnings WHERE beginning = ${beginning} AND account_id > ${after}`
    if (beginning === form) return walk
    const begins = (name: string) => sql`substr(${sql.raw(name)}, 1, length(${form})) = ${form}`
    return sql`${walk} AND EXISTS (SELECT 1 FROM accounts WHERE accounts.id = account_id
      AND (${begins('username_key')} OR ${begins('lower(first_name)')} OR ${begins('lower(last_name)')}))`
  })
  return store.orm
    .select(publicPerson)
    .from(sql`(${sql.join(walks, sql` UNION `)} ORDER BY id LIMIT ${limit}) AS found`)
    .crossJoin(accounts) // which keeps the order of what stands before it
    .leftJoin(meetupProfiles, eq(meetupProfiles.accountId, accounts.id))
    .where(sql`${accounts.id} = found.id`)
}
