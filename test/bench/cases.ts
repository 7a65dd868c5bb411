import type { Ask } from './load.ts'
import type { Served } from './runtime.ts'
import { mintTokens, PASSWORD, publicPlan, type Town } from './town.ts'

/** Somebody who answers the requests of a case. */
export interface Contestant {
  readonly side: string
  readonly served: Served
  readonly status: number
  /** The next so many requests, made before the clock runs. */
  readonly asks: (count: number) => Promise<Ask[]>
}

export interface Case {
  readonly name: string
  /** How many requests a round has. */
  readonly count: number
  readonly contestants: readonly Contestant[]
}

/** Requests that follow upon each other: what one round has used up no other round of any side uses again. */
export const counting = (ask: (n: number) => Ask) => {
  let next = 0
  return async (count: number): Promise<Ask[]> => Array.from({ length: count }, () => ask(next++))
}

/** The platform limits log-ins by address: as many people as in a town have as many addresses. */
const from = (n: number) => ({ 'CF-Connecting-IP': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}` })

const READS = 1000
const WRITES = 600
const HASHES = 60

/** What the runtime itself costs: no side can do with less. */
export const nothingAtAll = (served: Served): Case => ({
  name: 'nothing at all',
  count: READS,
  contestants: [{ side: 'empty', served, status: 200, asks: counting(() => ({ method: 'GET', path: '/' })) }],
})

/** The same request to the program and to the floor. They share a database, and hence the requests that are used up. */
export const ourCases = (town: Town, database: D1Database, sides: Readonly<Record<string, Served>>): Case[] => {
  const { people } = town
  const person = (n: number) => people[n % people.length] ?? people[0]
  const as = (n: number) => ({ Authorization: `Token ${person(n).token}` })

  const each = (name: string, count: number, status: number, asks: Contestant['asks']): Case => ({
    name,
    count,
    contestants: Object.entries(sides).map(([side, served]) => ({ side, served, status, asks })),
  })
  const read = (name: string, path: (n: number) => string) =>
    each(
      name,
      READS,
      200,
      counting((n) => ({ method: 'GET', path: path(n), headers: as(n) })),
    )
  const write = (name: string, count: number, status: number, ask: (n: number) => Ask) => each(name, count, status, counting(ask))

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
      headers: as(n),
      json: { plan_id: publicPlan(Math.floor(n / people.length)) },
    })),
    write('message send', WRITES, 201, (n) => ({
      method: 'POST',
      path: '/message/',
      headers: as(n),
      json: { receiver_id: people.length + 1 + (n % 400), content: 'Hello!' },
    })),
    write('refresh', WRITES, 200, (n) => ({
      method: 'POST',
      path: '/api/token/refresh/',
      headers: from(n),
      json: { refresh: person(n).refresh },
    })),
    each('log out', WRITES, 200, async (count) => {
      const tokens = await mintTokens(database, count)
      return tokens.map((token) => ({ method: 'POST', path: '/user/logout/', headers: { Authorization: `Token ${token}` } }))
    }),
    write('log in', HASHES, 200, (n) => logIn(town, n)),
    write('register', HASHES, 201, (n) => ({
      method: 'POST',
      path: '/register/',
      headers: from(n),
      json: { username: `newcomer.${n}`, email: `newcomer.${n}@example.com`, password: PASSWORD },
    })),
  ]
}

export const logIn = ({ people }: Town, n: number): Ask => ({
  method: 'POST',
  path: '/login/',
  headers: from(n),
  json: { username: (people[n % people.length] ?? people[0]).username, password: PASSWORD },
})

/** The lists, in a small town and in a large one. */
export const growthCases = (small: { town: Town; served: Served }, large: { town: Town; served: Served }): Case[] =>
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
    contestants: [small, large].map(({ town, served }, index) => ({
      side: index === 0 ? 'small' : 'large',
      served,
      status: 200,
      asks: counting((n) => ({
        method: 'GET',
        path,
        headers: { Authorization: `Token ${(town.people[n % town.people.length] ?? town.people[0]).token}` },
      })),
    })),
  }))
