import { and, asc, gt, inArray, sql } from 'drizzle-orm'
import type { Account, UserList } from '../model/account.ts'
import type { PageStart } from '../model/page.ts'
import { accountColumns, withoutFlags } from './account-row.ts'
import { idsOnPage, memberCountOf } from './list-buckets.ts'
import { forEachStart } from './numbered-pages.ts'
import { prepared, preparedNumber, runBoth, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'

/** Members: accounts without flags. */
const WITHOUT_FLAGS = withoutFlags()
const CONDITIONS = {
  users: WITHOUT_FLAGS,
  'active-users': sql`${sql.raw('accounts.is_active = 1')} AND ${WITHOUT_FLAGS}`,
} as const satisfies Readonly<Record<UserList, unknown>>

const queriesOf = (list: UserList) => ({
  page: forEachStart((from, limit) =>
    prepared((orm) =>
      orm
        .select(accountColumns)
        .from(accounts)
        .where(
          inArray(accounts.id, idsOnPage(list, { id: sql`accounts.id`, from: sql`accounts`, where: CONDITIONS[list] }, { from, limit })),
        )
        .orderBy(asc(accounts.id))
        .prepare(),
    ),
  ),
  count: preparedNumber(memberCountOf(list)),
})
const QUERIES = { users: queriesOf('users'), 'active-users': queriesOf('active-users') } as const satisfies Readonly<
  Record<UserList, unknown>
>

/** Accounts without flags, by id. */
export const findUsers = async (store: Store, list: UserList, from: PageStart, limit: number) => {
  const { page, count } = QUERIES[list]
  const [items, [total]] = await runBoth(store, page(from), count, { from, limit })
  return { items, count: total?.number ?? 0 }
}

/** Closed accounts without flags, by id. */
export const findInactiveUsers = (store: Store, { after, limit }: { after: number; limit: number }): Promise<Account[]> =>
  store.orm
    .select(accountColumns)
    .from(accounts)
    .where(and(sql.raw('accounts.is_active = 0'), WITHOUT_FLAGS, gt(accounts.id, after)))
    .orderBy(asc(accounts.id))
    .limit(limit)
