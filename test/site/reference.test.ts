import { describe, expect, test } from 'vitest'
import { contracts } from '../../src/app.ts'
import { documentOf } from '../../src/documents/index.ts'
import { contractReference } from '../../src/site/reference/contract.ts'
import type { ReferenceDocument } from '../../src/site/reference/document.ts'
import { exampleOf } from '../../src/site/reference/examples.ts'
import { fieldList } from '../../src/site/reference/fields.ts'
import { typeText } from '../../src/site/reference/types.ts'

/** The HTML of the API reference, as the build makes it from a document. */

const referenceOf = async (name: string, document: ReferenceDocument): Promise<string> => String(await contractReference(name, document))

const EMPTY: ReferenceDocument = { info: { title: '', description: '' }, paths: {}, components: { schemas: {} } }

describe.each(contracts.map((contract) => [contract.name, contract] as const))('%s', (name, contract) => {
  const document = documentOf(contract, 'https://concord.example')
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

  /** The part of the page with one operation. */
  const partOf = (markup: string, operationId: string): string => {
    const start = markup.indexOf(`<details id="${name}/${operationId}"`)
    return markup.slice(start, markup.indexOf('</details>', start))
  }

  test('has each operation once, with its method, path, summary, parameters, and statuses', async () => {
    const markup = await referenceOf(name, document)
    expect(operations.length).toBeGreaterThan(3)
    expect(markup.match(/<details id="[^"/]+\/\w+" data-method/g)).toHaveLength(operations.length)
    for (const { path, method, operation } of operations) {
      const part = partOf(markup, operation.operationId)
      expect(part).toContain(`data-method="${method}" data-path="${path}"`)
      const shown = [...part.matchAll(/<input name="([^"]+)" data-in="(path|query)"/g)].map(([, parameter, place]) => [place, parameter])
      expect(shown).toEqual((operation.parameters ?? []).map((parameter) => [parameter.in, parameter.name]))
      expect([...part.matchAll(/<li><strong>(\d+)<\/strong>/g)].map(([, status]) => status)).toEqual(Object.keys(operation.responses))
      expect(part.includes('<textarea')).toBe(operation.requestBody !== undefined)
    }
  })

  test('each body to start from is JSON, and each link leads to a schema of the page', async () => {
    const markup = await referenceOf(name, document)
    for (const [, text = ''] of markup.matchAll(/<textarea[^>]*>([^<]*)<\/textarea>/g)) {
      expect(() => JSON.parse(text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&'))).not.toThrow()
    }
    const ids = new Set([...markup.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    for (const [, target = ''] of markup.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target)
  })
})

test('texts of a document are texts, and not markup', async () => {
  const operation = {
    summary: '<b>summary</b>',
    description: '<script>',
    operationId: 'a',
    tags: ['"><img>'],
    security: [],
    parameters: [{ name: '"a', in: 'query', required: true, schema: { type: 'string' }, description: '<i>' }],
    responses: { 200: { description: '<u>', content: { 'application/json': { example: '</pre><b>' } } } },
  }
  const markup = await referenceOf('x', { ...EMPTY, info: { title: '<h1>', description: '<p>' }, paths: { '/<a>': { get: operation } } })
  expect(markup).not.toMatch(/<(?:b|script|img|i|u|a)>/)
  expect(markup).toContain('&lt;script&gt;')
})

describe('schemas', () => {
  const schemas: Record<string, unknown> = {
    Plan: {
      type: 'object',
      description: 'A plan.',
      properties: { id: { type: 'string' }, parent: { $ref: '#/components/schemas/Plan' } },
      required: ['id'],
    },
  }
  const document: ReferenceDocument = { ...EMPTY, components: { schemas } }
  const plan = { $ref: '#/components/schemas/Plan' }

  test.each([
    [{ type: 'string', format: 'email', maxLength: 254 }, 'string (email), at most 254 characters'],
    [{ type: ['integer', 'null'], minimum: 1, maximum: 5 }, 'integer or null, at least 1, at most 5'],
    [{ enum: ['a', 'b'] }, '"a" | "b"'],
    [{ const: 7 }, '7'],
    [{ type: 'array', items: plan, maxItems: 3 }, 'array of object, at most 3 items'],
    [{ anyOf: [plan, { type: 'null' }] }, 'object or null'],
    [{ type: 'string', format: 'binary' }, 'string (a file)'],
    [{}, 'anything'],
  ])('%j is %s', (schema, text) => {
    expect(typeText(schema, document)).toBe(text)
  })

  test('a schema that contains itself ends', async () => {
    const markup = String(await fieldList(plan, document))
    expect(markup.match(/<code>id<\/code> <span class="type">string, required<\/span>/g)).toHaveLength(5)
    expect(JSON.stringify(exampleOf(plan, document)).length).toBeLessThan(200)
  })

  test('values to start from', () => {
    const schema = {
      type: 'object',
      properties: {
        given: { type: 'string', example: 'Kyiv' },
        choice: { enum: ['a', 'b'] },
        list: { type: 'array', items: { type: 'integer', example: 3 } },
        flag: { type: ['boolean', 'null'] },
        file: { type: 'string', format: 'binary' },
        more: { type: 'object', additionalProperties: { type: 'string' } },
      },
    }
    expect(exampleOf(schema, document)).toEqual({ given: 'Kyiv', choice: 'a', list: [3], flag: true, more: {} })
  })

  test('fields with any name', async () => {
    const markup = String(await fieldList({ type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } }, document))
    expect(markup).toContain('<code>&lt;any name&gt;</code> <span class="type">array of string</span>')
  })
})
