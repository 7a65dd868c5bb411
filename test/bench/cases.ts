import { createTokens, type Dataset, PASSWORD, publicPlanId } from './dataset.ts'
import type { RequestSpec } from './load.ts'
import type { Served } from './runtime.ts'

/** A server that a case measures, and the requests to it. */
export interface CaseServer {
  readonly server: string
  readonly served: Served
  readonly status: number
  /** Creates the next `count` requests. This happens before the time is measured. */
  readonly nextRequests: (count: number) => Promise<RequestSpec[]>
}

export interface Case {
  readonly name: string
  /** Requests in one round. */
  readonly count: number
  readonly servers: readonly CaseServer[]
}

/** Creates requests from a running number. All rounds of all servers share it, so no request is sent twice. */
export const numbered = (request: (n: number) => RequestSpec) => {
  let next = 0
  return async (count: number): Promise<RequestSpec[]> => Array.from({ length: count }, () => request(next++))
}

/** The platform limits log-ins by IP address. So each caller has an address of its own. */
const clientAddress = (n: number) => ({ 'CF-Connecting-IP': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}` })

const READS = 1000
const WRITES = 600
const HASHING_REQUESTS = 60

/** The cost of the runtime itself. No server can be faster. */
export const emptyCase = (served: Served): Case => ({
  name: 'empty Worker',
  count: READS,
  servers: [{ server: 'empty', served, status: 200, nextRequests: numbered(() => ({ method: 'GET', path: '/' })) }],
})

/** The same requests to Concord and to the baseline. They share a database, and so also the requests that consume a row. */
export const ourCases = (dataset: Dataset, database: D1Database, servers: Readonly<Record<string, Served>>): Case[] => {
  const { people } = dataset
  const person = (n: number) => people[n % people.length] ?? people[0]
  const authorization = (n: number) => ({ Authorization: `Token ${person(n).token}` })

  const onAllServers = (name: string, count: number, status: number, nextRequests: CaseServer['nextRequests']): Case => ({
    name,
    count,
    servers: Object.entries(servers).map(([server, served]) => ({ server, served, status, nextRequests })),
  })
  const read = (name: string, path: (n: number) => string) =>
    onAllServers(
      name,
      READS,
      200,
      numbered((n) => ({ method: 'GET', path: path(n), headers: authorization(n) })),
    )
  const write = (name: string, count: number, status: number, request: (n: number) => RequestSpec) =>
    onAllServers(name, count, status, numbered(request))

  return [
    read('who am I, mindharmony', () => '/user-details/'),
    read('who am I, facility', () => '/api/users/me/'),
    read('who am I, matrimony', () => '/users/byId/'),
    read('who am I, recovery', (n) => `/api/v1/user/${person(n).id}/`),
    read('who am I, meetups', () => '/api/profile/'),
    read('session list', () => '/session/'),
    read('plan list, 20 of many', () => '/api/plans?limit=20'),
    read('friends list', () => '/api/friends/'),
    read('user list, 20 of many', () => '/api/users/?limit=20'),
    write('RSVP add', WRITES, 201, (n) => ({
      method: 'POST',
      path: '/api/rsvp/add',
      headers: authorization(n),
      json: { plan_id: publicPlanId(Math.floor(n / people.length)) },
    })),
    write('message send', WRITES, 201, (n) => ({
      method: 'POST',
      path: '/message/',
      headers: authorization(n),
      json: { receiver_id: people.length + 1 + (n % 400), content: 'Hello!' },
    })),
    write('refresh', WRITES, 200, (n) => ({
      method: 'POST',
      path: '/api/token/refresh/',
      headers: clientAddress(n),
      json: { refresh: person(n).refresh },
    })),
    onAllServers('log out', WRITES, 200, async (count) => {
      const tokens = await createTokens(database, count)
      return tokens.map((token) => ({ method: 'POST', path: '/user/logout/', headers: { Authorization: `Token ${token}` } }))
    }),
    write('log in', HASHING_REQUESTS, 200, (n) => logIn(dataset, n)),
    write('register', HASHING_REQUESTS, 201, (n) => ({
      method: 'POST',
      path: '/register/',
      headers: clientAddress(n),
      json: { username: `new-user.${n}`, email: `new-user.${n}@example.com`, password: PASSWORD },
    })),
  ]
}

export const logIn = ({ people }: Dataset, n: number): RequestSpec => ({
  method: 'POST',
  path: '/login/',
  headers: clientAddress(n),
  json: { username: (people[n % people.length] ?? people[0]).username, password: PASSWORD },
})

/** The list operations, on a small and on a large dataset. */
export const growthCases = (small: { dataset: Dataset; served: Served }, large: { dataset: Dataset; served: Served }): Case[] =>
  Object.entries({
    'session list': '/session/',
    'plan list': '/api/plans?limit=20',
    'plan list by time': '/api/plans?limit=20&from=2026-09-01T00:00:00Z',
    'friends list': '/api/friends/',
    'user list': '/api/users/?limit=20',
    'user search': '/api/users/?limit=20&search=ann',
  }).map(([name, path]) => ({
    name,
    count: READS / 2,
    servers: [small, large].map(({ dataset, served }, index) => ({
      server: index === 0 ? 'small' : 'large',
      served,
      status: 200,
      nextRequests: numbered((n) => ({
        method: 'GET',
        path,
        headers: { Authorization: `Token ${(dataset.people[n % dataset.people.length] ?? dataset.people[0]).token}` },
      })),
    })),
  }))
