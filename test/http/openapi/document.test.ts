import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { contracts } from '../../../src/app.ts'
import { commonProperties } from '../../../src/documents/common.ts'
import { facility } from '../../../src/documents/facility.ts'
import { documentOf } from '../../../src/documents/index.ts'
import { matrimony } from '../../../src/documents/matrimony.ts'
import { meetups } from '../../../src/documents/meetups.ts'
import { mindharmony } from '../../../src/documents/mindharmony.ts'
import { recovery } from '../../../src/documents/recovery.ts'
import { withDescriptions } from '../../../src/http/openapi/descriptions.ts'
import { createDocument } from '../../../src/http/openapi/document.ts'
import { fieldErrorsSchema } from '../../../src/http/openapi/error-schemas.ts'
import { integer, text } from '../../../src/http/request/fields.ts'
import { pageQuery } from '../../../src/http/request/paging.ts'
import { tokenError } from '../../../src/http/request/token-errors.ts'
import { errorResponse } from '../../../src/http/response/errors.ts'
import { errorSpecs, noContent } from '../../../src/http/response/specs.ts'
import { anyone, member, publicRateLimited, restricted } from '../../../src/http/routing/access.ts'
import type { Contract } from '../../../src/http/routing/contract.ts'
import { route } from '../../../src/http/routing/route.ts'
import { QUOTAS } from '../../../src/model/quotas.ts'

const documents = contracts.map((contract) => documentOf(contract, 'https://concord.test'))
const operations = documents.flatMap(({ info, paths, components }) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${info.title} ${method.toUpperCase()} ${path}`,
      operation,
      components,
    })),
  ),
)

/** The values at a path in a document, for example `properties.email.type`. */
const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), value)

const operation = (name: string) => {
  const found = operations.find((one) => one.name === name)
  if (!found) throw new Error(`there is no ${name}`)
  return found
}

describe('request bodies', () => {
  const bodies = operations.flatMap(({ name, operation }) =>
    Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema }]) => ({ name, type, schema })),
  )

  test('only a multipart form has files', () => {
    const withFiles = bodies.filter(({ schema }) => JSON.stringify(schema).includes('"binary"'))
    expect(withFiles.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'Matrimony POST /profile/ multipart/form-data',
      'Matrimony PUT /profile/byid/ multipart/form-data',
      'Matrimony PATCH /profile/byid/ multipart/form-data',
    ])
  })

  test('a body that needs a file has no other form, and one that may have a file keeps its other fields', () => {
    const typesOf = (path: string) => bodies.filter(({ name }) => name === path).map(({ type }) => type)
    expect(typesOf('Matrimony POST /profile/')).toEqual(['multipart/form-data'])
    expect(typesOf('Matrimony PUT /profile/byid/')).toHaveLength(3)
    const json = bodies.find(({ name, type }) => name === 'Matrimony PUT /profile/byid/' && type === 'application/json')
    expect(at(json?.schema, 'properties', 'Height', 'type')).toEqual(['integer', 'null'])
    expect(at(json?.schema, 'properties', 'Profile_img')).toBeUndefined()
  })

  test.each([
    ['Facility PATCH /api/users/me/', ['profile_picture']],
    ['Meetups POST /api/register/', ['date_of_birth']],
    ['Meetups PUT /api/profile/update/', ['date_of_birth']],
    ['Meetups POST /api/plans/add', ['start_time', 'capacity']],
    ['Recovery PATCH /api/v1/user/edit/{id}/', ['age', 'ptsd_level', 'therapist_contact', 'scenario']],
    ['Matrimony POST /users/', ['phone_number', 'subscription_plan']],
    ['Matrimony PATCH /users/byId/', ['phone_number', 'subscription_plan']],
    ['Matrimony PATCH /profile/byid/', ['Gender', 'Date_of_Birth', 'Height', 'Weight', 'Religion', 'Income', 'Bio', 'Language']],
    ['Matrimony POST /preference/', ['Age', 'Height', 'Weight', 'Income', 'Profession', 'Religion', 'Gender', 'Marital_status']],
  ])('%s accepts null for %s', (name, fields) => {
    for (const { schema } of bodies.filter((body) => body.name === name)) {
      for (const field of fields)
        expect([field, at(schema, 'properties', field, 'type')]).toEqual([field, expect.arrayContaining(['null'])])
    }
  })
})

describe('responses', () => {
  const schemasOf = (schema: unknown): unknown[] => {
    const forms = at(schema, 'anyOf')
    return Array.isArray(forms) ? forms : [schema]
  }

  test.each(operations)('$name: every error refers to schemas with names, and their fields are optional', ({ operation, components }) => {
    for (const [status, { content = {} }] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue
      for (const schema of Object.values(content).flatMap(({ schema }) => schemasOf(schema))) {
        const name = String(at(schema, '$ref')).replace('#/components/schemas/', '')
        expect(components.schemas[name], `${status} ${JSON.stringify(schema)}`).toBeDefined()
        expect(components.schemas[name]).not.toHaveProperty('required')
      }
    }
  })

  test.each([
    ['Mindharmony GET /session/', '400', ['FieldErrors']],
    ['Meetups GET /api/plans', '400', ['FieldErrors']],
    ['Meetups PUT /api/plans/{plan_id}/edit', '400', ['ErrorText', 'FieldErrors', 'Detail']],
    ['Meetups GET /api/profile/', '401', ['Detail', 'TokenNotValid', 'DetailAndCode']],
    ['Matrimony PUT /users/byId/', '400', ['ErrorAndFields', 'ErrorText', 'Detail']],
    ['Matrimony GET /message/', '400', ['Detail', 'FieldErrors']],
    ['Facility POST /api/users/', '400', ['FieldDetails', 'Detail']],
    ['Recovery POST /api/v1/chat/{id}/', '400', ['ErrorText', 'FieldErrors', 'Detail']],
    ['Recovery POST /api/v1/chat/{id}/', '503', ['AssistantUnavailable']],
  ])('%s, status %s: %s', (name, status, forms) => {
    const schema = at(operation(name).operation.responses, status, 'content', 'application/json', 'schema')
    expect(schemasOf(schema).map((form) => String(at(form, '$ref')).split('/').at(-1))).toEqual(forms)
  })
})

describe('descriptions', () => {
  /** Names that need none. */
  const SELF_EXPLANATORY = ['username', 'email', 'first_name', 'last_name', 'city']
  const DOCUMENTATION = { facility, matrimony, meetups, mindharmony, recovery }

  interface Described {
    /** The schema or the operation. */
    readonly context: string
    readonly name: string
    readonly description: unknown
  }

  /** The properties in a schema, at any depth. A reference is described where the schema is that it refers to. */
  const propertiesOf = (schema: unknown, context: string): Described[] => {
    if (typeof schema !== 'object' || schema === null) return []
    const own = Object.entries({ ...Object(at(schema, 'properties')) })
      .filter(([, property]) => at(property, '$ref') === undefined)
      .map(([name, property]) => ({ context, name, description: at(property, 'description') }))
    return [...own, ...Object.values(schema).flatMap((inner) => propertiesOf(inner, context))]
  }

  const describedIn = ({ paths, components }: (typeof documents)[number]): Described[] => [
    ...Object.entries(components.schemas).flatMap(([name, schema]) => propertiesOf(schema, name)),
    ...Object.values(paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ operationId, parameters = [], requestBody, responses }) => [
        ...parameters.map(({ name, description }) => ({ context: operationId, name, description })),
        ...propertiesOf([requestBody?.content, responses], operationId),
      ]),
  ]

  test.each(documents)('$info.title: every property and parameter has one', (document) => {
    const missing = describedIn(document).filter(({ name, description }) => !description && !SELF_EXPLANATORY.includes(name))
    expect(missing).toEqual([])
  })

  test.each(Object.entries(DOCUMENTATION))('%s: every description is shown', (name, { operations: texts, properties }) => {
    const document = documents.find(({ info }) => info.title.toLowerCase() === name)
    if (!document) throw new Error(`there is no document ${name}`)
    const described = describedIn(document)
    const isShown = (key: string, text: string) =>
      described.some((one) => one.description === text && [one.name, `${one.context}.${one.name}`].includes(key))
    const unused = Object.entries(properties).filter(([key, text]) => !isShown(key, text) && commonProperties[key] !== text)
    expect(unused).toEqual([])
    const shown = new Map(
      Object.values(document.paths).flatMap((methods) => Object.values(methods).map((one) => [one.operationId, one.description] as const)),
    )
    for (const [id, text] of Object.entries(texts)) expect([id, shown.get(id)]).toEqual([id, text])
  })

  test('that of one schema or operation takes precedence over that of the name', () => {
    const schema = { properties: { id: { type: 'integer' }, own: { type: 'integer', description: 'Its own.' } } }
    const texts = { id: 'Any id.', 'Plan.id': 'The id of a plan.', own: 'Another one.' }
    expect(withDescriptions(schema, texts, 'Plan')).toEqual({
      properties: { id: { type: 'integer', description: 'The id of a plan.' }, own: { type: 'integer', description: 'Its own.' } },
    })
    expect(at(withDescriptions({ type: 'array', items: schema }, texts, 'User'), 'items', 'properties', 'id', 'description')).toBe(
      'Any id.',
    )
  })
})

describe('errors that follow from what a route is', () => {
  const contract = (routes: Contract['routes']): Contract => ({
    name: 'made-up',
    title: 'Made up',
    prefixes: ['/'],
    challenge: 'Token',
    routes,
    unauthenticated: tokenError,
    invalid: (errors) => errorResponse(400, errors),
    serverError: { detail: 'Internal server error.' },
  })

  const RESPONSES = { 204: noContent }
  const done = () => ({ status: 204 as const, body: null })
  const base = { method: 'POST', path: '/a', operationId: 'doIt', summary: 'Do it', responses: RESPONSES, handle: done } as const

  const statusesOf = (one: Contract['routes'][number]): string[] => {
    const { paths } = createDocument(
      contract([one]),
      {
        description: '',
        errors: [fieldErrorsSchema],
        operations: {},
        responses: { doIt: { 204: { description: 'Done' } } },
        properties: {},
        examples: {},
      },
      'https://concord.test',
    )
    return Object.keys(paths['/a']?.[one.method.toLowerCase()]?.responses ?? {})
  }

  test('nothing but success and an internal error, where anybody may call', () => {
    expect(statusesOf(route({ ...base, access: anyone }))).toEqual(['204', '500'])
  })

  test('credentials: 401, and 403 for a cookie from another site where something changes', () => {
    expect(statusesOf(route({ ...base, access: member }))).toEqual(['204', '401', '403', '500'])
    expect(statusesOf(route({ ...base, method: 'GET', access: member }))).toEqual(['204', '401', '500'])
  })

  test('the rejection of a narrower access', () => {
    const nobody = restricted(() => null, errorResponse(404, { detail: 'Not found.' }))
    expect(statusesOf(route({ ...base, method: 'GET', access: nobody }))).toEqual(['204', '401', '404', '500'])
  })

  test('a limit per address, and a quota', () => {
    expect(statusesOf(route({ ...base, access: publicRateLimited }))).toEqual(['204', '429', '500'])
    expect(statusesOf(route({ ...base, access: member, quota: QUOTAS.plans }))).toContain('429')
  })

  test('a body', () => {
    const body = z.object({ name: z.optional(text()) })
    expect(statusesOf(route({ ...base, access: anyone, body }))).toEqual(['204', '400', '413', '415', '500'])
  })

  test('a query that can be invalid, and one that cannot', () => {
    const invalid = [pageQuery(z.int()), z.object({ size: z.optional(integer()) })]
    for (const query of invalid) expect(statusesOf(route({ ...base, access: anyone, query }))).toEqual(['204', '400', '500'])
    expect(statusesOf(route({ ...base, access: anyone, query: z.object({ q: z.optional(z.string()) }) }))).toEqual(['204', '500'])
  })

  test('an error whose form has no name is not documented silently', () => {
    const responses = { ...RESPONSES, ...errorSpecs([{ name: 'odd', response: errorResponse(400, { odd: 1 }) }]) }
    expect(() => statusesOf(route({ ...base, access: anyone, responses }))).toThrow('No error schema describes this 400: {"odd":1}')
  })

  test('a success without a description is not documented', () => {
    expect(() => statusesOf(route({ ...base, access: anyone, operationId: 'doMore' }))).toThrow('doMore: no description of the 204')
  })

  test('a route without an operation id is not documented', () => {
    const { operationId: _none, ...unnamed } = base
    expect(() => statusesOf(route({ ...unnamed, access: anyone }))).toThrow('POST /a has no operationId')
  })
})
