import { and, eq, exists, inArray, ne, sql } from 'drizzle-orm'
import type { NewAuditEntry } from '../model/audit.ts'
import type { LinkKey } from '../model/one-time-link.ts'
import type { ContactAnswer } from '../model/recovery.ts'
import { auditInsert } from './audit.ts'
import { isUsable } from './one-time-links.ts'
import type { Store } from './store.ts'
import { oneTimeLinks } from './tables/one-time-links.ts'
import { contactAnswers } from './tables/recovery.ts'

/**
 * Stores the answer of a person who was named as a contact. A declining answer uses up the link and stays: of two answers at
 * the same time, declining wins. After agreeing, one can still decline with the same link. False if the link may not be used.
 */
export const answerInvitation = async (
  store: Store,
  { key, answer, audit }: { key: LinkKey; answer: Exclude<ContactAnswer, 'asked'>; audit: NewAuditEntry },
): Promise<boolean> => {
  const { orm } = store
  const usable = orm.select({ accountId: oneTimeLinks.accountId }).from(oneTimeLinks).where(isUsable(key))
  const addresses = sql`(SELECT value FROM one_time_links, json_each(subject) WHERE ${isUsable(key)})`
  const [, answered] = await orm.batch([
    auditInsert(orm, audit, exists(usable), sql`(SELECT account_id FROM one_time_links WHERE digest = ${key.digest})`),
    orm
      .update(contactAnswers)
      .set({ answer, answeredAt: key.now })
      .where(
        and(
          inArray(contactAnswers.accountId, usable),
          sql`${contactAnswers.address} IN ${addresses}`,
          answer === 'declined' ? undefined : ne(contactAnswers.answer, 'declined'),
        ),
      )
      .returning({ address: contactAnswers.address }),
    orm
      .update(oneTimeLinks)
      .set({ usedAt: key.now })
      .where(and(isUsable(key), answer === 'declined' ? undefined : sql`false`)),
  ])
  return answered.length > 0
}

/** The most restrictive answer that was given at one of a contact's addresses. For a query on `emergency_contacts`. */
export const contactAnswer = sql<ContactAnswer | null>`(SELECT answer FROM contact_answers
  WHERE contact_answers.account_id = emergency_contacts.account_id AND address IN (email_digest, phone_digest)
  ORDER BY CASE answer WHEN 'declined' THEN 0 WHEN 'agreed' THEN 1 ELSE 2 END LIMIT 1)`.as('answer')

export const findLinkAddresses = async (store: Store, digest: string): Promise<{ accountId: number; addresses: string[] } | null> => {
  const { accountId, subject } = oneTimeLinks
  const [link] = await store.orm.select({ accountId, subject }).from(oneTimeLinks).where(eq(oneTimeLinks.digest, digest))
  return link ? { accountId: link.accountId, addresses: JSON.parse(link.subject) } : null
}
