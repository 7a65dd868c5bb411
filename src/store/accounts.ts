import { and, asc, eq, exists, gt, notExists, or, type SQL, sql } from 'drizzle-orm'
import type {
  Account,
  AccountChanges,
  AccountConflicts,
  AccountSummary,
  Flags,
  NewAccount,
  UniqueField,
  UniqueKeys,
} from '../model/account.ts'
import type { Notice } from '../model/account-notices.ts'
import type { AuditAction, NewAuditEntry } from '../model/audit.ts'
import type { NewCredential } from '../model/credential.ts'
import type { FacilityProfile } from '../model/facility.ts'
import { inactiveAccount } from './account-closing.ts'
import { insertNotices, type NoticeContext } from './account-notices.ts'
import { accountColumns } from './account-row.ts'
import { auditInsert, auditInsertChanges } from './audit.ts'
import { insertCredential } from './credentials.ts'
import { isNotBeingErased } from './retention.ts'
import type { Store } from './store.ts'
import { isCurrentPlan } from './subscriptions.ts'
import { accounts, facilityProfiles, meetupProfiles, subscriptionPlans } from './tables/accounts.ts'
import { credentials } from './tables/credentials.ts'

/** The accounts that have this name in one of the contracts: who takes it as a username could not log in to that one. */
const withContractName = (usernameKey: string | null) => sql`(SELECT account_id FROM contract_names WHERE name_key = ${usernameKey ?? ''})`

/** The accounts other than `except` that use one of these keys already: at most three, and those with the name in a contract. */
const selectHolders = (orm: Store['orm'], { usernameKey, emailKey, phoneNumber }: UniqueKeys, except = 0) => {
  const hasUsername = sql`(${eq(accounts.usernameKey, usernameKey ?? '')} OR ${accounts.id} IN ${withContractName(usernameKey)})`
  return orm
    .select({
      hasUsername: sql<boolean>`${hasUsername}`.mapWith(Boolean).as('has_username'),
      emailKey: accounts.emailKey,
      phoneNumber: accounts.phoneNumber,
    })
    .from(accounts)
    .where(
      and(
        or(hasUsername, eq(accounts.emailKey, emailKey ?? ''), eq(accounts.phoneNumber, phoneNumber ?? '')),
        sql`${accounts.id} <> ${except}`,
      ),
    )
}

type Holders = Awaited<ReturnType<typeof selectHolders>>

const takenFields = (holders: Holders, keys: UniqueKeys): UniqueField[] => {
  const taken: UniqueField[] = []
  if (keys.usernameKey && holders.some((row) => row.hasUsername)) taken.push('username')
  if (keys.emailKey && holders.some((row) => row.emailKey === keys.emailKey)) taken.push('email')
  if (keys.phoneNumber && holders.some((row) => row.phoneNumber === keys.phoneNumber)) taken.push('phone_number')
  return taken
}

export const findTakenUniqueFields = async (store: Store, keys: UniqueKeys, except?: number): Promise<UniqueField[]> =>
  takenFields(await selectHolders(store.orm, keys, except), keys)

interface ChosenPlan {
  readonly id: number
  readonly today: string
}

/** A plan that an account may choose: it exists, is active, and has not ended. */
const selectablePlan = (orm: Store['orm'], { id, today }: ChosenPlan) =>
  orm
    .select({ id: subscriptionPlans.id })
    .from(subscriptionPlans)
    .where(and(eq(subscriptionPlans.id, id), isCurrentPlan(today, sql`subscription_plans`)))
export const findAccountConflicts = async (
  store: Store,
  keys: UniqueKeys,
  plan: ChosenPlan,
  except?: number,
): Promise<AccountConflicts> => {
  const { orm } = store
  const [holders, plans] = await orm.batch([selectHolders(orm, keys, except), selectablePlan(orm, plan)])
  return { taken: takenFields(holders, keys), noSuchPlan: plans.length === 0 }
}

/** A plan may be deleted between its check and this statement: then the account gets no plan, as after a later deletion. */
const planIfExists = (id: number | null): SQL | null =>
  id === null ? null : sql`(SELECT ${subscriptionPlans.id} FROM ${subscriptionPlans} WHERE ${subscriptionPlans.id} = ${id})`

/** The key of a new account. If an account has this name in a contract, it is the key of that account: the insert then conflicts with it. */
const keyOrConflict = (usernameKey: string): SQL =>
  sql`coalesce((SELECT username_key FROM accounts WHERE id IN ${withContractName(usernameKey)}), ${usernameKey})`

/**
 * Creates an account, its contract's profile, and the credential that the registration issues: all or nothing. Of several
 * concurrent requests for one name, the unique keys accept one. The others insert nothing, and the rows that the batch
 * reads first show which fields are taken. The later statements select the account by its object id, so they insert
 * nothing if the account was not created.
 */
export const insertAccount = async (
  store: Store,
  { facility, meetups, ...account }: NewAccount,
  credential: NewCredential | null,
  audit: NewAuditEntry,
): Promise<Account | { readonly taken: UniqueField[] }> => {
  const { orm } = store
  const isNewAccount = eq(accounts.objectId, account.objectId)
  const insert = orm
    .insert(accounts)
    .values({
      ...account,
      usernameKey: keyOrConflict(account.usernameKey),
      subscriptionPlanId: planIfExists(account.subscriptionPlanId),
      updatedAt: account.createdAt,
      lastLoginAt: credential ? account.createdAt : null,
    })
    .onConflictDoNothing()
    .returning(accountColumns)
  const dependents = [
    ...(facility
      ? [
          orm.insert(facilityProfiles).select(
            orm
              .select({
                accountId: accounts.id,
                displayName: sql<string>`${facility.displayName}`.as('display_name'),
                facilityId: sql<string>`${facility.facilityId}`.as('facility_id'),
                consent: sql<boolean>`${facility.consent ? 1 : 0}`.as('consent'),
                theme: sql<FacilityProfile['theme']>`${facility.theme}`.as('theme'),
                textSize: sql<FacilityProfile['textSize']>`${facility.textSize}`.as('text_size'),
                formerUuid: sql<null>`NULL`.as('former_uuid'),
              })
              .from(accounts)
              .where(isNewAccount),
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
              .where(isNewAccount),
          ),
        ]
      : []),
    ...(credential ? [insertCredential(orm, credential, isNewAccount)] : []),
    auditInsert(
      orm,
      audit,
      exists(orm.select({ id: accounts.id }).from(accounts).where(isNewAccount)),
      sql`(SELECT id FROM accounts WHERE object_id = ${account.objectId})`,
    ),
  ]
  const [holders, created] = await orm.batch([selectHolders(orm, account), insert, ...dependents])
  return created[0] ?? { taken: takenFields(holders, account) }
}

interface AccountUpdate {
  readonly now: number
  readonly today: string
  readonly requires: 'isAdmin' | 'isSuperuser' | null
  readonly audit: Omit<NewAuditEntry, 'action'>
  readonly notices: NoticeContext & { readonly email: Notice; readonly phoneNumber: Notice }
}

/** The changes that the audit trail records, if the value differs from the stored one. */
const AUDITED: readonly (readonly [keyof AccountChanges & keyof typeof accounts, AuditAction])[] = [
  ['username', 'username-changed'],
  ['email', 'email-changed'],
  ['phoneNumber', 'phone-changed'],
  ['isActive', 'account-closed'],
  ['isAdmin', 'flags-changed'],
  ['isStaff', 'flags-changed'],
  ['isSuperuser', 'flags-changed'],
]

const differsFrom = (field: keyof AccountChanges & keyof typeof accounts, value: unknown) =>
  sql`${accounts[field]} IS NOT ${sql.param(value, accounts[field])}`

const auditedChanges = (changes: AccountChanges) =>
  AUDITED.flatMap(([field, action]) => {
    const value = changes[field]
    if (value === undefined || (field === 'isActive' && value === true)) return []
    const detail = action === 'flags-changed' ? `${field}: ${value === true ? 'given' : 'taken'}` : ''
    return [{ action, differs: differsFrom(field, value), detail }]
  })

/** The owner is notified of a new e-mail address, at the old and the new address, and of a new phone number. */
const noticedChanges = ({ email, phoneNumber }: AccountChanges, texts: AccountUpdate['notices']) => [
  ...(email === undefined ? [] : [{ differs: differsFrom('email', email), notice: texts.email, also: email }]),
  ...(phoneNumber === undefined ? [] : [{ differs: differsFrom('phoneNumber', phoneNumber), notice: texts.phoneNumber }]),
]

/**
 * Changes an account, unless another account uses one of the unique values, or the plan may not be chosen. The UPDATE itself
 * checks this, so of two accounts that request one name at the same time, the second one changes nothing.
 */
export const updateAccount = async (
  store: Store,
  id: number,
  changes: AccountChanges,
  uniqueKeys: UniqueKeys,
  { now, today, requires, audit, notices }: AccountUpdate,
): Promise<Account | AccountConflicts | null> => {
  const { orm } = store
  const { subscriptionPlanId: planId } = changes
  const plan = typeof planId === 'number' ? selectablePlan(orm, { id: planId, today }) : null
  const keys = {
    ...(uniqueKeys.usernameKey !== null && { usernameKey: uniqueKeys.usernameKey }),
    ...(changes.email !== undefined && { emailKey: uniqueKeys.emailKey }),
  }
  const deactivates = changes.isActive === false
  const isAllowed = and(
    eq(accounts.id, id),
    requires ? eq(accounts[requires], true) : undefined,
    notExists(selectHolders(orm, uniqueKeys, id)),
    plan ? exists(plan) : undefined,
  )
  const [holders, , , , changed, plans] = await orm.batch([
    selectHolders(orm, uniqueKeys, id),
    auditInsertChanges(orm, audit, auditedChanges(changes), isAllowed),
    ...insertNotices(orm, noticedChanges(changes, notices), isAllowed, notices),
    orm
      .update(accounts)
      .set({ ...changes, ...keys, updatedAt: now })
      .where(isAllowed)
      .returning(accountColumns),
    ...(plan ? [plan] : []),
    // This way of deactivation deletes the credentials, too: after a reactivation old tokens must not be valid again.
    ...(deactivates
      ? [
          orm
            .delete(credentials)
            .where(and(eq(credentials.accountId, id), exists(inactiveAccount(orm, id))))
            .returning({ id: credentials.id }),
        ]
      : []),
  ])
  const taken = takenFields(holders, uniqueKeys)
  const noSuchPlan = plan !== null && plans?.length === 0
  return taken.length > 0 || noSuchPlan ? { taken, noSuchPlan } : (changed[0] ?? null)
}

/** All accounts, by id. */
export const findAccountSummaries = (store: Store, { after, limit }: { after: number; limit: number }): Promise<AccountSummary[]> =>
  store.orm
    .select({
      id: accounts.id,
      username: accounts.username,
      email: accounts.email,
      isActive: accounts.isActive,
      isAdmin: accounts.isAdmin,
      isStaff: accounts.isStaff,
      isSuperuser: accounts.isSuperuser,
    })
    .from(accounts)
    .where(gt(accounts.id, after))
    .orderBy(asc(accounts.id))
    .limit(limit)

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

/** Null if there is no such account, or if the sweep has begun to erase it. */
export const reactivateAccount = async (store: Store, key: string, now: number): Promise<Account | null> => {
  const [row] = await store.orm
    .update(accounts)
    .set({ isActive: true, isSuspended: false, updatedAt: now })
    .where(and(eq(accounts.usernameKey, key), isNotBeingErased(store.orm)))
    .returning(accountColumns)
  return row ?? null
}
