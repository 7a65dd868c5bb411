import { and, eq, exists, gte, ne, notExists, or, type SQL, sql } from 'drizzle-orm'
import { type Account, accountColumns } from './account-row.ts'
import { insertCredential, type ListedCredential, listed, type NewCredential } from './credentials.ts'
import { accounts, credentials, facilityProfiles, loginFailures, meetupProfiles, practiceProfiles, subscriptionPlans } from './schema.ts'
import type { Store } from './store.ts'

export interface NewAccount {
  readonly objectId: string
  readonly username: string
  readonly usernameKey: string
  readonly email: string
  readonly emailKey: string | null
  readonly phoneNumber: string | null
  readonly password: string
  readonly firstName: string
  readonly lastName: string
  readonly subscriptionPlanId: number | null
  readonly isActive: boolean
  readonly isAdmin: boolean
  readonly isSuspended: boolean
  readonly createdAt: number
  /** What one contract asks for beside the account. */
  readonly facility?: { readonly displayName: string; readonly facilityId: string; readonly consent: boolean }
  readonly meetups?: { readonly dateOfBirth: string | null; readonly bio: string }
}

export type UniqueField = 'username' | 'email' | 'phone_number'

export interface Claimed {
  readonly usernameKey: string | null
  readonly emailKey: string | null
  readonly phoneNumber: string | null
}

/** Who, other than `except`, holds one of these already. Three unique keys, at most three rows. */
const holders = (orm: Store['orm'], { usernameKey, emailKey, phoneNumber }: Claimed, except = 0) =>
  orm
    .select({ usernameKey: accounts.usernameKey, emailKey: accounts.emailKey, phoneNumber: accounts.phoneNumber })
    .from(accounts)
    .where(
      and(
        or(eq(accounts.usernameKey, usernameKey ?? ''), eq(accounts.emailKey, emailKey ?? ''), eq(accounts.phoneNumber, phoneNumber ?? '')),
        sql`${accounts.id} <> ${except}`,
      ),
    )

type Holders = Awaited<ReturnType<typeof holders>>

const takenFrom = (held: Holders, wanted: Claimed): UniqueField[] => {
  const taken: UniqueField[] = []
  if (wanted.usernameKey && held.some((row) => row.usernameKey === wanted.usernameKey)) taken.push('username')
  if (wanted.emailKey && held.some((row) => row.emailKey === wanted.emailKey)) taken.push('email')
  if (wanted.phoneNumber && held.some((row) => row.phoneNumber === wanted.phoneNumber)) taken.push('phone_number')
  return taken
}

export const findTaken = async (store: Store, wanted: Claimed, except?: number): Promise<UniqueField[]> =>
  takenFrom(await holders(store.orm, wanted, except), wanted)

interface ChosenPlan {
  readonly id: number
  readonly today: string
}

/** A plan that may be chosen: it is there, active, and not over. */
const chooseable = (orm: Store['orm'], { id, today }: ChosenPlan) =>
  orm
    .select({ id: subscriptionPlans.id })
    .from(subscriptionPlans)
    .where(and(eq(subscriptionPlans.id, id), eq(subscriptionPlans.status, 'active'), gte(subscriptionPlans.endDate, today)))

/** Why somebody can't be given what they ask for. */
export interface AccountConflicts {
  readonly taken: UniqueField[]
  readonly noSuchPlan: boolean
}

export const findAccountConflicts = async (store: Store, wanted: Claimed, plan: ChosenPlan, except?: number): Promise<AccountConflicts> => {
  const { orm } = store
  const [held, found] = await orm.batch([holders(orm, wanted, except), chooseable(orm, plan)])
  return { taken: takenFrom(held, wanted), noSuchPlan: found.length === 0 }
}

/** A plan may be deleted between its check and this statement: then the account has none, as if it had been a moment earlier. */
const planIfThere = (id: number | null): SQL | null =>
  id === null ? null : sql`(SELECT ${subscriptionPlans.id} FROM ${subscriptionPlans} WHERE ${subscriptionPlans.id} = ${id})`

/**
 * Makes an account, what its contract keeps beside it, and the credential that registering hands out: all or nothing.
 * Of several requests for one name the unique keys let one through; the others insert nothing, and the rows that the
 * batch reads first tell them what is taken. Everything after the account finds it by its object id, hence not at all
 * where it was not made.
 */
export const insertAccount = async (
  store: Store,
  { facility, meetups, ...account }: NewAccount,
  credential: NewCredential | null,
): Promise<Account | { readonly taken: UniqueField[] }> => {
  const { orm } = store
  const own = eq(accounts.objectId, account.objectId)
  const insert = orm
    .insert(accounts)
    .values({
      ...account,
      subscriptionPlanId: planIfThere(account.subscriptionPlanId),
      updatedAt: account.createdAt,
      lastLoginAt: credential ? account.createdAt : null,
    })
    .onConflictDoNothing()
    .returning(accountColumns)
  const beside = [
    ...(facility
      ? [
          orm.insert(facilityProfiles).select(
            orm
              .select({
                accountId: accounts.id,
                displayName: sql<string>`${facility.displayName}`.as('display_name'),
                facilityId: sql<string>`${facility.facilityId}`.as('facility_id'),
                consent: sql<boolean>`${facility.consent ? 1 : 0}`.as('consent'),
              })
              .from(accounts)
              .where(own),
          ),
        ]
      : []),
    ...(meetups
      ? [
          orm.insert(meetupProfiles).select(
            orm
              .select({
                accountId: accounts.id,
                dateOfBirth: sql<string | null>`${meetups.dateOfBirth}`.as('date_of_birth'),
                bio: sql<string>`${meetups.bio}`.as('bio'),
              })
              .from(accounts)
              .where(own),
          ),
        ]
      : []),
    ...(credential ? [insertCredential(orm, credential, own)] : []),
  ]
  const [held, made] = await orm.batch([holders(orm, account), insert, ...beside])
  return made[0] ?? { taken: takenFrom(held, account) }
}

/** Everything that the core must know about who knocks, in one round trip: the account, its hash, and whether it is locked. */
export const findForLogin = async (store: Store, { usernameKey, who }: { usernameKey: string; who: string }) => {
  const { orm } = store
  const [found, failures] = await orm.batch([
    orm
      .select({
        account: accountColumns,
        password: accounts.password,
        practice: { bio: practiceProfiles.bio, location: practiceProfiles.location },
        facility: { displayName: facilityProfiles.displayName, facilityId: facilityProfiles.facilityId, consent: facilityProfiles.consent },
      })
      .from(accounts)
      .leftJoin(practiceProfiles, eq(practiceProfiles.accountId, accounts.id))
      .leftJoin(facilityProfiles, eq(facilityProfiles.accountId, accounts.id))
      .where(eq(accounts.usernameKey, usernameKey)),
    orm.select({ lockedUntil: loginFailures.lockedUntil }).from(loginFailures).where(eq(loginFailures.who, who)),
  ])
  return { found: found[0] ?? null, lockedUntil: failures[0]?.lockedUntil ?? 0 }
}

export interface AccountChanges {
  readonly username?: string
  readonly email?: string
  readonly phoneNumber?: string | null
  readonly firstName?: string
  readonly lastName?: string
  readonly profilePicture?: string | null
  readonly subscriptionPlanId?: number | null
  readonly isActive?: boolean
  readonly isSuspended?: boolean
  readonly isAdmin?: boolean
  readonly isStaff?: boolean
  readonly isSuperuser?: boolean
}

/**
 * Changes an account, unless somebody else holds what it asks for, or the plan may not be chosen: that is decided inside
 * the statement that writes, so of two accounts that want one name at once the second one changes nothing.
 */
export const updateAccount = async (
  store: Store,
  id: number,
  changes: AccountChanges,
  claimed: Claimed,
  { now, today }: { now: number; today: string },
): Promise<Account | AccountConflicts | null> => {
  const { orm } = store
  const { subscriptionPlanId: planId } = changes
  const plan = typeof planId === 'number' ? chooseable(orm, { id: planId, today }) : null
  const keys = {
    ...(claimed.usernameKey !== null && { usernameKey: claimed.usernameKey }),
    ...(changes.email !== undefined && { emailKey: claimed.emailKey }),
  }
  const closes = changes.isActive === false
  const [held, changed, found] = await orm.batch([
    holders(orm, claimed, id),
    orm
      .update(accounts)
      .set({ ...changes, ...keys, updatedAt: now })
      .where(and(eq(accounts.id, id), notExists(holders(orm, claimed, id)), plan ? exists(plan) : undefined))
      .returning(accountColumns),
    ...(plan ? [plan] : []),
    // Closed this way, too, an account loses what it holds: opening it again must not bring old tokens back to life.
    ...(closes
      ? [
          orm
            .delete(credentials)
            .where(and(eq(credentials.accountId, id), exists(closed(orm, id))))
            .returning({ id: credentials.id }),
        ]
      : []),
  ])
  const taken = takenFrom(held, claimed)
  const noSuchPlan = plan !== null && found?.length === 0
  return taken.length > 0 || noSuchPlan ? { taken, noSuchPlan } : (changed[0] ?? null)
}

const closed = (orm: Store['orm'], id: number) =>
  orm
    .select({ one: sql`1` })
    .from(accounts)
    .where(and(eq(accounts.id, id), eq(accounts.isActive, false)))

/** Closes an account, where it is open. */
const close = (orm: Store['orm'], id: number, how: { isSuspended?: true; updatedAt: number }) =>
  orm
    .update(accounts)
    .set({ isActive: false, ...how })
    .where(and(eq(accounts.id, id), eq(accounts.isActive, true)))
    .returning(accountColumns)

const endCredentials = (orm: Store['orm'], accountId: number) => orm.delete(credentials).where(eq(credentials.accountId, accountId))

/** Closes an account and kills every credential it holds, at once. Null where it was closed already, or is nobody's. */
export const deactivateAccount = async (store: Store, id: number, now: number): Promise<Account | null> => {
  const { orm } = store
  const [closed] = await orm.batch([close(orm, id, { updatedAt: now }), endCredentials(orm, id)])
  return closed[0] ?? null
}

/** The same, done by somebody else, which the account shows. What is read first tells why nothing was closed. */
export const suspendAccount = async (
  store: Store,
  id: number,
  now: number,
): Promise<{ readonly closed: Account | null; readonly before: Pick<Account, 'username'> | null }> => {
  const { orm } = store
  const [before, closed] = await orm.batch([
    orm.select({ username: accounts.username }).from(accounts).where(eq(accounts.id, id)),
    close(orm, id, { isSuspended: true, updatedAt: now }),
    endCredentials(orm, id),
  ])
  return { closed: closed[0] ?? null, before: before[0] ?? null }
}

interface NewPassword {
  readonly id: number
  readonly from: string
  readonly to: string
  readonly keep: string
  readonly now: number
}

/**
 * Replaces a password and kills every credential but the one that asked. Of two replacements at once the second finds
 * another hash than the one it verified, and changes nothing: null.
 */
export const replacePassword = async (
  store: Store,
  { id, from, to, keep, now }: NewPassword,
): Promise<readonly ListedCredential[] | null> => {
  const { orm } = store
  const [replaced, dead] = await orm.batch([
    orm
      .update(accounts)
      .set({ password: to, updatedAt: now })
      .where(and(eq(accounts.id, id), eq(accounts.password, from)))
      .returning({ id: accounts.id }),
    orm
      .delete(credentials)
      .where(
        and(
          eq(credentials.accountId, id),
          ne(credentials.id, keep),
          exists(
            orm
              .select({ one: sql`1` })
              .from(accounts)
              .where(and(eq(accounts.id, id), eq(accounts.password, to))),
          ),
        ),
      )
      .returning(listed),
  ])
  return replaced.length > 0 ? dead : null
}

export type Flags = Pick<AccountChanges, 'isAdmin' | 'isStaff' | 'isSuperuser'>

export const findAccountByUsername = async (store: Store, key: string): Promise<Account | null> => {
  const [row] = await store.orm.select(accountColumns).from(accounts).where(eq(accounts.usernameKey, key))
  return row ?? null
}

export const updateFlags = async (store: Store, key: string, flags: Flags, now: number): Promise<Account | null> => {
  const [row] = await store.orm
    .update(accounts)
    .set({ ...flags, updatedAt: now })
    .where(eq(accounts.usernameKey, key))
    .returning(accountColumns)
  return row ?? null
}

export const reopenAccount = async (store: Store, key: string, now: number): Promise<Account | null> => {
  const [row] = await store.orm
    .update(accounts)
    .set({ isActive: true, isSuspended: false, updatedAt: now })
    .where(eq(accounts.usernameKey, key))
    .returning(accountColumns)
  return row ?? null
}
