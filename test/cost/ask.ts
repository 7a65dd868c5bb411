import { env } from 'cloudflare:workers'
import { origin } from '../../src/app.ts'
import { createContext } from '../../src/compose.ts'
import { createStore } from '../../src/store/store.ts'
import { ORIGIN } from '../support/call.ts'
import { countingDatabase } from '../support/counting-database.ts'
import type { Person } from '../support/people.ts'

/** What a request brings. */
export interface Given {
  /** The whole `Authorization` header. */
  readonly as?: string
  /** What stands in the path where the contract has `{names}`. */
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: string
  readonly json?: unknown
  readonly form?: FormData
  readonly headers?: Readonly<Record<string, string>>
}

export interface Cost {
  readonly status: number
  /** How often the database is asked, before and after the answer: a batch is once. */
  readonly roundTrips: number
  readonly statements: number
}

/** What a route costs, as it is written down. */
export interface Listed extends Cost {
  /** What is special about this request, where the route stands in the list more than once. */
  readonly when?: string
  /** Why it can't do with one round trip to know who calls and one to answer. */
  readonly because?: string
}

/** The method, the path as the contract writes it, the cost, and a request that comes to it and succeeds. */
export type Row = readonly [method: string, path: string, cost: Listed, request: () => Given | Promise<Given>]

const pathWith = (path: string, params: Given['params'] = {}): string =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name) => encodeURIComponent(params[name] ?? ''))

const bodyOf = ({ json, form }: Given) => (json === undefined ? form : JSON.stringify(json))

/** One request, with the database counted. What objects ask of it is theirs: they live elsewhere, and long after the answer. */
export const ask = async (method: string, path: string, given: Given = {}): Promise<Cost> => {
  const { database, counts } = countingDatabase(env.DB)
  const left: Promise<unknown>[] = []
  const context = { ...createContext(env, { waitUntil: (work) => left.push(work) }), store: createStore(database) }
  const headers = {
    ...given.headers,
    ...(given.as !== undefined && { Authorization: given.as }),
    ...(given.json !== undefined && { 'Content-Type': 'application/json' }),
  }
  const body = bodyOf(given)
  const url = new URL(`${pathWith(path, given.params)}${given.query ?? ''}`, ORIGIN)
  const response = await origin(new Request(url, { method, headers, ...(body !== undefined && { body }) }), context)
  await response.arrayBuffer()
  await Promise.all(left)
  hangUp(response)
  return { status: response.status, ...counts }
}

const hangUp = ({ webSocket }: Response): void => {
  webSocket?.accept()
  webSocket?.close()
}

/** One round trip to know who calls, where anybody errorResponse so, and one to answer. */
export const allowanceOf = ({ as, query = '' }: Given): number => (as !== undefined || query.includes('token=') ? 2 : 1)

/** Made when it is first asked for, and the same from then on. */
export const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

type Bringing = Omit<Given, 'as'>

/** A request that somebody makes; what it brings may depend on who that is, and may have to be prepared. */
export const by =
  (who: () => Promise<Person>, bringing: Bringing | ((caller: Person) => Bringing | Promise<Bringing>) = {}): Row[3] =>
  async () => {
    const caller = await who()
    return { as: caller.token, ...(typeof bringing === 'function' ? await bringing(caller) : bringing) }
  }

/** For a caller who brings nothing, and for whom something has to be there. */
export const after = (work: (caller: Person) => Promise<unknown>) => async (caller: Person) => {
  await work(caller)
  return {}
}
