import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { LISTED_FRIEND_STATUSES } from '../../src/model/friend.ts'
import type { PlanScope } from '../../src/model/plan.ts'
import { NAME_PREFIX_MAX } from '../../src/model/profile.ts'
import { findCalendar } from '../../src/store/calendars.ts'
import { findFriendships } from '../../src/store/friends.ts'
import { findDismissedPlans } from '../../src/store/plan-dismissals.ts'
import { findPlans } from '../../src/store/plans.ts'
import { findPeople } from '../../src/store/profiles.ts'
import { findOwnRsvps, findPlanRsvps } from '../../src/store/rsvps.ts'
import { createStore, type Store } from '../../src/store/store.ts'
import { planOf, queriesOf, rowsReadBy } from '../support/explain.ts'

/**
 * The cost of a page of each list does not depend on the size of the database. All people here have the same name, so that
 * a search finds all of them. Nine of ten plans are not public, and all are in the same month, so a list that read plans
 * which it may not show would read many rows.
 */

const FEW = 1_000
const MANY = 100_000
const PAGE = 20
const NOON = Date.UTC(2025, 8, 28, 12)
const HOUR = 3_600_000
const UNKNOWN_ID = '0'.repeat(24)

/** Inserts the accounts and plans `from` to `to`. The accounts 6 to 20 are friends of account 1. */
const insertRows = async (from: number, to: number) => {
  const numbers = `WITH RECURSIVE n (i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})`
  await env.DB.batch([
    env.DB.prepare(
      `${numbers} INSERT INTO accounts (id, object_id, username, username_key, password, first_name, last_name, created_at, updated_at)
       SELECT i, printf('%024x', i), 'person.' || i, 'person.' || i, '', 'Ann', 'Smith', i, i FROM n`,
    ),
    env.DB.prepare(
      `${numbers} INSERT INTO plans (id, creator_id, title, location, start_time, end_time, visibility, created_at, updated_at)
       SELECT printf('%024x', i), i, 'Plan ' || i, '{"address1":"1 main st","city":"Boston","state":"MA","zipcode":"02134"}',
         ${NOON} + (i * 7919 % 720) * ${HOUR}, ${NOON} + 1000 * ${HOUR},
         CASE i % 10 WHEN 0 THEN 'public' WHEN 1 THEN 'friends' ELSE 'private' END, i, i FROM n`,
    ),
    env.DB.prepare(
      `${numbers} INSERT INTO rsvps (id, plan_id, account_id, created_at) SELECT printf('%024x', i), printf('%024x', 10), i, i FROM n`,
    ),
    env.DB.prepare(
      `${numbers} INSERT INTO rsvps (id, plan_id, account_id, created_at)
       SELECT printf('b%023x', i), printf('%024x', i), 1, i FROM n WHERE i <> 10 AND i % 10 = 0`,
    ),
    env.DB.prepare(
      `${numbers} INSERT INTO friend_records (id, sender_id, receiver_id, status, created_at, updated_at)
       SELECT printf('%024x', i), CASE i % 2 WHEN 0 THEN 1 ELSE i END, CASE i % 2 WHEN 0 THEN i ELSE 1 END,
         CASE WHEN i <= 20 THEN 'accepted' ELSE 'pending' END, i, i FROM n WHERE i > 5`,
    ),
    // None of them is on a measured page of the list of plans.
    env.DB.prepare(
      `${numbers} INSERT INTO plan_dismissals SELECT 1, printf('%024x', i), i FROM n WHERE i % 10 = 0 AND i BETWEEN 710 AND 1000`,
    ),
  ])
}

const planPage = (store: Store, scope: PlanScope, until: number | null, after = { start: 0, id: '' }) =>
  findPlans(store, { accountId: 1, scope, after, until, limit: PAGE })

const LISTS: Record<string, (store: Store) => Promise<unknown>> = {
  'the visible plans': (store) => planPage(store, 'all', null),
  'a later page of the visible plans': (store) => planPage(store, 'all', null, { start: 0, id: '0000000000000000000001f4' }),
  'the plans of a period': (store) => planPage(store, 'all', NOON + 500 * HOUR, { start: NOON + 100 * HOUR, id: '' }),
  'a later page of the plans of a period': (store) =>
    planPage(store, 'all', NOON + 500 * HOUR, { start: NOON + 101 * HOUR, id: '000000000000000000000100' }),
  'the plans of friends': (store) => planPage(store, 'friends', null),
  'the plans of friends in a period': (store) => planPage(store, 'friends', NOON + 500 * HOUR, { start: NOON, id: '' }),
  'the own plans': (store) => planPage(store, 'own', null),
  'the own plans in a period': (store) => planPage(store, 'own', NOON + 500 * HOUR, { start: NOON, id: '' }),
  'the dismissed plans': (store) => findDismissedPlans(store, { id: 1, isStaff: false }, '', PAGE),
  'a later page of the dismissed plans': (store) => findDismissedPlans(store, { id: 1, isStaff: false }, '0000000000000000000002bc', PAGE),
  people: (store) => findPeople(store, { readerId: 1, after: 0, limit: PAGE, search: '' }, NAME_PREFIX_MAX),
  'a later page of people': (store) => findPeople(store, { readerId: 1, after: 500, limit: PAGE, search: '' }, NAME_PREFIX_MAX),
  'people by a letter': (store) => findPeople(store, { readerId: 1, after: 0, limit: PAGE, search: 'a' }, NAME_PREFIX_MAX),
  'people by a name': (store) => findPeople(store, { readerId: 1, after: 0, limit: PAGE, search: 'Ann' }, NAME_PREFIX_MAX),
  'people by a username': (store) => findPeople(store, { readerId: 1, after: 300, limit: PAGE, search: 'person.' }, NAME_PREFIX_MAX),
  'people by a letter beyond Z': (store) => findPeople(store, { readerId: 1, after: 0, limit: PAGE, search: 'Éa' }, NAME_PREFIX_MAX),
  'people by more than the longest prefix': (store) =>
    findPeople(store, { readerId: 1, after: 0, limit: PAGE, search: 'a'.repeat(40) }, NAME_PREFIX_MAX),
  friends: (store) => findFriendships(store, 1, { after: '', limit: PAGE }, LISTED_FRIEND_STATUSES),
  'a later page of friends': (store) =>
    findFriendships(store, 1, { after: '0000000000000000000001f4', limit: PAGE }, LISTED_FRIEND_STATUSES),
  'the RSVPs of a plan': (store) => findPlanRsvps(store, '00000000000000000000000a', { id: 2, isStaff: false }, '', PAGE),
  'the RSVPs of an account': (store) => findOwnRsvps(store, 1, UNKNOWN_ID, PAGE),
  'a calendar': (store) => findCalendar(store, { id: 1, isStaff: false }, { limit: PAGE, cancelledSince: 0 }),
}

const names = Object.keys(LISTS)
const rowsReadOfFew: Record<string, number> = {}

const listOf = (name: string) => (database: D1Database) => {
  const list = LISTS[name]
  if (!list) throw new Error(`unknown list: ${name}`)
  return list(createStore(database))
}

/** The median of several runs, in milliseconds. */
const timeOf = async (list: (database: D1Database) => Promise<unknown>): Promise<number> => {
  const [query] = await queriesOf(list)
  if (!query) throw new Error('no query')
  const times: number[] = []
  for (let n = 0; n < 9; n++) {
    const before = performance.now()
    await env.DB.prepare(query.sql)
      .bind(...query.values)
      .all()
    times.push(performance.now() - before)
  }
  return times.sort((one, other) => one - other)[4] ?? 0
}

const figures: string[] = []

const measure = async (rows: number) => {
  await env.DB.prepare('ANALYZE').run() // with statistics, SQLite must not choose a worse plan than without
  for (const name of names) {
    const read = await rowsReadBy(listOf(name))
    if (rows === FEW) rowsReadOfFew[name] = read
    figures.push(`${rows} rows, ${name}: ${read} read, ${(await timeOf(listOf(name))).toFixed(1)} ms`)
  }
}

beforeAll(async () => {
  await insertRows(1, FEW)
  await measure(FEW)
  await insertRows(FEW + 1, MANY)
  await measure(MANY)
  console.log(figures.join('\n'))
}, 240_000)

describe('every list', () => {
  test.each(names)('%s: a page reads the same number of rows from a large and from a small database', async (name) => {
    expect(await rowsReadBy(listOf(name))).toBe(rowsReadOfFew[name])
    expect(rowsReadOfFew[name]).toBeLessThanOrEqual(8 * PAGE + 100)
  })

  test.each(names)('%s: uses an index, and no sort', async (name) => {
    const queries = await queriesOf(listOf(name))
    expect(queries.length).toBeGreaterThan(0)
    const tables =
      /^SCAN (accounts|plans|plan_dismissals|blocks|rsvps|friend_records|name_prefixes|meetup_profiles|cancelled_plans|cancelled_plan_people|head|following)\b/
    for (const query of queries) {
      const steps = await planOf(query)
      expect(steps.length).toBeGreaterThan(0)
      expect(steps.filter((step) => tables.test(step) || step.includes('TEMP B-TREE') || step.includes('AUTOMATIC'))).toEqual([])
    }
  })
})

test('a scan and a sort are detected', async () => {
  const steps = await planOf({ sql: 'SELECT * FROM plans ORDER BY title LIMIT ?', values: [PAGE] })
  expect(steps).toEqual(['SCAN plans', 'USE TEMP B-TREE FOR ORDER BY'])
})
