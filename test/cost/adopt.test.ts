import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import type { FormerPerson, FormerServer } from '../../src/model/upstream.ts'
import { createStore } from '../../src/store/store.ts'
import { ORIGIN } from '../support/call.ts'
import { countingDatabase } from '../support/counting-database.ts'
import { freshName, PASSWORD, person } from '../support/people.ts'
import { handleWith } from '../support/worker-context.ts'

/** What the mode `adopt` adds to the cost of a request, and what it does not. */

const NONE = { facility: undefined, matrimony: undefined, meetups: undefined, mindharmony: undefined, recovery: undefined }
const ADOPTING = { ...NONE, mindharmony: { mode: 'adopt', origin: 'https://old.example' } } as const

const someone = (username: string): FormerPerson => ({
  username,
  email: '',
  number: null,
  profileNumber: null,
  uuid: crypto.randomUUID(),
  objectId: null,
})

const measure = async (upstreams: typeof ADOPTING | null, request: Request, answers: Partial<FormerServer> = {}) => {
  const { database, counts } = countingDatabase(env.DB)
  const work: Promise<unknown>[] = []
  const context = createContext(env, { waitUntil: (promise) => work.push(promise) })
  const asked: string[] = []
  const formerServer: FormerServer = {
    ...context.formerServer,
    logIn: async (...input) => {
      asked.push('log-in')
      return (await answers.logIn?.(...input)) ?? null
    },
    findPerson: async (...input) => {
      asked.push('token')
      return (await answers.findPerson?.(...input)) ?? null
    },
  }
  const settings = { ...context.settings, upstreams, loginLock: { ...context.settings.loginLock, failureResponseMs: 0 } }
  const sleep = async (): Promise<void> => undefined
  const response = await handleWith(request, { ...context, store: createStore(database), formerServer, settings, sleep })
  await Promise.all(work)
  return { status: response.status, roundTrips: counts.roundTrips, asked }
}

const logIn = (username: string, password = PASSWORD) =>
  new Request(`${ORIGIN}/user/login/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })

const details = (authorization: string) => new Request(`${ORIGIN}/user/user-details/`, { headers: { Authorization: authorization } })

const newKey = () => `Token ${crypto.randomUUID().replaceAll('-', '')}01234567`

test('people who are here cost the same, and the former server is not asked', async () => {
  const { username, token } = await person()
  for (const request of [() => logIn(username), () => logIn(username, 'wrong'), () => details(token)]) {
    const without = await measure(null, request())
    expect(await measure(ADOPTING, request())).toEqual({ ...without, asked: [] })
  }
})

test('an unknown log-in that is rejected costs one round trip more, for the claim', async () => {
  expect(await measure(null, logIn(freshName()))).toEqual({ status: 400, roundTrips: 2, asked: [] })
  expect(await measure(ADOPTING, logIn(freshName()))).toEqual({ status: 400, roundTrips: 3, asked: ['log-in'] })
})

test('one that is accepted costs the failed one, the account, and a log-in', async () => {
  const accepted: Partial<FormerServer> = {
    logIn: async (_upstream, _contract, { username }) => ({ person: someone(username), token: null }),
  }
  expect(await measure(ADOPTING, logIn(freshName()), accepted)).toEqual({ status: 200, roundTrips: 6, asked: ['log-in'] })
})

test('an unknown token costs a claim and its end, or a claim, the account and its credential', async () => {
  expect(await measure(null, details(newKey()))).toEqual({ status: 401, roundTrips: 1, asked: [] })
  const rejected = newKey()
  expect(await measure(ADOPTING, details(rejected))).toEqual({ status: 401, roundTrips: 3, asked: ['token'] })
  // For a minute it is not tried again.
  expect(await measure(ADOPTING, details(rejected))).toEqual({ status: 401, roundTrips: 3, asked: [] })
  const accepted: Partial<FormerServer> = { findPerson: async () => someone(freshName()) }
  expect(await measure(ADOPTING, details(newKey()), accepted)).toEqual({ status: 200, roundTrips: 5, asked: ['token'] })
})
