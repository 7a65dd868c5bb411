import { isSomebody, mintSessions, readSession, settleBetterAuth, signIn, signOut, signUp } from './better-auth-town.ts'
import { type Case, type Contestant, counting } from './cases.ts'
import { type Ask, agentOf, send } from './load.ts'
import type { Served } from './runtime.ts'
import type { Town } from './town.ts'

/** What somebody might take instead, against the case of the program that it stands for. */

const named = (cases: readonly Case[], name: string): { count: number; ours: Contestant } => {
  const found = cases.find((one) => one.name === name)
  const ours = found?.contestants.find(({ side }) => side === 'ours')
  if (!found || !ours) throw new Error(`there is no case called ${name}`)
  return { count: found.count, ours }
}

type Asks = Contestant['asks']

/** With its own defaults, and with what makes it faster. */
export const BETTER_AUTHS = ['better-auth', 'better-auth-joins'] as const

/** better-auth, in a town of its own that is as large. */
export const betterAuthCases = async (
  cases: readonly Case[],
  servedBy: (worker: string) => Served,
  database: D1Database,
  size: number,
): Promise<Case[]> => {
  const members = await settleBetterAuth(database, size)
  const [first] = members
  if (!first) throw new Error('nobody lives in this town')
  const agent = agentOf(1)
  for (const side of BETTER_AUTHS) {
    if (!isSomebody(await send(servedBy(side).target, agent, readSession(first)))) throw new Error(`${side} knows nobody`)
  }
  agent.destroy()

  const against = (name: string, as: string, asks: Asks): Case => {
    const { count, ours } = named(cases, as)
    return { name, count, contestants: [ours, ...BETTER_AUTHS.map((side) => ({ side, served: servedBy(side), status: 200, asks }))] }
  }
  const member = (n: number) => members[n % members.length] ?? first
  return [
    against(
      'read session',
      'who am I, matrimony',
      counting((n) => readSession(member(n))),
    ),
    against('sign up', 'register', counting(signUp)),
    against(
      'sign in',
      'log in',
      counting((n) => signIn(member(n))),
    ),
    against('sign out', 'log out', async (count) => (await mintSessions(database, count)).map(signOut)),
  ]
}

const get =
  (path: string, { people }: Town): Asks =>
  async (count) =>
    Array.from({ length: count }, (_, n): Ask => {
      const { token } = people[n % people.length] ?? people[0]
      return { method: 'GET', path, headers: { Authorization: `Token ${token}` } }
    })

/** hono/jwt reads no other scheme than Bearer. */
const bearing =
  (asks: Asks): Asks =>
  async (count) =>
    (await asks(count)).map((ask) => ({ ...ask, headers: { Authorization: ask.headers?.Authorization?.replace('Token', 'Bearer') ?? '' } }))

export const starterCases = (cases: readonly Case[], served: Served, town: Town): Case[] =>
  Object.entries({ 'who am I, mindharmony': '/me', 'plan list, 20 of many': '/plans?limit=20' }).map(([name, path]) => {
    const { count, ours } = named(cases, name)
    return { name, count, contestants: [ours, { side: 'starter', served, status: 200, asks: bearing(get(path, town)) }] }
  })

/** For scale: one process without an edge, a network or another process between it and its database. */
export const nodeCases = (cases: readonly Case[], served: Served, town: Town): Case[] =>
  Object.entries({
    'who am I, mindharmony': '/user-details/',
    'session list': '/session/',
    'plan list, 20 of many': '/api/plans?limit=20',
  }).map(([name, path]) => {
    const { count, ours } = named(cases, name)
    return { name, count, contestants: [ours, { side: 'Node', served, status: 200, asks: get(path, town) }] }
  })
