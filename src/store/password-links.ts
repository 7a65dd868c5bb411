import { and, eq, exists, inArray, isNull, sql } from 'drizzle-orm'
import type { Account } from '../model/account.ts'
import type { NewAuditEntry } from '../model/audit.ts'
import type { RevokedCredential } from '../model/credential.ts'
import type { LinkKey, LinkLimits, NewLink } from '../model/one-time-link.ts'
import { accountColumns } from './account-row.ts'
import { auditInsert } from './audit.ts'
import { revokedColumns } from './credentials.ts'
import { isUsable } from './one-time-links.ts'
import type { Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { credentials } from './tables/credentials.ts'
import { oneTimeLinks } from './tables/one-time-links.ts'

/** What an e-mail about an account needs. */
const addressee = {
  id: accounts.id,
  username: accounts.username,
  contractNames: accountColumns.contractNames,
  email: accounts.email,
}

type Addressee = Pick<Account, 'id' | 'username' | 'contractNames' | 'email'>

interface PasswordLinkRequest {
  readonly link: NewLink
  /** As it was typed: a username, an e-mail address, or a name in a contract. */
  readonly name: string
  readonly usernameKey: string
  readonly emailKey: string | null
  /** A digest of the network that sends the request. */
  readonly network: string
  readonly limits: LinkLimits
  readonly audit: NewAuditEntry
}

/**
 * Stores a link for the open account that has this e-mail address, or else this username, or else this name in a contract:
 * `etan` and `Etan` may be two people. The link is sent to the address of the account, even if accounts that moved in share it. The
 * statement itself counts the links of the account and of the network, so that simultaneous requests cannot exceed the limits.
 * Null if there is no such account, if it has no e-mail address, or above a limit.
 */
export const insertPasswordLink = async (
  store: Store,
  { link, name, usernameKey, emailKey, network, limits, audit }: PasswordLinkRequest,
): Promise<Addressee | null> => {
  const { orm } = store
  const { digest, purpose, createdAt, expiresAt } = link
  const hasContractName = sql`id IN (SELECT account_id FROM contract_names WHERE name_key = ${usernameKey} AND name = ${name})`
  const accountId = sql`(SELECT id FROM accounts WHERE email_key = ${emailKey} OR username_key = ${usernameKey} OR ${hasContractName}
    ORDER BY email_key IS ${emailKey} DESC, username = ${name} DESC, ${hasContractName} DESC LIMIT 1)`
  const since = (ms: number) => sql`one_time_links.purpose = ${purpose} AND one_time_links.created_at > ${createdAt - ms}`
  const isBelowLimits = sql.join(
    [
      ...limits.ofAccount.map(
        ({ ms, max }) => sql`(SELECT count(*) FROM one_time_links WHERE account_id = accounts.id AND ${since(ms)}) < ${max}`,
      ),
      sql`(SELECT count(*) FROM one_time_links WHERE subject = ${network} AND ${since(limits.ofNetwork.ms)}) < ${limits.ofNetwork.max}`,
    ],
    sql` AND `,
  )
  const inserted = eq(oneTimeLinks.digest, digest)
  const [, , [account]] = await orm.batch([
    orm
      .insert(oneTimeLinks)
      .select(
        sql`SELECT ${digest}, ${purpose}, ${network}, accounts.id, ${createdAt}, ${expiresAt}, NULL FROM accounts WHERE id = ${accountId} AND is_active = 1 AND email <> '' AND ${isBelowLimits}`,
      ),
    auditInsert(
      orm,
      audit,
      sql`EXISTS (SELECT 1 FROM one_time_links WHERE ${inserted})`,
      sql`(SELECT account_id FROM one_time_links WHERE ${inserted})`,
    ),
    orm.select(addressee).from(oneTimeLinks).innerJoin(accounts, eq(accounts.id, oneTimeLinks.accountId)).where(inserted),
  ])
  return account ?? null
}

interface ReplacedPassword {
  readonly account: Addressee
  readonly ended: readonly RevokedCredential[]
}

/**
 * Sets the password of a link's account, deletes all credentials, and uses up the link together with the account's other links
 * of this kind. Null if the link may not be used, or the account is closed; then nothing changes.
 */
export const replacePasswordByLink = async (
  store: Store,
  { key, to, audit }: { key: LinkKey; to: string; audit: NewAuditEntry },
): Promise<ReplacedPassword | null> => {
  const { orm } = store
  const { now } = key
  const target = orm
    .select({ accountId: oneTimeLinks.accountId })
    .from(oneTimeLinks)
    .innerJoin(accounts, and(eq(accounts.id, oneTimeLinks.accountId), eq(accounts.isActive, true)))
    .where(isUsable(key))
  const [, [account], ended] = await orm.batch([
    auditInsert(orm, audit, exists(target), sql`(SELECT account_id FROM one_time_links WHERE digest = ${key.digest})`),
    orm.update(accounts).set({ password: to, updatedAt: now }).where(inArray(accounts.id, target)).returning(addressee),
    orm.delete(credentials).where(inArray(credentials.accountId, target)).returning(revokedColumns),
    orm
      .update(oneTimeLinks)
      .set({ usedAt: now })
      .where(and(inArray(oneTimeLinks.accountId, target), eq(oneTimeLinks.purpose, key.purpose), isNull(oneTimeLinks.usedAt))),
  ])
  return account ? { account, ended } : null
}
