import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { allContracts } from '../../src/app.ts'
import { createContext } from '../../src/compose.ts'
import { NO_GATES } from '../../src/domain/gates.ts'
import { handleWith } from '../support/worker-context.ts'
import { CONSOLE } from './console.ts'
import { FACILITY } from './facility.ts'
import { MATRIMONY_MEMBERS } from './matrimony-members.ts'
import { MATRIMONY_MESSAGES } from './matrimony-messages.ts'
import { PUSH, type Row, requestOf } from './measure.ts'
import { MEETUPS } from './meetups.ts'
import { MINDHARMONY } from './mindharmony.ts'
import { OWN_PATHS } from './own-paths.ts'
import { RECOVERY } from './recovery.ts'

/**
 * With READ_REPLICAS, a write leaves its bookmark at the gates of all accounts whose next read must contain it. The verbs name
 * these accounts. Here every route that writes is called, and the people of the rows that it has changed must have been named.
 */

interface Watched {
  readonly table: string
  /** What of a row must be seen at once. */
  readonly columns: string
  /** Whom the row concerns. */
  readonly people: readonly string[]
}

/**
 * What else a person sees of others, such as names, pictures and lists of plans, may be some seconds late. So may what a person loses
 * when someone else erases an account or deletes a plan.
 */
const WATCHED: readonly Watched[] = [
  { table: 'credentials', columns: 'id', people: ['account_id'] },
  { table: 'accounts', columns: 'id, is_active, is_staff, is_admin, is_superuser, password', people: ['id'] },
  { table: 'passkeys', columns: 'id', people: ['account_id'] },
  { table: 'blocks', columns: 'blocker_id, blocked_id', people: ['blocker_id', 'blocked_id'] },
  { table: 'friend_records', columns: 'id, sender_id, status', people: ['sender_id', 'receiver_id'] },
  // Whether a message is read changes by a request of its receiver, who is named as its caller.
  { table: 'direct_messages', columns: 'id', people: ['sender_id', 'receiver_id'] },
  { table: 'rsvps', columns: 'id', people: ['account_id', '(SELECT creator_id FROM plans WHERE plans.id = plan_id)'] },
]

/** test/cost/routes.test.ts finds a route that writes without saying so. */
const CHANGING = new Set(
  allContracts.flatMap(({ routes }) => routes.filter(({ changesState }) => changesState).map(({ method, path }) => `${method} ${path}`)),
)

const ROUTES: readonly Row[] = [
  ...MINDHARMONY,
  ...FACILITY,
  ...MATRIMONY_MEMBERS,
  ...MATRIMONY_MESSAGES,
  ...RECOVERY,
  ...MEETUPS,
  ...CONSOLE,
  ...OWN_PATHS,
].filter(([method, path]) => CHANGING.has(`${method} ${path}`))

/** Each watched row as text, with its people. */
const watchedRows = async (): Promise<ReadonlyMap<string, readonly number[]>> => {
  const results = await env.DB.batch<{ readonly content: string; readonly people: string }>(
    WATCHED.map(({ table, columns, people }) =>
      env.DB.prepare(`SELECT concat_ws(' ', '${table}', ${columns}) AS content, json_array(${people.join(', ')}) AS people FROM ${table}`),
    ),
  )
  return new Map(results.flatMap(({ results: rows }) => rows.map(({ content, people }) => [content, JSON.parse(people)] as const)))
}

/** The people of the rows that one state has and the other one has not. */
const peopleOfChanges = (before: ReadonlyMap<string, readonly number[]>, after: ReadonlyMap<string, readonly number[]>): Set<number> =>
  new Set([
    ...[...before].flatMap(([content, people]) => (after.has(content) ? [] : people)),
    ...[...after].flatMap(([content, people]) => (before.has(content) ? [] : people)),
  ])

test('every route that writes names the accounts that its write concerns', async () => {
  const found = new Map<string, number>()
  const incomplete: string[] = []
  for (const [method, path, , prepare] of ROUTES) {
    const route = `${method} ${path}`
    const request = requestOf(method, path, await prepare())
    const named = new Set<number>()
    const note = (accountId: number): void => void named.add(accountId)
    const gates = { ...NO_GATES, concern: note, clear: async (accountId: number) => note(accountId) }
    const pending: Promise<unknown>[] = []
    const before = await watchedRows()
    const context = { ...createContext(env, { waitUntil: (work) => pending.push(work) }), gates, push: PUSH.push }
    await (await handleWith(request, context)).arrayBuffer()
    await Promise.all(pending)
    const people = peopleOfChanges(before, await watchedRows())
    if (people.size > 0) found.set(route, people.size)
    if (![...people].every((accountId) => named.has(accountId))) incomplete.push(route)
  }
  expect(incomplete).toEqual([])
  // Log-ins, log-outs, registrations, passwords, and what connects two people.
  expect(found.size).toBeGreaterThan(25)
  expect([...found.values()].filter((people) => people > 1).length).toBeGreaterThan(8)
})
