import { usernameKey } from '../../model/account.ts'
import type { AuditEntry } from '../../model/audit.ts'
import { type Page, pageOf } from '../../model/page.ts'
import { findAccountByUsername } from '../../store/accounts.ts'
import { findAuditEntries, insertAuditEntryAbout } from '../../store/audit.ts'
import type { MemberContext, OperatorContext } from '../access.ts'
import { auditEntry } from './entry.ts'

/** What is recorded about the caller, newest first. */
export const readOwnTrail = async (context: MemberContext, before: number | null, limit: number): Promise<Page<AuditEntry, number>> => {
  const filter = { subjectId: context.actor.account.id, actorId: null, since: 0, before }
  return pageOf(await findAuditEntries(context.store, filter, limit + 1), limit, ({ id }) => id)
}

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
  return pageOf(await findAuditEntries(context.store, { subjectId, actorId, since, before }, limit + 1), limit, ({ id }) => id)
}

/**
 * Records a command of the operator before it runs: a command that cannot be recorded is not run. An entry may stand for a
 * command that failed.
 */
export const recordCommand = (context: OperatorContext, username: string, command: string): Promise<void> =>
  insertAuditEntryAbout(context.store, auditEntry(context, 'operator-command', null, command), usernameKey(username))
