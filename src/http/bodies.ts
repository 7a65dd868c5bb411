import { errorResponse, ResponseThrown } from './answers.ts'
import { Repeated } from './fields.ts'

/**
 * What a client may send as a body, as Django REST Framework understands it: JSON, a URL-encoded form or a multipart
 * form wherever a body is; nothing at all is an empty object. zod-validator reads one of these per schema and takes a
 * missing Content-Type for "no body", so bodies are read here and only the schema is zod's.
 */

export const BODY_LIMIT = 1024 * 1024

type Parser = (bytes: Uint8Array<ArrayBuffer>, contentType: string) => unknown

export const parseError = (why: string) => errorResponse(400, { detail: `JSON parse error - ${why}` })
export const TOO_LARGE = errorResponse(413, { detail: 'Request body is too large.' })
export const unsupported = (mediaType: string) => errorResponse(415, { detail: `Unsupported media type "${mediaType}" in request.` })

export const readBody = async (request: Request, limit = BODY_LIMIT): Promise<unknown> => {
  if (!request.body) return {}
  const declared = Number(request.headers.get('Content-Length') ?? Number.NaN)
  if (declared > limit) throw new ResponseThrown(TOO_LARGE)
  // The platform cuts a body off where its declared length ends, and reads one in whole at a fraction of what its chunks cost.
  const bytes = declared > 0 ? new Uint8Array(await request.arrayBuffer()) : await readAtMost(request.body, limit)
  if (bytes.length > limit) throw new ResponseThrown(TOO_LARGE)
  if (bytes.length === 0) return {}
  const contentType = request.headers.get('Content-Type') ?? ''
  const parser = PARSERS[mediaTypeOf(contentType)]
  if (!parser) throw new ResponseThrown(unsupported(contentType))
  return parser(bytes, contentType)
}

const mediaTypeOf = (contentType: string): string => contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** A chunked body declares no length: count what arrives. */
const readAtMost = async (body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array<ArrayBuffer>> => {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > limit) throw new ResponseThrown(TOO_LARGE)
    chunks.push(chunk)
  }
  const only = chunks[0]
  if (only && chunks.length === 1 && only.buffer instanceof ArrayBuffer) return new Uint8Array(only.buffer, only.byteOffset, only.length)
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw new ResponseThrown(parseError("'utf-8' codec can't decode the body"))
  }
}

const json: Parser = (bytes) => {
  const text = decode(bytes)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ResponseThrown(parseError(whyMalformed(error)))
  }
}

/** V8 quotes the body in its message; a body may hold a password, so only what it errorResponse about the place is kept. */
const whyMalformed = (error: unknown): string => {
  const message = error instanceof Error ? error.message : ''
  const kept = message.startsWith('"')
    ? ''
    : message.replace(/^Unexpected token .*$/s, 'Unexpected token').replace(/, (?:\.\.\.)?"[\s\S]*$/, '')
  return kept || 'Malformed'
}

const urlencoded: Parser = (bytes) => fromEntries(new URLSearchParams(decode(bytes)))

const multipart: Parser = async (bytes, contentType) => {
  try {
    const form = await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData()
    return fromEntries(form)
  } catch {
    throw new ResponseThrown(errorResponse(400, { detail: 'Multipart form parse error - Malformed form' }))
  }
}

const PARSERS: Record<string, Parser> = {
  'application/json': json,
  'application/x-www-form-urlencoded': urlencoded,
  'multipart/form-data': multipart,
}

const fromEntries = (entries: Iterable<[string, unknown]>): Record<string, unknown> => {
  const seen = new Map<string, unknown[]>()
  for (const [name, value] of entries) {
    const values = seen.get(name)
    if (values) values.push(value)
    else seen.set(name, [value])
  }
  return nested([...seen].map(([name, values]) => [name, values.length === 1 ? values[0] : new Repeated(values)]))
}

/** Forms know no objects: `location.city` is a field of `location`, as Django REST reads it. */
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
  // Map, then fromEntries: a field that is called `__proto__` stays a field.
  return Object.fromEntries(flat)
}
