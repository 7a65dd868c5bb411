import { html } from 'hono/html'
import {
  alternativesOf,
  isRequired,
  isSchema,
  nameOf,
  propertiesOf,
  type ReferenceDocument,
  resolve,
  type Schema,
  schemaOf,
} from './document.ts'
import { typeText } from './types.ts'

/** The fields of a body, each with its type and what it means. */

type Markup = ReturnType<typeof html> | ''

const MAX_DEPTH = 4

/** The object that a schema describes, also as an alternative or as the item of a list; null for texts and numbers. */
const objectIn = (schema: Schema, document: ReferenceDocument): Schema | null => {
  for (const alternative of alternativesOf(schema)) {
    const resolved = resolve(alternative, document)
    if (resolved.type === 'array') return objectIn(schemaOf(resolved.items), document)
    if (isSchema(resolved.properties) || isSchema(resolved.additionalProperties)) return resolved
    if (resolved !== schema && resolved.anyOf !== undefined) return objectIn(resolved, document)
  }
  return null
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const field = (name: string, schema: Schema, required: boolean, document: ReferenceDocument, depth: number): Markup => {
  const description = textOf(schema.description) || textOf(resolve(schema, document).description)
  return html`<li><code>${name}</code> <span class="type">${typeText(schema, document)}${required ? ', required' : ''}</span>${
    description && html`<p>${description}</p>`
  }${depth < MAX_DEPTH && fieldList(schema, document, depth + 1)}</li>`
}

export const fieldList = (schema: Schema, document: ReferenceDocument, depth = 0): Markup => {
  const object = objectIn(schema, document)
  if (!object) return ''
  const others = isSchema(object.additionalProperties) ? [field('<any name>', object.additionalProperties, false, document, depth)] : []
  const named = propertiesOf(object).map(([name, property]) => field(name, property, isRequired(object, name), document, depth))
  return html`<ul class="fields">${[...named, ...others]}</ul>`
}

/** A link to the schema in the list at the end of the page. */
export const schemaLink = (schema: Schema, contract: string): Markup => {
  const name = nameOf(schema)
  return name === null ? '' : html`<a href="#${contract}/schemas/${name}">${name}</a>`
}
