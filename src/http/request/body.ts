import * as z from 'zod/mini'
import type { Context } from '../../domain/context.ts'
import { errorResponse, HttpError } from '../response/errors.ts'
import type { ErrorResponse, NamedError } from '../response/specs.ts'
import { type FieldErrors, fieldErrors, InvalidRequestError, notAnObject } from './field-errors.ts'
import { Repeated } from './fields.ts'
import type { LargeBody } from './large-bodies.ts'
import { parseMultipart } from './multipart.ts'

/**
 * Reads a body as Django REST Framework does: JSON, a URL-encoded form or a multipart form on every route; no body is an
 * empty object. zod-validator reads one of these forms per schema and treats a missing Content-Type as "no body". So
 * bodies are read here, and only the schema is zod's.
 */

const BODY_LIMIT = 1024 * 1024

/**
 * How many values a JSON body may contain. A value of two bytes can become an object of sixty: a mebibyte of them would take twelve,
 * and twenty such requests more than an isolate has. The longest list of the contracts has a few hundred values.
 */
const MAX_VALUES = 20_000

/** Django's limit for the fields of a form. Without one, half a million of them took half a second of CPU time. */
const MAX_FIELDS = 1000

type Parser = (bytes: Uint8Array<ArrayBuffer>, contentType: string) => unknown

const parseError = (reason: string) => errorResponse(400, { detail: `JSON parse error - ${reason}` })
export const TOO_LARGE = errorResponse(413, { detail: 'Request body is too large.' })
const unsupported = (mediaType: string) => errorResponse(415, { detail: `Unsupported media type "${mediaType}" in request.` })

/** For the document: the errors of every route that reads a body. */
export const BODY_ERRORS: readonly NamedError[] = [
  { name: 'malformed', response: parseError('Unexpected token') },
  { name: 'too-large', response: TOO_LARGE },
  { name: 'unsupported', response: unsupported('text/plain') },
]

/** `formLimit`: the limit of a multipart form, which may hold a file. */
export const readBody = async (request: Request, largeBody: LargeBody, formLimit = BODY_LIMIT): Promise<unknown> => {
  if (!request.body) return {}
  const contentType = request.headers.get('Content-Type') ?? ''
  const mediaType = mediaTypeOf(contentType)
  const limit = mediaType === MULTIPART ? formLimit : BODY_LIMIT
  const declared = Number(request.headers.get('Content-Length') ?? Number.NaN)
  if (declared > limit) throw new HttpError(TOO_LARGE)
  const { body } = request
  // The platform ends a body at its declared length. Reading it at once costs a fraction of reading its chunks.
  const read = async () => (declared > 0 ? new Uint8Array(await request.arrayBuffer()) : readAtMost(body, limit))
  const isLarge = limit > BODY_LIMIT && !(declared <= BODY_LIMIT)
  const bytes = await (isLarge ? largeBody.read(read) : read())
  if (bytes.length > limit) throw new HttpError(TOO_LARGE)
  if (bytes.length === 0) return {}
  const parser = PARSERS.get(mediaType)
  if (!parser) throw new HttpError(unsupported(contentType))
  return parser(bytes, contentType)
}

const mediaTypeOf = (contentType: string): string => contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''

/**
 * A chunked body declares no length, so the bytes are counted as they arrive. They are copied into one buffer that grows:
 * a client chooses the size of the chunks, and a list of the chunks could hold a million objects.
 */
const readAtMost = async (body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array<ArrayBuffer>> => {
  let buffer = new ArrayBuffer(0)
  let length = 0
  for await (const chunk of body) {
    const end = length + chunk.length
    if (end > limit) throw new HttpError(TOO_LARGE)
    if (end > buffer.byteLength) buffer = buffer.transfer(Math.min(Math.max(end, 2 * buffer.byteLength), limit))
    new Uint8Array(buffer).set(chunk, length)
    length = end
  }
  return new Uint8Array(buffer, 0, length)
}

const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw new HttpError(parseError("'utf-8' codec can't decode the body"))
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const BRACKET = 0x5b
const BRACE = 0x7b
const AMPERSAND = 0x26

/** Each value of a JSON text is the first one, or follows a comma, or the start of an array or object, outside of strings. */
const hasTooManyValues = (bytes: Uint8Array): boolean => {
  if (bytes.length <= MAX_VALUES) return false
  let values = 1
  let isInString = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte === QUOTE) isInString = !isInString
    else if (isInString && byte === BACKSLASH) index++
    else if (!isInString && (byte === COMMA || byte === BRACKET || byte === BRACE) && ++values > MAX_VALUES) return true
  }
  return false
}

const json: Parser = (bytes) => {
  if (hasTooManyValues(bytes)) throw new HttpError(TOO_LARGE)
  const text = decode(bytes)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new HttpError(parseError(malformedReason(error)))
  }
}

/** V8 quotes the body in its message, and a body may hold a password. So only the part about the position is used. */
const malformedReason = (error: unknown): string => {
  const message = error instanceof Error ? error.message : ''
  const kept = message.startsWith('"')
    ? ''
    : message.replace(/^Unexpected token .*$/s, 'Unexpected token').replace(/, (?:\.\.\.)?"[\s\S]*$/, '')
  return kept || 'Malformed'
}

const urlencoded: Parser = (bytes) => {
  let fields = 1
  for (let at = bytes.indexOf(AMPERSAND); at >= 0; at = bytes.indexOf(AMPERSAND, at + 1)) {
    if (++fields > MAX_FIELDS) throw new HttpError(TOO_LARGE)
  }
  return fromEntries(new URLSearchParams(decode(bytes)))
}

const multipart: Parser = (bytes, contentType) => {
  const entries = parseMultipart(bytes, contentType, BODY_LIMIT)
  if (entries === 'too-much-text') throw new HttpError(TOO_LARGE)
  if (!entries) throw new HttpError(errorResponse(400, { detail: 'Multipart form parse error - Malformed form' }))
  return fromEntries(entries)
}

const MULTIPART = 'multipart/form-data'

/** A Map, because an object would also have the types `constructor` and `__proto__`. */
const PARSERS: ReadonlyMap<string, Parser> = new Map([
  ['application/json', json],
  ['application/x-www-form-urlencoded', urlencoded],
  [MULTIPART, multipart],
])

const fromEntries = (entries: Iterable<[string, unknown]>): Record<string, unknown> => {
  const seen = new Map<string, unknown[]>()
  for (const [name, value] of entries) {
    const values = seen.get(name)
    if (values) values.push(value)
    else seen.set(name, [value])
  }
  return nested([...seen].map(([name, values]) => [name, values.length === 1 ? values[0] : new Repeated(values)]))
}

/** Forms have no objects. `location.city` is the field `city` of `location`, as Django REST Framework reads it. */
const nested = (fields: readonly [string, unknown][]): Record<string, unknown> => {
  const flat = new Map<string, unknown>()
  const inner = new Map<string, [string, unknown][]>()
  for (const [name, value] of fields) {
    const [outer = '', ...rest] = name.split('.')
    const entry: [string, unknown] = [rest.join(''), value]
    if (outer === '' || rest.length !== 1) flat.set(name, value)
    else if (!inner.get(outer)?.push(entry)) inner.set(outer, [entry])
  }
  for (const [outer, entries] of inner) if (!flat.has(outer)) flat.set(outer, Object.fromEntries(entries))
  // A Map, then fromEntries: so a field with the name `__proto__` stays a field.
  return Object.fromEntries(flat)
}

export type BodySchema = z.ZodMiniObject

export interface BodyOptions<C extends Context = never> {
  /** Of a multipart form, in bytes; 1 MiB if absent, and for every other body. */
  readonly limit?: number
  /** Loads what the schema needs before it can read anything. */
  readonly prepare?: (context: C) => Promise<void>
  /** This route's response to an invalid body, where it differs from the contract's usual one. */
  readonly invalid?: (errors: FieldErrors) => ErrorResponse
  /**
   * Errors that only a query can find. It is called when the body is rejected anyway, so that all errors are reported at
   * once. `valid` holds the fields without an error, as the schema read them.
   */
  readonly additionalErrors?: (context: C, valid: Readonly<Record<string, unknown>>, errors: FieldErrors) => Promise<FieldErrors>
  /**
   * Throws if the record in the path does not exist or may not be changed by the caller: Django looks for the record before
   * it looks at the fields. It is called only for an invalid body; for a valid one the verb checks it.
   */
  readonly checkRecord?: (context: C, params: Readonly<Record<string, string>>) => Promise<unknown>
}

const isDictionary = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A body can be read once, but a request may be handled twice. */
export const bodyReader = (request: Request, largeBody: LargeBody, limit?: number): (() => Promise<unknown>) => {
  let input: Promise<unknown> | undefined
  return () => {
    input ??= readBody(request, largeBody, limit)
    return input
  }
}

/** Validates a body in any of its three forms. Throws if it is not valid. */
export const validBody = async <C extends Context, S extends BodySchema>(
  schema: S,
  { prepare, invalid, additionalErrors, checkRecord }: Omit<BodyOptions<C>, 'limit'>,
  read: () => Promise<unknown>,
  context: C,
  params: () => Readonly<Record<string, string>>,
): Promise<z.output<S>> => {
  await prepare?.(context)
  try {
    const input = await read()
    if (!isDictionary(input)) throw new InvalidRequestError(notAnObject(input), invalid)
    const result = schema.safeParse(input, { reportInput: true }) // the texts name the input's type
    if (result.success) return result.data
    const errors = fieldErrors(result.error.issues)
    const additional = await additionalErrors?.(context, validFields(schema, input, errors), errors)
    throw new InvalidRequestError(additional ? inSchemaOrder(schema, { ...additional, ...errors }) : errors, invalid)
  } catch (error) {
    if (checkRecord && error instanceof InvalidRequestError) await checkRecord(context, params())
    throw error
  }
}

const validFields = (schema: BodySchema, input: Record<string, unknown>, errors: FieldErrors): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(schema.shape)
      .filter(([name]) => !errors[name])
      .map(([name, field]) => [name, z.safeParse(field, input[name]).data]),
  )

const inSchemaOrder = (schema: BodySchema, errors: FieldErrors): FieldErrors => {
  const ordered: FieldErrors = {}
  for (const name of [...Object.keys(schema.shape), ...Object.keys(errors)]) {
    const error = errors[name]
    if (error) ordered[name] = error
  }
  return ordered
}
