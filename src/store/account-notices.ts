import { and, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Notice, NoticeRule } from '../model/account-notices.ts'
import type { OutboxMessage } from '../model/outbox.ts'
import type { Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { outbox } from './tables/alarms.ts'
import { quotaUses } from './tables/quotas.ts'

/** How notices are written: a key of their own, the day that their number is counted on, and the rule. */
export interface NoticeContext {
  readonly key: string
  readonly now: number
  readonly today: string
  readonly rule: NoticeRule
}

interface NoticedChange {
  /** Whether the change makes a difference to the row of `accounts`. */
  readonly differs: SQL
  readonly notice: Notice
  /** A further address besides the stored one. */
  readonly also?: string | undefined
}

/**
 * The statements that write notices, for the batch of a change and before it: the stored address is still the old one. They
 * write nothing unless an account fulfils the condition and one of its values really changes. Above the limit of a day, they
 * write nothing either; concurrent changes are all counted.
 */
export const insertNotices = (
  orm: Store['orm'],
  changes: readonly NoticedChange[],
  condition: SQL | undefined,
  { key, now, today, rule }: NoticeContext,
) => {
  const anyDiffers = sql.join([sql`false`, ...changes.map(({ differs }) => differs)], sql` OR `)
  const count = orm
    .insert(quotaUses)
    .select(sql`SELECT id, ${rule.quota}, ${today}, 1 FROM ${accounts} WHERE ${and(condition, sql`(${anyDiffers})`)}`)
    .onConflictDoUpdate({
      target: [quotaUses.accountId, quotaUses.quota],
      set: { day: today, uses: sql`CASE ${quotaUses.day} WHEN ${today} THEN ${quotaUses.uses} + 1 ELSE 1 END` },
    })
  const mails = changes.flatMap(({ differs, notice: { subject, body }, also }) =>
    [sql`${accounts.email}`, ...(also === undefined ? [] : [sql`${also}`])].map(
      (address) => sql`CASE WHEN ${differs} THEN json_array(${address}, ${subject}, ${body}) END`,
    ),
  )
  const field = (index: number) => sql`json_extract(mail.value, ${sql.raw(`'$[${index}]'`)})`
  const isBelowLimit = sql`${rule.perDay} >= (SELECT uses FROM quota_uses WHERE quota_uses.account_id = ${accounts.id} AND quota = ${rule.quota})`
  const insert = orm.insert(outbox).select(
    sql`SELECT ${key} || '.' || mail.key, ${accounts.id}, 'email', ${accounts.username}, ${field(0)}, ${field(1)}, ${field(2)}, ${now}, ${now}
      FROM ${accounts}, json_each(json_array(${sql.join(mails, sql`, `)})) AS mail
      WHERE ${and(condition, sql`mail.value IS NOT NULL AND ${field(0)} <> '' AND ${isBelowLimit}`)}`,
  )
  return [count, insert] as const
}

/**
 * Takes the messages that have waited longest, and sets the time of their next attempt: of two runs at the same time, one gets
 * a message.
 */
export const claimDueMessages = (
  store: Store,
  { now, retryAt, limit }: { now: number; retryAt: number; limit: number },
): Promise<OutboxMessage[]> =>
  store.orm
    .update(outbox)
    .set({ dueAt: retryAt })
    .where(sql`${outbox.key} IN (SELECT key FROM outbox WHERE due_at <= ${now} ORDER BY due_at LIMIT ${limit})`)
    .returning()

interface SentMessages {
  /** No further attempt is made, and the text is not needed any more. */
  readonly done: readonly string[]
  /** There is no provider: the messages stay where an operator can read them. */
  readonly kept: readonly string[]
  /** Messages that have waited since then are not sent any more. */
  readonly giveUpBefore: number
}

export const finishMessages = async (store: Store, { done, kept, giveUpBefore }: SentMessages): Promise<void> => {
  const { orm } = store
  const isOneOf = (keys: readonly string[]) => sql`${outbox.key} IN (SELECT value FROM json_each(${JSON.stringify(keys)}))`
  await orm.batch([
    orm.delete(outbox).where(isOneOf(done)),
    orm.update(outbox).set({ dueAt: null }).where(isOneOf(kept)),
    orm
      .update(outbox)
      .set({ dueAt: null })
      .where(and(isNotNull(outbox.dueAt), lt(outbox.createdAt, giveUpBefore))),
  ])
}
