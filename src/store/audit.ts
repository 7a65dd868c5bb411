import { and, desc, eq, exists, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { AuditAction, AuditEntry, AuditFilter, NewAuditEntry } from '../model/audit.ts'
import type { Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { auditEntries } from './tables/audit.ts'

/**
 * The statement that adds an entry, for the batch of the action that it records: then there is no action without its entry.
 * With `condition`, it adds the entry only if that is true when the statement runs. So it precedes the statement of the action,
 * which has the same condition. `subject` replaces the entry's subject by a value that is computed in the database.
 */
export const auditInsert = (orm: Store['orm'], entry: NewAuditEntry, condition?: SQL, subject?: SQL) => {
  const { at, action, role, actorId, credentialId, address, subjectId, detail } = entry
  const about = subject ?? sql`${subjectId}`
  return orm
    .insert(auditEntries)
    .select(
      sql`SELECT NULL, ${at}, ${action}, ${role}, ${actorId}, ${credentialId}, ${address}, ${about}, ${detail} WHERE ${condition ?? sql`true`}`,
    )
}

/** The same, if an account fulfils a condition. */
export const auditInsertIfAccount = (orm: Store['orm'], entry: NewAuditEntry, condition: SQL | undefined) =>
  auditInsert(orm, entry, exists(orm.select({ one: sql`1` }).from(accounts).where(condition)))

/**
 * One statement for several entries about an account: an entry for each change that makes a difference to its row, if the
 * account fulfils a condition.
 */
export const auditInsertChanges = (
  orm: Store['orm'],
  entry: Omit<NewAuditEntry, 'action'>,
  changes: readonly { readonly action: AuditAction; readonly differs: SQL; readonly detail?: string }[],
  condition: SQL | undefined,
) => {
  const { at, role, actorId, credentialId, address, subjectId } = entry
  const made = changes.map(({ action, differs, detail = '' }) => sql`CASE WHEN ${differs} THEN json_array(${action}, ${detail}) END`)
  const action = sql`json_extract(change.value, '$[0]')`
  const detail = sql`json_extract(change.value, '$[1]')`
  return orm
    .insert(auditEntries)
    .select(
      sql`SELECT NULL, ${at}, ${action}, ${role}, ${actorId}, ${credentialId}, ${address}, ${subjectId}, ${detail} FROM ${accounts}, json_each(json_array(${sql.join(made, sql`, `)})) AS change WHERE change.value IS NOT NULL AND ${condition}`,
    )
}

export const insertAuditEntry = async (store: Store, entry: NewAuditEntry): Promise<void> => {
  await auditInsert(store.orm, entry)
}

/** The same, about the account with this username, if there is one. */
export const insertAuditEntryAbout = async (store: Store, entry: NewAuditEntry, usernameKey: string): Promise<void> => {
  await auditInsert(store.orm, entry, undefined, sql`(SELECT id FROM accounts WHERE username_key = ${usernameKey})`)
}

/** Without it, a search that finds less than a page would read all older entries as well. */
const firstIdSince = (time: number) => sql`COALESCE((SELECT id FROM audit_entries WHERE at >= ${time} ORDER BY at LIMIT 1), 0)`

/**
 * Entries, newest first. Ids are assigned in the order of the writes, and `at` is read a little earlier, at most
 * `latestWriteMs`: by so much an entry may be older than one with a smaller id.
 */
export const findAuditEntries = (
  store: Store,
  { subjectId, actorId, since, before }: AuditFilter,
  { limit, latestWriteMs }: { limit: number; latestWriteMs: number },
): Promise<AuditEntry[]> => {
  const name = (id: SQL) => sql<string | null>`(SELECT username FROM accounts WHERE accounts.id = ${id})`
  return store.orm
    .select({
      id: auditEntries.id,
      at: auditEntries.at,
      action: auditEntries.action,
      role: auditEntries.role,
      actorId: auditEntries.actorId,
      actorName: name(sql`audit_entries.actor_id`),
      credentialId: auditEntries.credentialId,
      address: auditEntries.address,
      subjectId: auditEntries.subjectId,
      subjectName: name(sql`audit_entries.subject_id`),
      detail: auditEntries.detail,
    })
    .from(auditEntries)
    .where(
      and(
        subjectId === null ? undefined : eq(auditEntries.subjectId, subjectId),
        actorId === null ? undefined : eq(auditEntries.actorId, actorId),
        since > 0 ? and(gte(auditEntries.at, since), gte(auditEntries.id, firstIdSince(since - latestWriteMs))) : undefined,
        before === null ? undefined : lt(auditEntries.id, before),
      ),
    )
    .orderBy(desc(auditEntries.id))
    .limit(limit)
}
