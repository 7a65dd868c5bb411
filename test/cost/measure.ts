import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { createContext } from '../../src/compose.ts'
import type { ContractNumberings } from '../../src/model/contract-numbers.ts'
import { createStore } from '../../src/store/store.ts'
import { ORIGIN } from '../support/call.ts'
import { countingDatabase } from '../support/counting-database.ts'
import type { Person } from '../support/people.ts'
import { pushService } from '../support/push-service.ts'
import { selectedColumns } from '../support/selected-columns.ts'
import { handleWith } from '../support/worker-context.ts'

/** The input of a request. */
export interface RequestInput {
  /** The whole `Authorization` header. */
  readonly as?: string
  /** The values of the path's `{parameters}`. */
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: string
  readonly json?: unknown
  readonly form?: FormData
  readonly headers?: Readonly<Record<string, string>>
}

export interface Cost {
  readonly status: number
  /** Calls to D1, before and after the response. A batch counts once. */
  readonly roundTrips: number
  readonly statements: number
}

/** The expected cost of a request, as listed in the tables. */
interface ExpectedCost extends Cost {
  /** What distinguishes this request, if the table has more than one row for the route. */
  readonly when?: string
  /** Why the request needs more than one round trip. */
  readonly reason?: string
}

/** The method, the path as in the contract, the expected cost, and a function that prepares the request. */
export type Row = readonly [method: string, path: string, cost: ExpectedCost, prepare: () => RequestInput | Promise<RequestInput>]

const pathWith = (path: string, params: RequestInput['params'] = {}): string =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name) => encodeURIComponent(params[name] ?? ''))

/** No request of these tests reaches it. */
export const PUSH = pushService()

const bodyOf = ({ json, form }: RequestInput) => (json === undefined ? form : JSON.stringify(json))

/**
 * Sends one request and counts its D1 calls. Only one request may run at a time, because all are counted together. Calls by Durable
 * Objects are not counted: they run elsewhere, and long after the response.
 */
export const measure = async (method: string, path: string, input: RequestInput = {}): Promise<Cost> => {
  const { status, counts } = await send(method, path, input)
  return { status, ...counts }
}

/** Whether the request executes a statement that writes to D1. The entry of the audit trail about a read does not make it a write. */
export const writes = async (method: string, path: string, input: RequestInput): Promise<boolean> => {
  const { executed } = await send(method, path, input)
  return executed.some((query) => /\b(insert|update|delete)\b/i.test(query) && !/^insert into "audit_entries"/i.test(query))
}

/** The same for a Worker whose contracts count people in another way. */
export const answerWith = async (numbers: ContractNumberings, method: string, path: string, input: RequestInput) => {
  const { status, text, counts } = await send(method, path, input, numbers)
  return { status, text, ...counts }
}

export const requestOf = (method: string, path: string, input: RequestInput): Request => {
  const headers = {
    ...input.headers,
    ...(input.as !== undefined && { Authorization: input.as }),
    ...(input.json !== undefined && { 'Content-Type': 'application/json' }),
  }
  const body = bodyOf(input)
  const url = new URL(`${pathWith(path, input.params)}${input.query ?? ''}`, ORIGIN)
  return new Request(url, { method, headers, ...(body !== undefined && { body }) })
}

/** All requests share one store, as in an isolate: drizzle generates the SQL of frequent statements once for each store. */
const counted = countingDatabase(env.DB)
const store = createStore(counted.database)

const send = async (method: string, path: string, input: RequestInput, numbers?: ContractNumberings) => {
  const [before, firstExecuted] = [{ ...counted.counts }, counted.executed.length]
  const pending: Promise<unknown>[] = []
  const base = createContext(env, { waitUntil: (work) => pending.push(work) })
  const settings = { ...base.settings, ...(numbers && { numbers }) }
  const context = { ...base, settings, store, push: PUSH.push }
  const response = await handleWith(requestOf(method, path, input), context)
  const text = await response.text()
  await Promise.all(pending)
  closeSocket(response)
  const counts = {
    roundTrips: counted.counts.roundTrips - before.roundTrips,
    statements: counted.counts.statements - before.statements,
  }
  const executed = counted.executed.slice(firstExecuted)
  for (const query of executed) requireDistinctColumns(query)
  return { status: response.status, text, counts, executed }
}

/** A statement that travels with the check of the caller returns its rows as objects, in which the second of two equal names wins. */
const requireDistinctColumns = (query: string): void => {
  if (checkedQueries.has(query)) return
  const columns = selectedColumns(query) ?? []
  if (new Set(columns).size < columns.length) throw new Error(`two columns of one name: ${query}`)
  checkedQueries.add(query)
}

const checkedQueries = new Set<string>()

const closeSocket = ({ webSocket }: Response): void => {
  webSocket?.accept()
  webSocket?.close()
}

/** The check of the caller travels with the statements of the response. */
export const MAX_ROUND_TRIPS = 1

/**
 * Creates the value at the first call of a test file, and returns the same one from then on. The next file may share this isolate,
 * and starts with empty storage.
 */
export const once = <T>(create: () => Promise<T>): (() => Promise<T>) => {
  let created: { readonly file: string | undefined; readonly value: Promise<T> } | undefined
  return () => {
    const file = expect.getState().testPath
    if (!created || created.file !== file) created = { file, value: create() }
    return created.value
  }
}

type CallerInput = Omit<RequestInput, 'as'>

/** A request of the given caller. Its input may depend on the caller, and may have to be prepared. */
export const by =
  (findCaller: () => Promise<Person>, input: CallerInput | ((caller: Person) => CallerInput | Promise<CallerInput>) = {}): Row[3] =>
  async () => {
    const caller = await findCaller()
    return { as: caller.token, ...(typeof input === 'function' ? await input(caller) : input) }
  }

/** For a request without input that needs existing data of the caller. */
export const after = (work: (caller: Person) => Promise<unknown>) => async (caller: Person) => {
  await work(caller)
  return {}
}
