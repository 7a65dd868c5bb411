import { containsUser, createBetterAuthDataset, createSessions, readSession, signIn, signOut, signUp } from './better-auth-dataset.ts'
import { type Case, type CaseServer, numbered } from './cases.ts'
import type { Dataset } from './dataset.ts'
import { agentOf, type RequestSpec, send } from './load.ts'
import type { Served } from './runtime.ts'

/** Cases that compare Concord with alternatives: each alternative request with the matching request to Concord. */

const findCase = (cases: readonly Case[], name: string): { count: number; ours: CaseServer } => {
  const match = cases.find((candidate) => candidate.name === name)
  const ours = match?.servers.find(({ server }) => server === 'ours')
  if (!match || !ours) throw new Error(`no case is called ${name}`)
  return { count: match.count, ours }
}

type NextRequests = CaseServer['nextRequests']

/** With its own defaults, and with its option `joins`, which makes it faster. */
export const BETTER_AUTHS = ['better-auth', 'better-auth-joins'] as const

/** Cases for better-auth, with its own dataset of the same size. */
export const betterAuthCases = async (
  cases: readonly Case[],
  servedBy: (worker: string) => Served,
  database: D1Database,
  size: number,
): Promise<Case[]> => {
  const members = await createBetterAuthDataset(database, size)
  const [first] = members
  if (!first) throw new Error('the dataset is empty')
  const agent = agentOf(1)
  for (const server of BETTER_AUTHS) {
    if (!containsUser(await send(servedBy(server).target, agent, readSession(first))))
      throw new Error(`${server} does not return the user of a valid session`)
  }
  agent.destroy()

  const compare = (name: string, ourCase: string, nextRequests: NextRequests): Case => {
    const { count, ours } = findCase(cases, ourCase)
    return {
      name,
      count,
      servers: [ours, ...BETTER_AUTHS.map((server) => ({ server, served: servedBy(server), status: 200, nextRequests }))],
    }
  }
  const member = (n: number) => members[n % members.length] ?? first
  return [
    compare(
      'read session',
      'who am I, matrimony',
      numbered((n) => readSession(member(n))),
    ),
    compare('sign up', 'register', numbered(signUp)),
    compare(
      'sign in',
      'log in',
      numbered((n) => signIn(member(n))),
    ),
    compare('sign out', 'log out', async (count) => (await createSessions(database, count)).map(signOut)),
  ]
}

const getRequests =
  (path: string, { people }: Dataset): NextRequests =>
  async (count) =>
    Array.from({ length: count }, (_, n): RequestSpec => {
      const { token } = people[n % people.length] ?? people[0]
      return { method: 'GET', path, headers: { Authorization: `Token ${token}` } }
    })

/** hono/jwt accepts only the scheme `Bearer`. */
const withBearerScheme =
  (nextRequests: NextRequests): NextRequests =>
  async (count) =>
    (await nextRequests(count)).map((spec) => ({
      ...spec,
      headers: { Authorization: spec.headers?.Authorization?.replace('Token', 'Bearer') ?? '' },
    }))

export const starterCases = (cases: readonly Case[], served: Served, dataset: Dataset): Case[] =>
  Object.entries({ 'who am I, mindharmony': '/me', 'plan list, 20 of many': '/plans?limit=20' }).map(([name, path]) => {
    const { count, ours } = findCase(cases, name)
    return {
      name,
      count,
      servers: [ours, { server: 'starter', served, status: 200, nextRequests: withBearerScheme(getRequests(path, dataset)) }],
    }
  })

/** For comparison: one Node process that has its database in the same process. */
export const nodeCases = (cases: readonly Case[], served: Served, dataset: Dataset): Case[] =>
  Object.entries({
    'who am I, mindharmony': '/user-details/',
    'session list': '/session/',
    'plan list, 20 of many': '/api/plans?limit=20',
  }).map(([name, path]) => {
    const { count, ours } = findCase(cases, name)
    return { name, count, servers: [ours, { server: 'Node', served, status: 200, nextRequests: getRequests(path, dataset) }] }
  })
