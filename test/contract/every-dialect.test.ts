import { beforeAll, describe, expect, test } from 'vitest'
import { contracts } from '../../src/app.ts'
import { at, call, type Heard } from '../support/call.ts'
import { type Person, person, personWith } from '../support/people.ts'

/**
 * What every operation of every dialect must do, walked from the five OpenAPI documents: a route that is added tomorrow
 * is held to this before anybody has written a test for it.
 */

interface Operation {
  readonly dialect: string
  readonly method: string
  /** As the document spells it. */
  readonly path: string
  /** With its parameters filled in by something that may be nobody's. */
  readonly url: string
  readonly described: Described
}

interface Described {
  readonly summary?: string
  readonly operationId?: string
  readonly security?: readonly Record<string, unknown>[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: unknown }> }
  readonly responses: Record<string, { readonly description?: string; readonly content?: Record<string, { readonly schema?: unknown }> }>
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

const operations: Operation[] = contracts.flatMap((contract) =>
  Object.entries(contract.document('https://concord.test').paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const described = item[method]
      const url = path.replaceAll(/\{\w+\}/g, '1')
      return described ? [{ dialect: contract.name, method: method.toUpperCase(), path, url, described: described as Described }] : []
    }),
  ),
)

const named = operations.map((operation): [string, Operation] => [`${operation.dialect} ${operation.method} ${operation.path}`, operation])
const needsAccount = ({ described }: Operation) => (described.security ?? []).every((scheme) => Object.keys(scheme).length > 0)
const takesBody = ({ described }: Operation) => described.requestBody !== undefined
const guarded = named.filter(([, operation]) => needsAccount(operation))
const withBody = named.filter(([, operation]) => takesBody(operation))

let someone: Person
let registrations = 0

beforeAll(async () => {
  someone = await personWith('is_admin', 'is_staff', 'is_superuser') // who may, so that the bodies are read
})

/** A token that may be spent: some operations end the credential, or the account, that calls them. */
const credentialFor = async ({ path }: Operation): Promise<string> => {
  const ends = /logout|deactivate|sessions|reset/.test(path)
  return ends ? (await person(`spent${++registrations}`)).token : someone.token
}

const otherSpelling = (url: string): string => (url.endsWith('/') ? url.slice(0, -1) : `${url}/`)

/** What two answers are compared by: everything but what differs from request to request. */
const gist = ({ status, json }: Heard) => {
  if (typeof json !== 'object' || json === null || !('request_id' in json)) return { status, json }
  return { status, json: { ...json, request_id: '' } }
}

const isShaped = (heard: Heard): boolean => heard.status < 500 && (heard.text === '' || typeof heard.json === 'object')

describe('every operation', () => {
  test('there are operations in all five', () => {
    expect(new Set(operations.map(({ dialect }) => dialect)).size).toBe(5)
    expect(operations.length).toBeGreaterThan(30)
  })

  test.each(named)('%s is documented whole', (_name, { described }) => {
    expect(described.summary).toBeTruthy()
    expect(described.operationId).toBeTruthy()
    expect(described.security).toBeDefined()
    // A socket's handshake succeeds with a 101, which the linter's own rule does not know.
    expect(Object.keys(described.responses).some((status) => status.startsWith('2') || status === '101')).toBe(true)
    for (const response of Object.values(described.responses)) {
      expect(response.description).toBeTruthy()
      for (const content of Object.values(response.content ?? {})) expect(content.schema).toBeDefined()
    }
    for (const content of Object.values(described.requestBody?.content ?? {})) expect(content.schema).toBeDefined()
  })

  test.each(named)('%s answers both spellings of its path, directly', async (_name, operation) => {
    const { method, url } = operation
    const one = await call(method, url)
    const other = await call(method, otherSpelling(url))
    expect(isShaped(one)).toBe(true)
    expect(one.status < 300 || one.status >= 400).toBe(true)
    expect(gist(other)).toEqual(gist(one))
  })

  test.each(named)('%s carries a request id and the headers of every answer', async (_name, { method, url }) => {
    const { headers } = await call(method, url, { headers: { 'X-Request-Id': 'walk-0123456789' } })
    expect(headers.get('X-Request-Id')).toBe('walk-0123456789')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    expect(headers.get('Strict-Transport-Security')).toContain('max-age=')
    expect(headers.get('Cache-Control')).toBeTruthy()
  })

  test.each(named)('%s refuses a method that its path does not know', async (_name, { method, url }) => {
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
  test.each(guarded)('%s refuses whoever brings no credential, before anything else', async (_name, { method, url, described }) => {
    const refused = await call(
      method,
      url,
      takesBody({ described } as Operation) ? { body: '{', headers: { 'Content-Type': 'application/json' } } : {},
    )
    expect([400, 401]).toContain(refused.status)
    expect(refused.text).toContain('Authentication credentials were not provided.')
    expect(refused.headers.get('WWW-Authenticate') !== null).toBe(refused.status === 401)
  })

  test.each(guarded)('%s refuses a credential that is none', async (_name, { method, url }) => {
    for (const as of ['Token nonsense', 'Bearer nonsense', 'Token a.b.c', `Token ${someone.token.slice(6)}x`]) {
      const refused = await call(method, url, { as })
      expect(refused.status).toBe(401)
      expect(refused.headers.get('WWW-Authenticate')).toBeTruthy()
      expect(refused.text).toMatch(/[Ii]nvalid/)
    }
  })

  test.each(guarded)('%s takes a good one, whatever the scheme is called', async (_name, operation) => {
    const { method, url } = operation
    const heard = await call(method, url, { as: (await credentialFor(operation)).replace('Token', 'bEaReR') })
    expect(heard.status).not.toBe(401)
    expect(heard.status).toBeLessThan(500)
    expect(heard.text).not.toContain('Authentication credentials were not provided.')
  })
})

describe('every operation that takes a body', () => {
  const spend = async (operation: Operation) => (needsAccount(operation) ? await credentialFor(operation) : undefined)

  test.each(withBody)('%s refuses malformed JSON in so many words', async (_name, operation) => {
    const as = await spend(operation)
    for (const body of ['{', '{"a":', 'nonsense', '{"a":1}}', '[1,', '"', '{"\\ud800']) {
      const refused = await call(operation.method, operation.url, { as, body, headers: { 'Content-Type': 'application/json' } })
      expect(refused.status).toBe(400)
      expect(at(refused, 'detail')).toMatch(/^JSON parse error - ./)
    }
  })

  test.each(withBody)('%s refuses what is no object, no JSON, or too much', async (_name, operation) => {
    const as = await spend(operation)
    const { method, url } = operation
    for (const json of [null, true, 12, 1.5, 'text', []]) {
      const refused = await call(method, url, { as, json })
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(refused.status).toBeLessThan(500)
    }
    const text = await call(method, url, { as, body: 'x', headers: { 'Content-Type': 'text/plain' } })
    expect([text.status, text.json]).toEqual([415, { detail: 'Unsupported media type "text/plain" in request.' }])
    const huge = await call(method, url, { as, json: { username: 'x'.repeat(7 * 1024 * 1024) } })
    expect(huge.status).toBe(413)
  })

  test.each(withBody)('%s answers an empty object as it answers no body, a form as it answers JSON', async (_name, operation) => {
    const { method, url } = operation
    const none = await call(method, url, { as: await spend(operation) })
    const empty = await call(method, url, { as: await spend(operation), json: {} })
    const form = await call(method, url, { as: await spend(operation), form: {} })
    expect(empty.status).toBe(none.status)
    expect(form.status).toBe(none.status)
    expect(isShaped(none)).toBe(true)
    if (none.status >= 400) {
      expect(empty.text).toBe(none.text)
      expect(form.text).toBe(none.text)
    }
  })

  test.each(withBody)('%s survives every wrong type in every field', async (_name, operation) => {
    const as = await spend(operation)
    const schema = operation.described.requestBody?.content['application/json']?.schema
    const fields =
      typeof schema === 'object' && schema !== null && 'properties' in schema ? Object.keys(schema.properties ?? {}) : ['anything']
    for (const value of [null, true, -1, 1e300, '', '\u0000', 'x'.repeat(100_000), [], {}, [[]], { toString: 1 }]) {
      const json = Object.fromEntries([...fields, '__proto__', 'constructor'].map((name) => [name, value]))
      const heard = await call(operation.method, operation.url, { as, json })
      expect(heard.status).toBeLessThan(500)
      expect(isShaped(heard)).toBe(true)
    }
  })
})

describe('routes and documents', () => {
  test('agree both ways', () => {
    for (const contract of contracts) {
      const documented = operations
        .filter(({ dialect }) => dialect === contract.name)
        .map(({ method, path }) => `${method} ${path.replace(/(.)\/$/, '$1').replaceAll(/\{(\w+)\}/g, ':$1')}`)
      const routed = contract.routes.map(({ method, pattern }) => `${method} ${pattern}`)
      expect(documented.sort()).toEqual([...routed].sort())
    }
  })

  test('have no operation id twice', () => {
    for (const contract of contracts) {
      const ids = operations.filter(({ dialect }) => dialect === contract.name).map(({ described }) => described.operationId)
      expect(new Set(ids).size).toBe(ids.length)
    }
  })
})

describe('unknown paths', () => {
  test.each(contracts.flatMap(({ name, prefixes }) => prefixes.map((prefix): [string, string] => [name, prefix])))(
    "%s answers what is unknown under %s in everybody's words",
    async (_name, prefix) => {
      for (const path of [`${prefix}/no-such-thing/at/all/`, `${prefix}//`, `${prefix}/%00/%ff/x/y/z`]) {
        const heard = await call('GET', path)
        expect(heard.status).toBe(404)
        expect(heard.json).toEqual({ detail: 'Not found.' })
      }
    },
  )

  test('and so does the site for what is under none', async () => {
    const heard = await call('GET', '/no-such-thing')
    expect([heard.status, heard.json]).toEqual([404, { detail: 'Not found.' }])
  })
})
