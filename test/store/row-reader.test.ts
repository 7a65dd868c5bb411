import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { accountColumns } from '../../src/store/account-row.ts'
import { createStore, prepared, type Store } from '../../src/store/store.ts'
import { accounts, practiceProfiles } from '../../src/store/tables/accounts.ts'
import { plans } from '../../src/store/tables/plans.ts'
import { person } from '../support/people.ts'

const store = createStore(env.DB)
const ID = sql.placeholder('id')

const { accountId, bio, formerId } = practiceProfiles
const SELECTIONS = {
  'a column, a named expression and one without a name': { id: accounts.id, one: sql<number>`1`.as('one'), two: sql<string>`'two'` },
  'all columns of a table and a decoded expression': accountColumns,
  'an object': { account: accountColumns, bio },
  'an object of the joined table': { id: accounts.id, profile: { accountId, bio } },
  'an object of the joined table and an expression': { profile: { accountId, one: sql<number>`1`.as('one') } },
  'an object that starts with an expression': { profile: { one: sql<number>`1`.as('one'), accountId, bio } },
  'an object that starts with a column that may be null': { profile: { formerId, bio } },
  'an object of both tables': { mixed: { bio, username: accounts.username } },
  'an object of an expression': { made: { bio: sql<string | null>`bio`.as('made') } },
}

describe.each(Object.entries(SELECTIONS))('%s', (_name, selection) => {
  const build = (orm: Store['orm']) =>
    orm.select(selection).from(accounts).leftJoin(practiceProfiles, eq(accountId, accounts.id)).where(eq(accounts.id, ID)).prepare()

  test.each([
    ['with', true],
    ['without', false],
  ])('is read as drizzle reads it, %s a row of the joined table', async (_with, isJoined) => {
    const { id } = await person()
    if (isJoined) await store.orm.insert(practiceProfiles).values({ accountId: id, bio: 'A biography' })
    const expected = await build(store.orm).all({ id })
    expect(expected).toHaveLength(1)
    expect(await prepared(build)(store).all({ id })).toStrictEqual(expected)
    expect(await prepared(build)(store).get({ id })).toStrictEqual(expected[0])
  })
})

test('without an outer join no object becomes null, and JSON is decoded', async () => {
  const { id } = await person()
  const location = { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '02134' }
  await store.orm
    .insert(plans)
    .values({ id: 'a'.repeat(24), creatorId: id, title: 'Walk', location, endTime: 1, createdAt: 1, updatedAt: 1 })
  const build = (orm: Store['orm']) =>
    orm
      .select({ plan: { startTime: plans.startTime, location: plans.location, isListed: plans.isListed } })
      .from(plans)
      .where(eq(plans.creatorId, ID))
      .prepare()
  expect(await prepared(build)(store).all({ id })).toStrictEqual([{ plan: { startTime: null, location, isListed: true } }])
  expect(await prepared(build)(store).all({ id })).toStrictEqual(await build(store.orm).all({ id }))
})
