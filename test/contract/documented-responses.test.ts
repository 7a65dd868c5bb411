import { describe, expect, test } from 'vitest'
import { contracts } from '../../src/app.ts'
import { documentOf } from '../../src/documents/index.ts'
import { call, ORIGIN } from '../support/call.ts'
import { type Answer, documented, documentProblem } from '../support/documented.ts'
import { schemaCompiler } from '../support/json-schema.ts'
import { person } from '../support/people.ts'

/** `call` compares every response of the tests with its document. This is the test of the comparison: planted breaches are found. */

const answer = (status: number, body: unknown, type = 'application/json'): Answer => ({
  status,
  headers: new Headers({ 'Content-Type': type }),
  text: body === undefined ? '' : JSON.stringify(body),
})

const problem = (method: string, path: string, given: Answer) => documentProblem({ method, url: `${ORIGIN}${path}` }, given)

const PROFILE = { id: 'a', username: 'b', email: 'c', first_name: 'd', last_name: 'e', date_of_birth: null, bio: '', date_joined: 'f' }
const { date_of_birth: _birth, ...WITHOUT_BIRTH } = PROFILE

describe('a response that differs from its document', () => {
  test.each([
    ['a status', answer(418, {}), 'the status 418 is not documented'],
    ['another media type', answer(200, PROFILE, 'text/plain'), 'status 200 is not documented with text/plain'],
    ['a property of another type', answer(200, { ...PROFILE, bio: null }), 'body.bio is null, not string'],
    ['a missing property', answer(200, WITHOUT_BIRTH), 'body.date_of_birth is missing'],
    ['a property that is not documented', answer(200, { ...PROFILE, age: 3 }), 'body.age is not documented'],
    ['a list', answer(200, [PROFILE]), 'body is array, not object'],
    ['an error of another form', answer(401, { bio: ['This field is required.'] }), 'body.bio is not documented'],
    ['an error without a text', answer(401, {}), 'body is without a property'],
  ])('%s', (_what, given, expected) => {
    expect(problem('GET', '/api/profile/', answer(200, PROFILE))).toBeNull()
    expect(problem('GET', '/api/profile/', given)).toContain(expected)
    expect(problem('GET', '/api/profile', given)).toMatch(/^meetups GET \/api\/profile\/: /)
  })

  test('a body where there is none', () => {
    expect(problem('DELETE', '/session/1/', answer(204, undefined))).toBeNull()
    expect(problem('DELETE', '/session/1/', answer(204, {}))).toContain('has no body in the document')
  })

  test('nested field errors', () => {
    expect(problem('POST', '/api/plans/add', answer(400, { location: { city: ['This field is required.'] } }))).toBeNull()
    expect(problem('POST', '/api/plans/add', answer(400, { location: { city: 'This field is required.' } }))).toContain('body.location')
  })

  test('what is no operation of a contract is not compared', () => {
    for (const path of ['/health', '/no-such-thing']) expect(problem('GET', path, answer(418, {}))).toBeNull()
    expect(problem('PURGE', '/api/profile/', answer(418, {}))).toBeNull()
  })
})

test('such a response fails the test that gets it', async () => {
  const request = new Request(`${ORIGIN}/session/`, { method: 'POST' })
  await expect(documented(request, Response.json({ id: 1 }, { status: 202 }))).rejects.toThrow('the status 202 is not documented')
  await expect(documented(request, Response.json({ id: 1 }, { status: 201 }))).rejects.toThrow('body.name is missing')
  const someone = await person()
  await expect(call('GET', '/session/', { as: someone.token })).resolves.toMatchObject({ status: 200 })
})

describe('schemas', () => {
  const compile = schemaCompiler(() => ({ type: 'string' }))

  test('every keyword that the documents use is known', () => {
    for (const contract of contracts) {
      const { paths } = documentOf(contract, ORIGIN)
      const responses = Object.values(paths).flatMap((methods) => Object.values(methods).flatMap((one) => Object.values(one.responses)))
      const schemas = responses.flatMap(({ content = {} }) => Object.values(content).map(({ schema }) => schema))
      expect(schemas.length).toBeGreaterThan(0)
      for (const schema of schemas) expect(compile(schema)).toBeInstanceOf(Function)
    }
    expect(() => compile({ type: 'integer', multipleOf: 2 })).toThrow('unknown keyword multipleOf')
    expect(() => compile({ type: 'string', format: 'phone' })).toThrow('unknown format phone')
  })

  test.each([
    [{ type: 'integer', minimum: 1, maximum: 3 }, [1, 3], [0, 4, 1.5, '1', null]],
    [{ type: 'number' }, [1, 1.5], ['1']],
    [{ type: ['string', 'null'], minLength: 1, maxLength: 2 }, ['a', '😀😀', null], ['', 'abc', 1]],
    [{ type: 'string', enum: ['a', 'b'] }, ['a'], ['c']],
    [{ type: 'string', pattern: '^a' }, ['ab'], ['b']],
    [{ const: false }, [false], [true, 0]],
    [{ type: 'string', format: 'date' }, ['2024-02-29'], ['2024-13-01', '2024-1-1', 'x']],
    [{ type: 'string', format: 'date-time' }, ['2024-02-29T10:00:00Z', '2024-02-29T10:00:00.5Z'], ['2024-02-29', '2024-02-29T10:00:00']],
    [{ type: 'string', format: 'uri' }, ['https://concord.test/'], ['/a']],
    [{ type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 2 }, [[1], [1, 2]], [[], [1, 2, 3], ['a'], {}]],
    [{ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }, ['a', ['a']], [1, [1]]],
    [{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, [{ a: '' }], [{}, { a: '', b: '' }, []]],
    [{ type: 'object', properties: {}, additionalProperties: { type: 'string' } }, [{}, { a: 'b' }], [{ a: 1 }]],
    [{ type: 'object', additionalProperties: { $ref: 'text' } }, [{}, { a: 'b' }], [{ a: 1 }]],
    [{ type: 'object', properties: { a: {} }, minProperties: 1 }, [{ a: 1 }], [{}]],
  ])('%j', (schema, valid, invalid) => {
    const validate = compile(schema)
    for (const value of valid) expect([value, validate(value, 'value')]).toEqual([value, null])
    for (const value of invalid) expect([value, validate(value, 'value')]).toEqual([value, expect.any(String)])
  })
})
