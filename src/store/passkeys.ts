import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Notice } from '../model/account-notices.ts'
import type { NewAuditEntry } from '../model/audit.ts'
import type { ChallengePurpose, Passkey, PasskeyKey, PasskeyRules } from '../model/passkey.ts'
import { insertNotices, type NoticeContext } from './account-notices.ts'
import { hasFlag } from './account-row.ts'
import { auditInsert } from './audit.ts'
import { flagsOfLogin } from './staff-rights.ts'
import { changesOf, rowsOf, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { passkeyChallenges } from './tables/credentials.ts'
import { passkeyEnrolments, passkeys } from './tables/passkeys.ts'

/** The log-in that a request was made with. */
interface Login {
  readonly accountId: number
  readonly credentialId: string
}

/** An entry of the audit trail and an e-mail, both written in the batch of the change. */
interface Announcement {
  readonly audit: NewAuditEntry
  readonly notice: Notice
  readonly notices: NoticeContext
}

const ALWAYS = sql`true`

/** What decides about a log-in. Its account has the name `accounts`, and itself `credentials`. */
const ofLogin = ({ accountId, credentialId }: Login): SQL =>
  sql`FROM credentials JOIN accounts ON accounts.id = credentials.account_id WHERE credentials.id = ${credentialId} AND accounts.id = ${accountId}`

const HAS_PASSKEY = sql`EXISTS (SELECT 1 FROM passkeys WHERE passkeys.account_id = accounts.id)`

const listOf = ({ orm }: Store, accountId: number) =>
  orm
    .select({
      id: passkeys.id,
      webauthnId: passkeys.webauthnId,
      name: passkeys.name,
      createdAt: passkeys.createdAt,
      lastUsedAt: passkeys.lastUsedAt,
    })
    .from(passkeys)
    .where(eq(passkeys.accountId, accountId))
    .orderBy(asc(passkeys.createdAt), asc(passkeys.id))

export const findPasskeys = (store: Store, accountId: number): Promise<readonly Passkey[]> => listOf(store, accountId)

const stateOf = ({ orm }: Store, login: Login, isRequired: boolean) =>
  rowsOf<Readonly<Record<'isStaff' | 'isOpen', 0 | 1>>>(
    orm,
    sql`SELECT ${hasFlag} AS isStaff, ${flagsOfLogin(isRequired)} > 0 AS isOpen ${ofLogin(login)}`,
  )

/** Whether the log-in's account is staff, whether the log-in has the rights of staff, and the account's passkeys. */
export const findLoginAndPasskeys = async (store: Store, login: Login, isRequired: boolean) => {
  const [[state], list] = await store.orm.batch([stateOf(store, login, isRequired), listOf(store, login.accountId)])
  return { isStaff: state?.isStaff === 1, isOpen: state?.isOpen === 1, passkeys: list }
}

/**
 * SQL condition: this log-in may get its account another passkey. The first one needs the operator's code (here its digest) where all
 * staff need a passkey; the others a log-in that was confirmed with one.
 */
const mayAdd = ({ isRequired, max }: PasskeyRules, enrolment: string, now: number): SQL => {
  const isEnrolled = sql`EXISTS (SELECT 1 FROM passkey_enrolments AS e WHERE e.account_id = accounts.id AND digest = ${enrolment} AND e.expires_at > ${now})`
  return sql`accounts.is_active AND ${hasFlag} AND (SELECT COUNT(*) FROM passkeys WHERE passkeys.account_id = accounts.id) < ${max}
    AND (credentials.passkey_id IS NOT NULL OR (NOT ${HAS_PASSKEY} AND (NOT ${isRequired} OR ${isEnrolled})))`
}

interface NewChallenge extends Login {
  readonly challenge: string
  readonly now: number
  readonly expiresAt: number
  readonly rules: PasskeyRules
  /** For a new passkey: the password hash that was verified, and the digest of the operator's code. Null: to confirm the log-in. */
  readonly adding: { readonly verified: string; readonly enrolment: string } | null
}

/**
 * Stores a challenge in the place of the log-in's last one, if the account may get a passkey and still has the verified hash; to confirm
 * the log-in, if it has a passkey. Returns whether it did, and what decides about it.
 */
export const startChallenge = async (store: Store, { challenge, now, expiresAt, rules, adding, ...login }: NewChallenge) => {
  const purpose: ChallengePurpose = adding ? 'add' : 'confirm'
  const isAllowed = adding ? sql`accounts.password = ${adding.verified} AND ${mayAdd(rules, adding.enrolment, now)}` : HAS_PASSKEY
  const [stored, [state], list] = await store.orm.batch([
    changesOf(
      store.orm,
      sql`INSERT OR REPLACE INTO ${passkeyChallenges} SELECT credentials.id, ${purpose}, ${challenge}, ${expiresAt} ${ofLogin(login)} AND ${isAllowed}`,
    ),
    stateOf(store, login, rules.isRequired),
    listOf(store, login.accountId),
  ])
  return { isStarted: stored.meta.changes > 0, isStaff: state?.isStaff === 1, isOpen: state?.isOpen === 1, passkeys: list }
}

interface Answer extends Login {
  readonly purpose: ChallengePurpose
  readonly challenge: string
  readonly now: number
  readonly webauthnId: string
}

/**
 * Deletes the challenge that is answered, whether the answer is right or not: of two answers at the same time, one finds it.
 * Also returns the passkey with this id, if the account has it.
 */
export const takeChallenge = async (
  { orm }: Store,
  { accountId, credentialId, purpose, challenge, now, webauthnId }: Answer,
): Promise<{ readonly isTaken: boolean; readonly passkey: PasskeyKey | null }> => {
  const [taken, [passkey]] = await orm.batch([
    changesOf(
      orm,
      sql`DELETE FROM ${passkeyChallenges} WHERE credential_id = ${credentialId} AND purpose = ${purpose} AND challenge = ${challenge} AND expires_at > ${now}`,
    ),
    orm
      .select()
      .from(passkeys)
      .where(and(eq(passkeys.webauthnId, webauthnId), eq(passkeys.accountId, accountId))),
  ])
  return { isTaken: taken.meta.changes > 0, passkey: passkey ?? null }
}

interface NewPasskey extends PasskeyKey, Login, Announcement {
  readonly name: string
  readonly now: number
  readonly rules: PasskeyRules
  /** The digest of the operator's code. */
  readonly enrolment: string
}

/**
 * Adds a passkey, which confirms the log-in that adds it, and uses up the operator's code. What allows it is checked again: of two first
 * passkeys at the same time, one is added. False if nothing was.
 */
export const insertPasskey = async (
  { orm }: Store,
  { id, name, now, rules, enrolment, audit, notice, notices, webauthnId, publicKey, algorithm, signCount, ...login }: NewPasskey,
): Promise<boolean> => {
  // The id is new: the row exists only if the first statement has inserted it.
  const isAdded = sql`EXISTS (SELECT 1 FROM passkeys WHERE id = ${id})`
  const { accountId, credentialId } = login
  const [added] = await orm.batch([
    changesOf(
      orm,
      sql`INSERT OR IGNORE INTO passkeys SELECT ${id}, accounts.id, ${webauthnId}, ${publicKey}, ${algorithm}, ${signCount}, ${name}, ${now}, NULL
        ${ofLogin(login)} AND ${mayAdd(rules, enrolment, now)}`,
    ),
    changesOf(orm, sql`UPDATE credentials SET passkey_id = COALESCE(passkey_id, ${id}) WHERE id = ${credentialId} AND ${isAdded}`),
    changesOf(orm, sql`DELETE FROM passkey_enrolments WHERE account_id = ${accountId} AND ${isAdded}`),
    auditInsert(orm, audit, isAdded),
    ...insertNotices(orm, [{ differs: ALWAYS, notice }], sql`${accounts.id} = ${accountId} AND ${isAdded}`, notices),
  ])
  return added.meta.changes > 0
}

interface Use {
  readonly id: string
  readonly credentialId: string
  readonly signCount: number
  readonly audit: NewAuditEntry
}

/**
 * Confirms a log-in with a passkey, if the signature's counter is higher than at any use before; an authenticator that does not count
 * always sends 0. Of two signatures with the same count, the second confirms nothing: one of them is of a copy.
 */
export const confirmLogin = async ({ orm }: Store, { id, credentialId, signCount, audit }: Use): Promise<boolean> => {
  const isNext = sql`id = ${id} AND (${signCount} > sign_count OR (${signCount} = 0 AND sign_count = 0))`
  const isUsable = sql`EXISTS (SELECT 1 FROM passkeys WHERE ${isNext})`
  const [confirmed] = await orm.batch([
    changesOf(orm, sql`UPDATE credentials SET passkey_id = ${id} WHERE credentials.id = ${credentialId} AND ${isUsable}`),
    auditInsert(orm, audit, isUsable),
    changesOf(orm, sql`UPDATE passkeys SET sign_count = ${signCount}, last_used_at = ${audit.at} WHERE ${isNext}`),
  ])
  return confirmed.meta.changes > 0
}

interface Removal extends Announcement {
  readonly accountId: number
  readonly id: string
  /** The password hash that was verified; null: the operator removes it. */
  readonly verified: string | null
  /** Whether the last one stays, too. */
  readonly keepsLast: boolean
}

/** Removes a passkey; the log-ins that it confirmed are not confirmed any more. Also returns the passkeys that are left. */
export const deletePasskey = async (store: Store, { accountId, id, verified, keepsLast, audit, notice, notices }: Removal) => {
  const { orm } = store
  const isAllowed = sql`${accounts.id} = ${accountId} AND (${verified} IS NULL OR ${accounts.password} = ${verified})
    AND ${id} IN (SELECT id FROM passkeys WHERE account_id = ${accountId})
    AND (NOT ${keepsLast} OR 1 < (SELECT COUNT(*) FROM passkeys WHERE account_id = ${accountId}))`
  const exists = sql`EXISTS (SELECT 1 FROM accounts WHERE ${isAllowed})`
  const [, , , removed, left] = await orm.batch([
    auditInsert(orm, audit, exists),
    ...insertNotices(orm, [{ differs: ALWAYS, notice }], isAllowed, notices),
    changesOf(orm, sql`DELETE FROM passkeys WHERE id = ${id} AND ${exists}`),
    listOf(store, accountId),
  ])
  return { isRemoved: removed.meta.changes > 0, left }
}

/** Stores the code for an account's first passkey, in the place of an earlier one. */
export const saveEnrolment = async (
  { orm }: Store,
  { accountId, digest, expiresAt }: { accountId: number; digest: string; expiresAt: number },
): Promise<void> => {
  await orm
    .insert(passkeyEnrolments)
    .values({ accountId, digest, expiresAt })
    .onConflictDoUpdate({ target: passkeyEnrolments.accountId, set: { digest, expiresAt } })
}
