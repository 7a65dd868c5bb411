import { eq, lte, sql } from 'drizzle-orm'
import type { NewAuditEntry } from '../model/audit.ts'
import type { ContractName } from '../model/contract.ts'
import type { NewCredential } from '../model/credential.ts'
import { NO_PASSWORD } from '../model/password.ts'
import { auditInsert } from './audit.ts'
import { changesOf, type Store } from './store.ts'
import { loginFailures } from './tables/credentials.ts'

interface Claim {
  readonly isOurs: boolean
  /** When the attempt began that this one has to wait for. */
  readonly since: number
}

/**
 * Claims an attempt at a former server. For `againAfterMs`, no other one with the same key can be claimed. The rows are those of failed
 * log-ins, which are counted and swept in the same way.
 */
export const claimAttempt = async ({ orm }: Store, who: string, now: number, againAfterMs: number): Promise<Claim> => {
  const until = now + againAfterMs
  const [claimed, [row]] = await orm.batch([
    orm
      .insert(loginFailures)
      .values({ who, failures: 1, since: now, lockedUntil: until, locks: 0 })
      .onConflictDoUpdate({
        target: loginFailures.who,
        set: { since: now, lockedUntil: until },
        setWhere: lte(loginFailures.lockedUntil, now),
      })
      .returning({ who: loginFailures.who }),
    orm.select({ since: loginFailures.since }).from(loginFailures).where(eq(loginFailures.who, who)),
  ])
  return { isOurs: claimed.length > 0, since: row?.since ?? now }
}

/** After an attempt without success: requests that find it no longer wait for its result. */
export const endAttempt = async ({ orm }: Store, who: string, since: number): Promise<void> => {
  await orm.update(loginFailures).set({ since }).where(eq(loginFailures.who, who))
}

interface AdoptedAccount {
  readonly contract: ContractName
  /** The id at the former server. */
  readonly key: string
  /** As it was typed in the contract. */
  readonly name: string
  readonly nameKey: string
  /** Makes another username for all contracts, if the name is taken. */
  readonly suffix: string
  /** Null: the next one. */
  readonly id: number | null
  /** With an id: the first number that the former server has not assigned. */
  readonly nextNumber: number | null
  readonly objectId: string
  readonly email: string
  readonly emailKey: string | null
  readonly password: string
  readonly profileNumber: number | null
  readonly uuid: string | null
  /** Later accounts have higher ids. */
  readonly lastReservedId: number
  /** Of the log-in at the former server. */
  readonly credential: NewCredential | null
  readonly now: number
}

/** The former servers' tables of accounts, as an import calls them. */
const MODELS: Readonly<Record<ContractName, string>> = {
  facility: 'core.user',
  matrimony: 'app_user.customuser',
  meetups: 'auth.user',
  mindharmony: 'auth.user',
  recovery: 'auth.user',
}

/**
 * Stores an account that a former server has authenticated, all or nothing. Its entry in the ledger of imports decides: with one,
 * the person is here or was erased, and nothing is inserted. So of two attempts at once one inserts, and a later import adds the
 * person's other rows. An account here whose password could not be verified gets the one that the former server has accepted.
 */
export const insertAdoptedAccount = async ({ orm }: Store, account: AdoptedAccount, audit: NewAuditEntry): Promise<void> => {
  const {
    contract,
    key,
    name,
    nameKey,
    suffix,
    id,
    objectId,
    email,
    emailKey,
    password,
    profileNumber,
    uuid,
    credential,
    now,
    nextNumber,
  } = account
  const model = MODELS[contract]
  const run = `adopted-${contract}`.padEnd(32, '-')
  const entry = sql`FROM moved_rows WHERE contract = ${contract} AND model = ${model} AND source_key = ${key}`
  const isFree = sql`NOT EXISTS (SELECT 1 FROM accounts WHERE username_key = ${nameKey}) AND NOT EXISTS (SELECT 1 FROM contract_names WHERE name_key = ${nameKey})`
  /** Until the entry is written, at the end of the batch. */
  const added = sql`accounts WHERE object_id = ${objectId} AND password = ${password} AND NOT EXISTS (SELECT 1 ${entry})`
  await orm.batch([
    changesOf(
      orm,
      sql`UPDATE accounts SET password = ${password}, updated_at = ${now}
      WHERE id = (SELECT CAST(target_key AS INTEGER) ${entry}) AND password = ${NO_PASSWORD} AND is_active`,
    ),
    changesOf(
      orm,
      sql`INSERT INTO sqlite_sequence (name, seq) SELECT 'accounts', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'accounts')`,
    ),
    changesOf(orm, sql`UPDATE sqlite_sequence SET seq = max(seq, ${account.lastReservedId}) WHERE name = 'accounts'`),
    changesOf(
      orm,
      sql`INSERT INTO accounts (id, object_id, username, username_key, email, email_key, password, created_at, updated_at)
      SELECT ${id}, ${objectId}, iif(${isFree}, ${name}, ${`${name}.${suffix}`}), iif(${isFree}, ${nameKey}, ${`${nameKey}.${suffix}`}),
        ${email}, iif(EXISTS (SELECT 1 FROM accounts WHERE email_key = ${emailKey}), NULL, ${emailKey}), ${password}, ${now}, ${now}
      WHERE NOT EXISTS (SELECT 1 ${entry}) AND NOT EXISTS (SELECT 1 FROM contract_names WHERE contract = ${contract} AND name = ${name})
      ON CONFLICT DO NOTHING`,
    ),
    changesOf(
      orm,
      sql`INSERT INTO contract_names (contract, name, name_key, account_id) SELECT ${contract}, ${name}, ${nameKey}, id FROM ${added} ON CONFLICT DO NOTHING`,
    ),
    changesOf(
      orm,
      sql`INSERT INTO practice_profiles (account_id, former_id)
      SELECT id, ${profileNumber} FROM ${added} AND ${profileNumber} IS NOT NULL ON CONFLICT DO NOTHING`,
    ),
    changesOf(
      orm,
      sql`INSERT INTO facility_profiles (account_id, former_uuid) SELECT id, ${uuid} FROM ${added} AND ${uuid} IS NOT NULL ON CONFLICT DO NOTHING`,
    ),
    ...(credential
      ? [
          changesOf(
            orm,
            sql`INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day)
            SELECT ${credential.id}, id, ${credential.kind}, ${credential.createdAt}, ${credential.expiresAt}, ${credential.day}
            FROM ${added} ON CONFLICT DO NOTHING`,
          ),
        ]
      : []),
    changesOf(
      orm,
      sql`INSERT INTO former_numbers (contract, next_id) SELECT ${contract}, ${nextNumber} FROM ${added} AND ${nextNumber} IS NOT NULL
      ON CONFLICT DO UPDATE SET next_id = max(next_id, excluded.next_id)`,
    ),
    auditInsert(orm, audit, sql`EXISTS (SELECT 1 FROM ${added})`, sql`(SELECT id FROM ${added})`),
    changesOf(
      orm,
      sql`INSERT INTO moves (id, contract, started_at, finished_at) SELECT ${run}, ${contract}, 0, ${now} FROM ${added} ON CONFLICT DO NOTHING`,
    ),
    changesOf(orm, sql`INSERT INTO move_chunks (move_id, model, moved_at) SELECT ${run}, ${model}, ${now} FROM ${added}`),
    changesOf(
      orm,
      sql`INSERT INTO moved_rows (contract, model, source_key, chunk_id, target_key, digest)
      SELECT ${contract}, ${model}, ${key}, (SELECT max(id) FROM move_chunks), id, '' FROM ${added}`,
    ),
  ])
}
