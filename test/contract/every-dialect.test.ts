import { beforeAll, describe, expect, test } from 'vitest'
import { contracts } from '../../src/app.ts'
import { documentOf } from '../../src/documents/index.ts'
import { patternOf } from '../../src/http/routing/segment-router.ts'
import { at, call, type TestResponse } from '../support/call.ts'
import { setActive } from '../support/contracts.ts'
import { type Person, person, personWith } from '../support/people.ts'

/**
 * What every operation of every dialect must do. The operations come from the five OpenAPI documents, so a new route is
 * tested here before it has tests of its own.
 */

interface Operation {
  readonly dialect: string
  readonly method: string
  /** The path template of the document. */
  readonly path: string
  /** The path with `1` for each parameter. No such record need exist. */
  readonly url: string
  readonly document: OperationDocument
}

interface OperationDocument {
  readonly summary?: string
  readonly operationId?: string
  readonly security?: readonly Record<string, unknown>[]
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: unknown }> }
  readonly responses: Record<string, { readonly description?: string; readonly content?: Record<string, { readonly schema?: unknown }> }>
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

const operations: Operation[] = contracts.flatMap((contract) =>
  Object.entries(documentOf(contract, 'https://concord.test').paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const document = item[method]
      const url = path.replaceAll(/\{\w+\}/g, '1')
      return document ? [{ dialect: contract.name, method: method.toUpperCase(), path, url, document: document as OperationDocument }] : []
    }),
  ),
)

const named = operations.map((operation): [string, Operation] => [`${operation.dialect} ${operation.method} ${operation.path}`, operation])
const needsAccount = ({ document }: Operation) => (document.security ?? []).every((scheme) => Object.keys(scheme).length > 0)
const hasBody = ({ document }: Operation) => document.requestBody !== undefined
const guarded = named.filter(([, operation]) => needsAccount(operation))
const withBody = named.filter(([, operation]) => hasBody(operation))

let admin: Person
let registrations = 0

beforeAll(async () => {
  admin = await personWith('is_admin', 'is_staff', 'is_superuser') // every permission, so that the bodies are read
})

let closed: Promise<Person> | undefined

/** An account that was deactivated in the database, so that its token is still there. */
const closedAccount = (): Promise<Person> => {
  closed ??= person('closed').then(async (someone) => {
    await setActive(someone.username, false)
    return someone
  })
  return closed
}

/** A new account's token for the operations that end the credential, or the account, of the caller. */
const credentialFor = async ({ path }: Operation): Promise<string> => {
  const ends = /logout|deactivate|sessions|reset/.test(path)
  return ends ? (await person(`disposable${++registrations}`)).token : admin.token
}

const otherSpelling = (url: string): string => (url.endsWith('/') ? url.slice(0, -1) : `${url}/`)

/** A response without the request id, so that two responses can be compared. */
const comparable = ({ status, json }: TestResponse) => {
  if (typeof json !== 'object' || json === null || !('request_id' in json)) return { status, json }
  return { status, json: { ...json, request_id: '' } }
}

const isWellFormed = (response: TestResponse): boolean =>
  response.status < 500 && (response.text === '' || typeof response.json === 'object')

describe('every operation', () => {
  test('all five dialects have operations', () => {
    expect(new Set(operations.map(({ dialect }) => dialect)).size).toBe(5)
    expect(operations.length).toBeGreaterThan(30)
  })

  test.each(named)('%s is documented completely', (_name, { document }) => {
    expect(document.summary).toBeTruthy()
    expect(document.operationId).toBeTruthy()
    expect(document.security).toBeDefined()
    // A socket's handshake succeeds with a 101, which the linter's own rule does not know.
    expect(Object.keys(document.responses).some((status) => status.startsWith('2') || status === '101')).toBe(true)
    for (const response of Object.values(document.responses)) {
      expect(response.description).toBeTruthy()
      for (const content of Object.values(response.content ?? {})) expect(content.schema).toBeDefined()
    }
    for (const content of Object.values(document.requestBody?.content ?? {})) expect(content.schema).toBeDefined()
  })

  test.each(named)('%s responds with and without the trailing slash, without a redirect', async (_name, operation) => {
    const { method, url } = operation
    const one = await call(method, url)
    const otherResponse = await call(method, otherSpelling(url))
    expect(isWellFormed(one)).toBe(true)
    expect(one.status < 300 || one.status >= 400).toBe(true)
    expect(comparable(otherResponse)).toEqual(comparable(one))
  })

  test.each(named)('%s sends the request id and the security headers', async (_name, { method, url }) => {
    const { headers } = await call(method, url, { headers: { 'X-Request-Id': 'walk-0123456789' } })
    expect(headers.get('X-Request-Id')).toBe('walk-0123456789')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    expect(headers.get('Strict-Transport-Security')).toContain('max-age=')
    expect(headers.get('Cache-Control')).toBeTruthy()
  })

  test.each(named)('%s rejects a method that its path does not support', async (_name, { method, url }) => {
    const refused = await call('PURGE', url)
    expect(refused.status).toBe(405)
    const allow = (refused.headers.get('Allow') ?? '').split(', ')
    expect(allow).toContain(method)
    expect(allow).toContain('OPTIONS')
    if (method === 'GET') expect(allow).toContain('HEAD')
    expect(typeof refused.json).toBe('object')
    const options = await call('OPTIONS', url, { headers: { Origin: 'https://elsewhere.example' } })
    expect(options.status).toBe(204)
    expect(options.headers.get('Allow')).toBe(allow.join(', '))
    expect(options.headers.get('Access-Control-Allow-Methods')).toBe(allow.join(', '))
  })
})

describe('every operation that needs an account', () => {
  test.each(guarded)('%s rejects a request without a credential before anything else', async (_name, { method, url, document }) => {
    const refused = await call(
      method,
      url,
      hasBody({ document } as Operation) ? { body: '{', headers: { 'Content-Type': 'application/json' } } : {},
    )
    expect([400, 401]).toContain(refused.status)
    expect(refused.text).toContain('Authentication credentials were not provided.')
    expect(refused.headers.get('WWW-Authenticate') !== null).toBe(refused.status === 401)
  })

  test.each(guarded)('%s rejects an invalid credential', async (_name, { method, url }) => {
    for (const as of ['Token nonsense', 'Bearer nonsense', 'Token a.b.c', `Token ${admin.token.slice(6)}x`]) {
      const refused = await call(method, url, { as })
      expect(refused.status).toBe(401)
      expect(refused.headers.get('WWW-Authenticate')).toBeTruthy()
      expect(refused.text).toMatch(/[Ii]nvalid/)
    }
  })

  test.each(guarded)('%s accepts a valid credential under any scheme', async (_name, operation) => {
    const { method, url } = operation
    const response = await call(method, url, { as: (await credentialFor(operation)).replace('Token', 'bEaReR') })
    expect(response.status).not.toBe(401)
    expect(response.status).toBeLessThan(500)
    expect(response.text).not.toContain('Authentication credentials were not provided.')
  })
})

/** `call` compares each of these responses with the operation's document. */
describe('every operation, compared with its document', () => {
  const queryOf = ({ document }: Operation) => (document.parameters ?? []).filter((parameter) => parameter.in === 'query')
  const withQuery = named.filter(([, operation]) => queryOf(operation).length > 0)

  test.each(withQuery)('%s answers every invalid query as documented', async (_name, operation) => {
    const as = await credentialFor(operation)
    for (const { name } of queryOf(operation)) {
      for (const value of ['x', '', '0', '-1', '1.5', '99999999999999999999', 'null', '\u0000', '2025-13-01', 'bnVsbA']) {
        const response = await call(operation.method, `${operation.url}?${new URLSearchParams({ [name]: value })}`, { as })
        expect(response.status).toBeLessThan(500)
      }
    }
  })

  test.each(guarded)('%s answers an account that is not active as documented', async (_name, { method, url, dialect }) => {
    const response = await call(method, url, { as: (await closedAccount()).token })
    expect(response.status).toBe(dialect === 'matrimony' ? 400 : 401)
  })
})

/** A body that is larger than any route accepts. It is encoded once for all of them. */
const HUGE = new TextEncoder().encode(JSON.stringify({ username: 'x'.repeat(7 * 1024 * 1024) }))

describe('every operation that has a request body', () => {
  const tokenFor = async (operation: Operation) => (needsAccount(operation) ? await credentialFor(operation) : undefined)

  test.each(withBody)('%s rejects malformed JSON with a JSON parse error', async (_name, operation) => {
    const as = await tokenFor(operation)
    for (const body of ['{', '{"a":', 'nonsense', '{"a":1}}', '[1,', '"', '{"\\ud800']) {
      const refused = await call(operation.method, operation.url, { as, body, headers: { 'Content-Type': 'application/json' } })
      expect(refused.status).toBe(400)
      expect(at(refused, 'detail')).toMatch(/^JSON parse error - ./)
    }
  })

  test.each(withBody)('%s rejects a non-object, an unsupported content type and an oversized body', async (_name, operation) => {
    const as = await tokenFor(operation)
    const { method, url } = operation
    for (const json of [null, true, 12, 1.5, 'text', []]) {
      const refused = await call(method, url, { as, json })
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(refused.status).toBeLessThan(500)
    }
    const text = await call(method, url, { as, body: 'x', headers: { 'Content-Type': 'text/plain' } })
    expect([text.status, text.json]).toEqual([415, { detail: 'Unsupported media type "text/plain" in request.' }])
    const huge = await call(method, url, { as, body: HUGE, headers: { 'Content-Type': 'application/json' } })
    expect(huge.status).toBe(413)
  })

  test.each(withBody)('%s gives the same response to no body, an empty object and an empty form', async (_name, operation) => {
    const { method, url } = operation
    const none = await call(method, url, { as: await tokenFor(operation) })
    const empty = await call(method, url, { as: await tokenFor(operation), json: {} })
    const form = await call(method, url, { as: await tokenFor(operation), form: {} })
    expect(empty.status).toBe(none.status)
    expect(form.status).toBe(none.status)
    expect(isWellFormed(none)).toBe(true)
    if (none.status >= 400) {
      expect(empty.text).toBe(none.text)
      expect(form.text).toBe(none.text)
    }
  })

  test.each(withBody)('%s answers a wrong type in any field without a 500', async (_name, operation) => {
    const as = await tokenFor(operation)
    const schema = operation.document.requestBody?.content['application/json']?.schema
    const fields =
      typeof schema === 'object' && schema !== null && 'properties' in schema ? Object.keys(schema.properties ?? {}) : ['anything']
    for (const value of [null, true, -1, 1e300, '', '\u0000', 'x'.repeat(100_000), [], {}, [[]], { toString: 1 }]) {
      const json = Object.fromEntries([...fields, '__proto__', 'constructor'].map((name) => [name, value]))
      const response = await call(operation.method, operation.url, { as, json })
      expect(response.status).toBeLessThan(500)
      expect(isWellFormed(response)).toBe(true)
    }
  })
})

describe('routes and documents', () => {
  test('contain the same operations', () => {
    for (const contract of contracts) {
      const documented = operations
        .filter(({ dialect }) => dialect === contract.name)
        .map(({ method, path }) => `${method} ${path.replace(/(.)\/$/, '$1').replaceAll(/\{(\w+)\}/g, ':$1')}`)
      const registered = contract.routes.map(({ method, path }) => `${method} ${patternOf(path)}`)
      expect(documented.sort()).toEqual([...registered].sort())
    }
  })

  test('have unique operation ids', () => {
    for (const contract of contracts) {
      const ids = operations.filter(({ dialect }) => dialect === contract.name).map(({ document }) => document.operationId)
      expect(new Set(ids).size).toBe(ids.length)
    }
  })
})

describe('unknown paths', () => {
  test.each(contracts.flatMap(({ name, prefixes }) => prefixes.map((prefix): [string, string] => [name, prefix])))(
    '%s responds to unknown paths under %s with the common 404',
    async (_name, prefix) => {
      for (const path of [`${prefix}/no-such-thing/at/all/`, `${prefix}//`, `${prefix}/%00/%ff/x/y/z`]) {
        const response = await call('GET', path)
        expect(response.status).toBe(404)
        expect(response.json).toEqual({ detail: 'Not found.' })
      }
    },
  )

  test('the site responds to all other unknown paths with the same 404', async () => {
    const response = await call('GET', '/no-such-thing')
    expect([response.status, response.json]).toEqual([404, { detail: 'Not found.' }])
  })
})
