import { z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { Context, MemberContext } from '../domain/context.ts'
import type { Answer } from './answers.ts'
import { type AppEnv, isMember } from './app-env.ts'
import { BODY_LIMIT, readBody } from './bodies.ts'
import { type FieldErrors, fieldErrors, notAnObject } from './field-errors.ts'

type Fields = z.ZodObject

interface BodyOptions {
  readonly limit?: number
  /** What the schema has to know before it reads anything. */
  readonly learn?: (context: Context) => Promise<void>
  /** How this route errorResponse what is wrong with its body, where the dialect's usual way is not it. */
  readonly invalid?: (errors: FieldErrors) => Answer
  /**
   * What else is wrong, that only the database knows: asked when the body is refused anyway, to tell all at once. It is
   * given the fields that are sound, as they were read.
   */
  readonly also?: (context: Context, sound: Readonly<Record<string, unknown>>, errors: FieldErrors) => Promise<FieldErrors>
  /**
   * Throws where the record in the path is not there, or not the caller's to change: Django looks for the record before
   * it looks at the fields. Asked only when they are refused; with good ones the verb finds out by itself.
   */
  readonly first?: (context: MemberContext, params: Record<string, string>) => Promise<unknown>
}

/** Thrown when a body, a query or a path does not fit its schema. */
export class Invalid extends Error {
  readonly errors: FieldErrors
  readonly said: ((errors: FieldErrors) => Answer) | undefined
  constructor(errors: FieldErrors, said?: (errors: FieldErrors) => Answer) {
    super('invalid')
    this.errors = errors
    this.said = said
  }
}

interface BodyDetails extends BodyOptions {
  readonly schema: Fields
}

/** Kept beside the request bodies that `body` makes, since those go into the OpenAPI document as they are. */
const details = new WeakMap<object, BodyDetails>()

/** The request body of a route, in the three forms in which any client may send it. */
export const body = <S extends Fields>(schema: S, options: BodyOptions = {}) => {
  const requestBody = {
    required: true,
    content: {
      'application/json': { schema },
      'application/x-www-form-urlencoded': { schema },
      'multipart/form-data': { schema },
    },
  }
  details.set(requestBody, { ...options, schema })
  return requestBody
}

export const bodyDetails = (requestBody: object | undefined): BodyDetails | undefined => requestBody && details.get(requestBody)

const isDictionary = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads, checks and leaves the body where `c.req.valid('json')` finds it, whichever form it came in. */
export const readsBody =
  ({ schema, limit = BODY_LIMIT, learn, invalid, also, first }: BodyDetails): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    await learn?.(c.env.context)
    try {
      const given = await readBody(c.req.raw, limit)
      if (!isDictionary(given)) throw new Invalid(notAnObject(given), invalid)
      const read = schema.safeParse(given, { reportInput: true }) // the input's type stands in the texts
      if (!read.success) {
        const errors = fieldErrors(read.error.issues)
        throw new Invalid(
          also ? inOrder(schema, { ...(await also(c.var.context, soundOf(schema, given, errors), errors)), ...errors }) : errors,
          invalid,
        )
      }
      c.req.addValidatedData('json', read.data)
    } catch (refused) {
      const { context } = c.var
      if (first && refused instanceof Invalid && isMember(context)) await first(context, c.req.param())
      throw refused
    }
    await next()
  }

const soundOf = (schema: Fields, given: Record<string, unknown>, errors: FieldErrors): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(schema.shape)
      .filter(([name]) => !errors[name])
      .map(([name, field]) => [name, z.safeParse(field, given[name]).data]),
  )

const inOrder = (schema: Fields, errors: FieldErrors): FieldErrors => {
  const ordered: FieldErrors = {}
  for (const name of [...Object.keys(schema.shape), ...Object.keys(errors)]) {
    const error = errors[name]
    if (error) ordered[name] = error
  }
  return ordered
}
