import { and, eq, exists, sql } from 'drizzle-orm'
import type { NewAuditEntry } from '../model/audit.ts'
import type { AlarmLinkSubject, LinkKey, NewLink } from '../model/one-time-link.ts'
import { hasFlag } from './account-row.ts'
import { auditInsert } from './audit.ts'
import { isUsable } from './one-time-links.ts'
import type { Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { oneTimeLinks } from './tables/one-time-links.ts'

/** How to reach those of these accounts that are active staff. */
export const findStaffAddresses = (store: Store, usernameKeys: readonly string[]) =>
  store.orm
    .select({ id: accounts.id, username: accounts.username, email: accounts.email, phone: accounts.phoneNumber })
    .from(accounts)
    .where(
      and(
        sql`${accounts.usernameKey} IN (SELECT value FROM json_each(${JSON.stringify(usernameKeys)}))`,
        hasFlag,
        eq(accounts.isActive, true),
      ),
    )

/** Inserts nothing for an account that has been erased meanwhile. */
export const insertAlarmLinks = async (
  store: Store,
  accountId: number,
  links: readonly (NewLink & { readonly subject: string })[],
): Promise<void> => {
  const field = (name: keyof (typeof links)[number]) => sql`json_extract(value, ${`$.${name}`})`
  await store.orm
    .insert(oneTimeLinks)
    .select(
      sql`SELECT ${field('digest')}, ${field('purpose')}, ${field('subject')}, accounts.id, ${field('createdAt')}, ${field('expiresAt')}, NULL FROM json_each(${JSON.stringify(links)}) JOIN accounts ON accounts.id = ${accountId}`,
    )
}

/** What a link acknowledges; null if it may not be used. The audit trail records the attempt, because the object is called next. */
export const findAlarmLinkRecorded = async (
  store: Store,
  key: LinkKey,
  audit: NewAuditEntry,
): Promise<(AlarmLinkSubject & { readonly accountId: number }) | null> => {
  const { orm } = store
  const usable = orm.select({ accountId: oneTimeLinks.accountId, subject: oneTimeLinks.subject }).from(oneTimeLinks).where(isUsable(key))
  const [, [link]] = await orm.batch([
    auditInsert(orm, audit, exists(usable), sql`(SELECT account_id FROM one_time_links WHERE digest = ${key.digest})`),
    usable,
  ])
  return link ? { ...JSON.parse(link.subject), accountId: link.accountId } : null
}

export const markLinkUsed = async (store: Store, key: LinkKey): Promise<void> => {
  await store.orm.update(oneTimeLinks).set({ usedAt: key.now }).where(isUsable(key))
}
