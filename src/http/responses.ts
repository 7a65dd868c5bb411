import type { RouteConfig, z } from '@hono/zod-openapi'
import type { Answer } from './answer.ts'

export type Responses = RouteConfig['responses']
type Example = Record<string, { readonly value: unknown }>

export interface NamedAnswer {
  readonly name: string
  readonly answer: Answer
}

/** A documented success with a body: the schema, and the document's own example of it. */
export const success = <S extends z.ZodType>(schema: S, description: string, example?: z.input<S>) => ({
  description,
  content: { 'application/json': { schema, ...(example !== undefined && { example }) } },
})

/** A documented success without a body. */
export const empty = (description: string) => ({ description })

/** Failures by status, each word an example of it. */
export const responsesOf = (answers: readonly NamedAnswer[]): Responses => withAnswers({}, answers)

/** Adds answers to what a route documents already; the schema of each status is what its examples have in common. */
export const withAnswers = (responses: Responses, answers: readonly NamedAnswer[]): Responses => {
  const merged: Responses = { ...responses }
  for (const [status, examples] of byStatus(responses, answers)) {
    merged[status] = {
      description: REASONS[status] ?? `Status ${status}`,
      // Looked at when a document is made, and not at every start.
      get content() {
        return { 'application/json': { schema: commonSchema(examples), examples } }
      },
    }
  }
  return merged
}

const commonSchema = (examples: Example) => {
  const schemas = Object.values(examples).map(({ value }) => schemaOf(value))
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  const [only] = distinct
  return only && distinct.length === 1 ? only : { anyOf: distinct }
}

const byStatus = (responses: Responses, answers: readonly NamedAnswer[]): Map<number, Example> => {
  const grouped = new Map<number, Example>()
  for (const { name, answer } of answers) {
    const known = grouped.get(answer.status) ?? { ...examplesIn(responses[answer.status]) }
    known[name] = { value: answer.body }
    grouped.set(answer.status, known)
  }
  return grouped
}

const examplesIn = (response: Responses[number] | undefined): Example => {
  const content = response && 'content' in response ? response.content?.['application/json'] : undefined
  const examples: unknown = content && 'examples' in content ? content.examples : undefined
  return isExample(examples) ? examples : {}
}

const isExample = (value: unknown): value is Example => typeof value === 'object' && value !== null

interface Shape {
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'array' | 'object'
  items?: Shape
  properties?: Record<string, Shape>
  required?: string[]
}

const schemaOf = (value: unknown): Shape => {
  if (value === null) return { type: 'null' }
  if (Array.isArray(value)) return { type: 'array', items: value.length > 0 ? schemaOf(value[0]) : {} }
  if (typeof value === 'string') return { type: 'string' }
  if (typeof value === 'boolean') return { type: 'boolean' }
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' }
  const properties = Object.entries(value ?? {}).map(([name, inner]): [string, Shape] => [name, schemaOf(inner)])
  return { type: 'object', properties: Object.fromEntries(properties), required: properties.map(([name]) => name) }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'The request is not what it has to be',
  401: 'No credential, or none that is good',
  403: 'Not allowed',
  404: 'Not there, or not to be seen by the caller',
  409: 'It exists already',
  426: 'The request is no handshake of a WebSocket',
  413: 'The body is too large',
  415: 'The body is of a type that is not understood',
  429: 'Too many requests; `Retry-After` errorResponse when to come back',
  500: 'Our fault; the request id finds it in the log',
  503: 'Not available right now',
}
