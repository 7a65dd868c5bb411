import { describe, expect, test } from 'vitest'
import { contracts } from '../../../src/app.ts'
import { documentOf } from '../../../src/http/openapi/document.ts'

const documents = contracts.map((contract) => documentOf(contract, 'https://concord.test'))
const operations = documents.flatMap(({ info, paths }) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${info.title} ${method.toUpperCase()} ${path}`, operation })),
  ),
)

/** The values at a path in a document, for example `properties.email.type`. */
const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), value)

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
