import { alternativesOf, isBinary, propertiesOf, type ReferenceDocument, resolve, type Schema, schemaOf } from './document.ts'

/** An example value with which a user of the reference can start to try a request. */

const MAX_DEPTH = 4

const BY_TYPE: Readonly<Record<string, unknown>> = { string: '', integer: 1, number: 1, boolean: true, null: null }

export const exampleOf = (schema: Schema, document: ReferenceDocument, depth = 0): unknown => {
  const [first = {}] = alternativesOf(schema)
  const resolved = resolve(first, document)
  for (const given of [schema.example, resolved.example, resolved.default, resolved.const]) if (given !== undefined) return given
  if (Array.isArray(resolved.enum)) return resolved.enum[0]
  const type = Array.isArray(resolved.type) ? resolved.type[0] : resolved.type
  if (type === 'array') return depth < MAX_DEPTH ? [exampleOf(schemaOf(resolved.items), document, depth + 1)] : []
  if (type !== 'object') return BY_TYPE[String(type)] ?? null
  // A file is chosen, and not written.
  const fields = propertiesOf(resolved).filter(([, property]) => !isBinary(property))
  return depth < MAX_DEPTH ? Object.fromEntries(fields.map(([name, property]) => [name, exampleOf(property, document, depth + 1)])) : {}
}
