import type { Handler } from 'hono'
import { Failure } from '../domain/failures.ts'
import { findPictureMetadata, readPicture } from '../domain/profiles/pictures.ts'
import type { AppEnv } from '../http/app-env.ts'
import { NOT_FOUND, toResponse } from '../http/dialect.ts'

/** The picture under a name never changes: a new picture gets a new name. */
const IMMUTABLE = 'public, max-age=31536000, immutable'

interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** Parses a Range header. Null if it asks for several ranges or is not valid: the whole picture is sent then. */
const parseRange = (header: string, size: number): ByteRange | null | 'unsatisfiable' => {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? []
  if (from === '' && to === '') return null
  if (from === '')
    return Number(to) === 0 ? 'unsatisfiable' : { offset: Math.max(0, size - Number(to)), length: Math.min(size, Number(to)) }
  const [first, last] = [Number(from), to === '' ? size - 1 : Math.min(Number(to), size - 1)]
  if (first >= size) return 'unsatisfiable'
  return last < first ? null : { offset: first, length: last - first + 1 }
}

const matchesEtag = (header: string | undefined, etag: string): boolean =>
  header?.split(',').some((value) => ['*', etag, `W/${etag}`].includes(value.trim())) ?? false

/** Sends a profile picture or one range of it, or 304 if the client already has it. */
export const media: Handler<AppEnv, '/media/profile_img/:name'> = async (c) => {
  const { context } = c.env
  const name = c.req.param('name')
  const [range, ifNoneMatch] = [c.req.header('Range'), c.req.header('If-None-Match')]
  let byteRange: ByteRange | null = null
  if (range !== undefined || ifNoneMatch !== undefined || c.req.raw.method === 'HEAD') {
    const metadata = await findPictureMetadata(context, name)
    if (metadata instanceof Failure) return toResponse(NOT_FOUND)
    const headers = { ETag: metadata.etag, 'Cache-Control': IMMUTABLE, 'Accept-Ranges': 'bytes' }
    if (matchesEtag(ifNoneMatch, metadata.etag)) return c.body(null, 304, headers)
    if (c.req.raw.method === 'HEAD') {
      return c.body(null, 200, { ...headers, 'Content-Type': metadata.type, 'Content-Length': String(metadata.size) })
    }
    const ifRange = c.req.header('If-Range')
    const requested = range !== undefined && (ifRange === undefined || ifRange === metadata.etag) ? parseRange(range, metadata.size) : null
    if (requested === 'unsatisfiable') return c.body(null, 416, { ...headers, 'Content-Range': `bytes */${metadata.size}` })
    byteRange = requested
  }
  const picture = await readPicture(context, name, byteRange ?? undefined)
  if (picture instanceof Failure) return toResponse(NOT_FOUND)
  const headers = {
    'Content-Type': picture.type,
    'Content-Length': String(byteRange?.length ?? picture.size),
    ETag: picture.etag,
    'Cache-Control': IMMUTABLE,
    'Accept-Ranges': 'bytes',
  }
  if (!byteRange) return c.body(picture.body, 200, headers)
  return c.body(picture.body, 206, {
    ...headers,
    'Content-Range': `bytes ${byteRange.offset}-${byteRange.offset + byteRange.length - 1}/${picture.size}`,
  })
}
