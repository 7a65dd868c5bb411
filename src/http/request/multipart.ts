/** A file of a form. Its bytes are a part of the request's body and not a copy of it, as those of a `File` are. */
export class Upload {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** Django's limit. The longest form of the contracts has some thirty fields. */
const MAX_PARTS = 1000
const MAX_HEADER_BYTES = 8192

const LF = 0x0a
const CR = 0x0d
const DASH = 0x2d

/**
 * The fields of a multipart form (RFC 7578), in their order; null if it is malformed or has too many parts. `maxTextBytes`: of all
 * fields that are no files; each byte may take two in a string.
 */
export const parseMultipart = (
  body: Uint8Array,
  contentType: string,
  maxTextBytes: number,
): [string, string | Upload][] | 'too-much-text' | null => {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType) ?? []
  const delimiter = new TextEncoder().encode(`--${quoted ?? plain ?? ''}`)
  if (delimiter.length < 3) return null

  const entries: [string, string | Upload][] = []
  let textBytes = 0
  let found = isAt(body, 0, delimiter) ? 0 : nextDelimiter(body, 0, delimiter)
  while (found !== null) {
    const afterDelimiter = found + delimiter.length
    if (body[afterDelimiter] === DASH && body[afterDelimiter + 1] === DASH) return entries
    const start = endOfLine(body, afterDelimiter)
    found = start === null ? null : nextDelimiter(body, start - 1, delimiter)
    if (start === null || found === null) return null
    const part = entryOf(body.subarray(start, endOfPart(body, start, found)))
    if (!part) return null
    const { name, content, isFile } = part
    if (!isFile) textBytes += content.length
    if (textBytes > maxTextBytes) return 'too-much-text'
    if (entries.push([name, isFile ? new Upload(content) : decode(content)]) > MAX_PARTS) return null
  }
  return null
}

const isAt = (body: Uint8Array, offset: number, expected: Uint8Array): boolean => {
  for (let index = 0; index < expected.length; index++) if (body[offset + index] !== expected[index]) return false
  return true
}

/** The offset of the next delimiter that follows a line break at `from` or later. */
const nextDelimiter = (body: Uint8Array, from: number, delimiter: Uint8Array): number | null => {
  for (let at = body.indexOf(LF, from); at >= 0; at = body.indexOf(LF, at + 1)) if (isAt(body, at + 1, delimiter)) return at + 1
  return null
}

/** The offset after the line break that ends a delimiter's line, on which only blanks are allowed. */
const endOfLine = (body: Uint8Array, from: number): number | null => {
  let offset = from
  while (body[offset] === 0x20 || body[offset] === 0x09) offset++
  if (body[offset] === CR) offset++
  return body[offset] === LF ? offset + 1 : null
}

/** The line break before the next delimiter belongs to the delimiter. Some clients send a single LF. */
const endOfPart = (body: Uint8Array, start: number, delimiterAt: number): number =>
  Math.max(start, body[delimiterAt - 2] === CR ? delimiterAt - 2 : delimiterAt - 1)

const entryOf = (part: Uint8Array): { readonly name: string; readonly content: Uint8Array; readonly isFile: boolean } | null => {
  const contentStart = endOfHeaders(part)
  if (contentStart === null) return null
  const headers = decode(part.subarray(0, contentStart))
  const disposition = /^content-disposition:[ \t]*form-data(.*)$/im.exec(headers)?.[1]
  if (disposition === undefined) return null
  const parameters = parametersOf(disposition)
  const name = parameters.get('name')
  if (name === undefined) return null
  return { name, content: part.subarray(contentStart), isFile: parameters.has('filename') || parameters.has('filename*') }
}

/** The offset after the empty line; null if there is none near the start. */
const endOfHeaders = (part: Uint8Array): number | null => {
  const searched = part.subarray(0, MAX_HEADER_BYTES)
  for (let at = searched.indexOf(LF); at >= 0; at = searched.indexOf(LF, at + 1)) {
    if (searched[at + 1] === LF) return at + 2
    if (searched[at + 1] === CR && searched[at + 2] === LF) return at + 3
  }
  return null
}

/** The parameters of a header. Browsers write a quote or a line break in a name as `%22`, `%0D` or `%0A`, other clients as `\"`. */
const parametersOf = (header: string): ReadonlyMap<string, string> =>
  new Map(
    [...header.matchAll(/;\s*([^=;\s]+)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/g)].map(([, name = '', quoted, plain = '']) => [
      name.toLowerCase(),
      quoted === undefined ? plain : quoted.replaceAll(/%(?:22|0D|0A)/gi, decodeURIComponent).replaceAll(/\\(["\\])/g, '$1'),
    ]),
  )

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes)
