import type { ContractName } from '../model/contract.ts'
import { textWithin } from '../model/text-within.ts'
import { withTimeout } from '../model/timeout.ts'
import { ATTEMPT_MS, type FormerPerson, type FormerServer, type FormerToken } from '../model/upstream.ts'
import { parseJson } from './http.ts'

/** Tries log-ins and tokens at the servers that contracts had before, as a client of them. */

const fieldOf = (json: unknown, ...path: string[]): unknown => {
  let value = json
  for (const key of path)
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
  return value
}

const textOf = (value: unknown, form: RegExp): string | null => (typeof value === 'string' && form.test(value) ? value : null)
const numberOf = (value: unknown): number | null => (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null)

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const OBJECT_ID = /^[0-9a-f]{24}$/
const EMAIL = /^[^\s@]{1,200}@[^\s@]{1,53}$/
/** A header may contain it. */
const TOKEN = /^[\w.-]{1,2000}$/

/** In the response of each of them, the person is at one of these places. Flags are not read: they are not adopted. */
const personIn = (json: unknown): FormerPerson | null => {
  const user = fieldOf(json, 'user') ?? fieldOf(json, 'data', 'user') ?? json
  const id = fieldOf(user, 'id') ?? fieldOf(user, 'user_id')
  const username = textOf(fieldOf(user, 'username'), /^.{1,150}$/u)?.trim()
  const [number, uuid, objectId] = [numberOf(id), textOf(id, UUID), textOf(id, OBJECT_ID)]
  if (!username || (number ?? uuid ?? objectId) === null) return null
  const email = textOf(fieldOf(user, 'email'), EMAIL) ?? ''
  return { username, email, number, uuid, objectId, profileNumber: numberOf(fieldOf(user, 'profile', 'id')) }
}

interface Routes {
  readonly logIn: string
  /** Answers with the caller; null: none does. */
  readonly caller: string | null
}

const ROUTES: Readonly<Record<ContractName, Routes>> = {
  mindharmony: { logIn: '/user/login/', caller: '/user/user-details/' },
  facility: { logIn: '/api/sessions/', caller: '/api/users/me/' },
  matrimony: { logIn: '/users/login/', caller: '/users/byId/' },
  recovery: { logIn: '/api/v1/user/login/', caller: null },
  meetups: { logIn: '/api/token/', caller: '/api/profile/' },
}
const REFRESH = '/api/token/refresh'

const credentialHeader = ({ kind, key }: FormerToken): Record<string, string> => {
  if (kind === 'session') return { Cookie: `sessionid=${key}` }
  return { Authorization: `${kind === 'token' ? 'Token' : 'Bearer'} ${key}` }
}

/** For so long that server is not asked after it has not answered, so that a server that recovers is not flooded. */
const PAUSE_MS = 30_000
const MAX_AT_ONCE = 10
/** Of proxies and servers that are not there. Another 5xx is about the one request: it must not stop the log-ins of others. */
const ABSENT = new Set([502, 503, 504])
const LARGEST_ANSWER = 64 * 1024
/** Our own part of an attempt takes the rest. */
const ASKING_MS = ATTEMPT_MS - 300

/** Sends one request. Null if its status is an error; throws if there is no answer. */
type Ask = (path: string, headers: Readonly<Record<string, string>>, body?: object) => Promise<unknown>

export const createFormerLogIns = (now: () => number): Pick<FormerServer, 'logIn' | 'findPerson'> => {
  const pausedUntil = new Map<string, number>()
  let underWay = 0

  const attempt = async <T>(origin: string, address: string | null, work: (ask: Ask) => Promise<T | null>): Promise<T | null> => {
    if (underWay >= MAX_AT_ONCE || (pausedUntil.get(origin) ?? 0) > now()) return null
    underWay++
    const signal = AbortSignal.timeout(ASKING_MS)
    try {
      const answer = work(async (path, headers, body) => {
        const response = await fetch(`${origin}${path}`, {
          method: body ? 'POST' : 'GET',
          headers: {
            Accept: 'application/json',
            Via: '1.1 concord',
            ...(address !== null && { 'X-Forwarded-For': address }),
            ...(body && { 'Content-Type': 'application/json' }),
            ...headers,
          },
          body: body ? JSON.stringify(body) : null,
          redirect: 'manual',
          signal,
        })
        if (ABSENT.has(response.status)) throw new Error('no answer')
        if (!response.ok || !response.body) {
          await response.body?.cancel()
          return null
        }
        return parseJson((await textWithin(response.body, LARGEST_ANSWER)) ?? '')
      })
      // The signal of `fetch` may end with the beginning of a response, which may stop in the middle.
      return await withTimeout(answer, ASKING_MS)
    } catch {
      pausedUntil.set(origin, now() + PAUSE_MS)
      return null
    } finally {
      underWay--
    }
  }

  const callerOf = async (ask: Ask, contract: ContractName, token: FormerToken): Promise<FormerPerson | null> => {
    const { caller } = ROUTES[contract]
    return caller === null ? null : personIn(await ask(caller, credentialHeader(token)))
  }

  return {
    logIn: ({ origin }, contract, credentials, address) =>
      attempt(origin, address, async (ask) => {
        const json = await ask(ROUTES[contract].logIn, {}, credentials)
        const token = textOf(fieldOf(json, 'token'), TOKEN)
        const access = textOf(fieldOf(json, 'access'), TOKEN)
        const named = personIn(json)
        if (!(token ?? access ?? named)) return null
        const presented: FormerToken | null = access ? { kind: 'access', key: access } : token ? { kind: 'token', key: token } : null
        const person = named ?? (presented && (await callerOf(ask, contract, presented)))
        return { person: person ?? { ...UNNAMED, username: credentials.username }, token }
      }),

    findPerson: ({ origin }, contract, token, address) =>
      attempt(origin, address, async (ask) => {
        if (token.kind !== 'refresh') return callerOf(ask, contract, token)
        const access = textOf(fieldOf(await ask(REFRESH, {}, { refresh: token.key }), 'access'), TOKEN)
        return access ? callerOf(ask, contract, { kind: 'access', key: access }) : null
      }),
  }
}

const UNNAMED = { email: '', number: null, profileNumber: null, uuid: null, objectId: null }
