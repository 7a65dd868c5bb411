import { usernameKey } from '../model/account.ts'
import { type AuditAction, type AuditEntry, type AuditFilter, LATEST_WRITE_MS, type NewAuditEntry } from '../model/audit.ts'
import { type Page, pageOf } from '../model/page.ts'
import { findAccountByUsername } from '../store/accounts.ts'
import { findAuditEntries, insertAuditEntryAbout } from '../store/audit.ts'
import { type MemberContext, type OperatorContext, sourceOf } from './access.ts'
import type { Context } from './context.ts'

/** The entry for what the caller does now. `subjectId` is the account that it concerns. */
export const auditEntry = (context: Context, action: AuditAction, subjectId: number | null, detail = ''): NewAuditEntry => ({
  ...sourceOf(context),
  at: context.now(),
  action,
  subjectId,
  detail,
})

/** A page of entries, newest first. The page after it starts before the last entry. */
const readPage = async (context: Context, filter: AuditFilter, limit: number): Promise<Page<AuditEntry, number>> => {
  const entries = await findAuditEntries(context.store, filter, { limit: limit + 1, latestWriteMs: LATEST_WRITE_MS })
  return pageOf(entries, limit, ({ id }) => id)
}

/** The person sees the usernames of staff, but not their IP addresses and credentials. */
const asSeenBySubject = (entry: AuditEntry): AuditEntry => {
  const showsClient = entry.actorId === entry.subjectId || entry.role === 'anyone'
  return showsClient ? entry : { ...entry, address: null, credentialId: null }
}

/** What is recorded about a person, newest first, as the person may see it. */
export const readTrailOf = async (
  context: Context,
  accountId: number,
  before: number | null,
  limit: number,
): Promise<Page<AuditEntry, number>> => {
  const { items, next } = await readPage(context, { subjectId: accountId, actorId: null, since: 0, before }, limit)
  return { items: items.map(asSeenBySubject), next }
}

/** What is recorded about the caller, newest first. */
export const readOwnTrail = (context: MemberContext, before: number | null, limit: number): Promise<Page<AuditEntry, number>> =>
  readTrailOf(context, context.actor.account.id, before, limit)

interface Query {
  /** The account that the entries are about, and the one that acted; null: any. */
  readonly of: string | null
  readonly by: string | null
  readonly since: number
  readonly before: number | null
}

/** `#7` is an account by its id: an account that has been erased has no username any more. */
const accountIdOf = async (context: OperatorContext, account: string): Promise<number | null> => {
  if (account.startsWith('#')) return Number(account.slice(1)) || null
  return (await findAccountByUsername(context.store, usernameKey(account)))?.id ?? null
}

/** The whole trail, for the operator, newest first. `unknown`: no account has this username. */
export const readTrail = async (
  context: OperatorContext,
  { of, by, since, before }: Query,
  limit: number,
): Promise<Page<AuditEntry, number> | { readonly unknown: string }> => {
  const subjectId = of === null ? null : await accountIdOf(context, of)
  if (of !== null && subjectId === null) return { unknown: of }
  const actorId = by === null ? null : await accountIdOf(context, by)
  if (by !== null && actorId === null) return { unknown: by }
  return readPage(context, { subjectId, actorId, since, before }, limit)
}

/**
 * Records a command of the operator before it runs: a command that cannot be recorded is not run. An entry may stand for a
 * command that failed. `command` contains no value that was typed.
 */
export const recordCommand = (context: OperatorContext, username: string, command: string): Promise<void> =>
  insertAuditEntryAbout(context.store, auditEntry(context, 'operator-command', null, command), usernameKey(username))
