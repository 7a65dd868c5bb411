import { alternativesOf, nameOf, type ReferenceDocument, resolve, type Schema, schemaOf } from './document.ts'

/** What a value may be, in words: `string (email), at most 254 characters`. */

const typesOf = ({ type }: Schema): string[] => (Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : [])

const LIMITS: readonly (readonly [keyword: string, text: (limit: string) => string])[] = [
  ['minimum', (limit) => `at least ${limit}`],
  ['maximum', (limit) => `at most ${limit}`],
  ['minLength', (limit) => `at least ${limit} characters`],
  ['maxLength', (limit) => `at most ${limit} characters`],
  ['minItems', (limit) => `at least ${limit} items`],
  ['maxItems', (limit) => `at most ${limit} items`],
]

const limitsOf = (schema: Schema): string[] =>
  LIMITS.flatMap(([keyword, text]) => (typeof schema[keyword] === 'number' ? [text(String(schema[keyword]))] : []))

const oneTypeText = (schema: Schema, document: ReferenceDocument): string => {
  if (nameOf(schema) !== null) return typeText(resolve(schema, document), document)
  if ('const' in schema) return JSON.stringify(schema.const)
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const types = typesOf(schema).map((type) => (type === 'array' ? `array of ${typeText(schemaOf(schema.items), document)}` : type))
  const format = typeof schema.format === 'string' ? ` (${schema.format === 'binary' ? 'a file' : schema.format})` : ''
  return [`${types.join(' or ') || 'anything'}${format}`, ...limitsOf(schema)].join(', ')
}

export const typeText = (schema: Schema, document: ReferenceDocument): string =>
  [...new Set(alternativesOf(schema).map((alternative) => oneTypeText(alternative, document)))].join(' or ')
