import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { contracts } from '../../src/app.ts'
import { DOCUMENTATION } from '../../src/documents/index.ts'

describe.each(contracts)('the successes of $name', ({ name, routes }) => {
  const described = Object.entries(DOCUMENTATION.get(name)?.responses ?? {}).flatMap(([operation, byStatus]) =>
    Object.entries(byStatus).map(([status, texts]) => ({ operation, status, ...texts })),
  )
  const successes = routes.flatMap(({ operationId, responses }) =>
    Object.entries(responses).flatMap(([status, spec]) => ('errors' in spec ? [] : [{ operation: operationId, status, spec }])),
  )

  test('each is described, and nothing else is', () => {
    const keys = (list: readonly { operation?: string | undefined; status: string }[]) =>
      list.map(({ operation, status }) => `${operation} ${status}`).sort()
    expect(keys(described)).toEqual(keys(successes))
  })

  test('each example fits its schema', () => {
    let examples = 0
    for (const { operation, status, example } of described) {
      if (example === undefined) continue
      const schema = successes.find((success) => success.operation === operation && success.status === status)?.spec.schema
      if (!schema) throw new Error(`${operation} ${status} has an example and no body`)
      expect(z.safeParse(schema, example), `${operation} ${status}`).toMatchObject({ success: true })
      examples++
    }
    expect(examples).toBeGreaterThan(3)
  })
})
