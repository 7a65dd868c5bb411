import type { Handler } from 'hono'
import { Failure } from '../domain/failures.ts'
import { lookAtPicture, readPicture } from '../domain/profiles/pictures.ts'
import type { AppEnv } from '../http/app-env.ts'
import { NOT_FOUND, toResponse } from '../http/dialect.ts'

/** What a name shows never changes: another picture has another name. */
const FOREVER = 'public, max-age=31536000, immutable'

interface Part {
  readonly offset: number
  readonly length: number
}

/** One range of bytes; null where the header asks for several or for something else, which means all of it. */
const partOf = (header: string, size: number): Part | null | 'beyond' => {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? []
  if (from === '' && to === '') return null
  if (from === '') return Number(to) === 0 ? 'beyond' : { offset: Math.max(0, size - Number(to)), length: Math.min(size, Number(to)) }
  const [first, last] = [Number(from), to === '' ? size - 1 : Math.min(Number(to), size - 1)]
  if (first >= size) return 'beyond'
  return last < first ? null : { offset: first, length: last - first + 1 }
}

const isKnown = (header: string | undefined, etag: string): boolean =>
  header?.split(',').some((one) => ['*', etag, `W/${etag}`].includes(one.trim())) ?? false

/** A profile picture, whole or in part, or the word that the caller has it. */
export const media: Handler<AppEnv, '/media/profile_img/:name'> = async (c) => {
  const { context } = c.env
  const name = c.req.param('name')
  const [range, known] = [c.req.header('Range'), c.req.header('If-None-Match')]
  let part: Part | null = null
  if (range !== undefined || known !== undefined || c.req.raw.method === 'HEAD') {
    const facts = await lookAtPicture(context, name)
    if (facts instanceof Failure) return toResponse(NOT_FOUND)
    const headers = { ETag: facts.etag, 'Cache-Control': FOREVER, 'Accept-Ranges': 'bytes' }
    if (isKnown(known, facts.etag)) return c.body(null, 304, headers)
    if (c.req.raw.method === 'HEAD') {
      return c.body(null, 200, { ...headers, 'Content-Type': facts.type, 'Content-Length': String(facts.size) })
    }
    const condition = c.req.header('If-Range')
    const wanted = range !== undefined && (condition === undefined || condition === facts.etag) ? partOf(range, facts.size) : null
    if (wanted === 'beyond') return c.body(null, 416, { ...headers, 'Content-Range': `bytes */${facts.size}` })
    part = wanted
  }
  const picture = await readPicture(context, name, part ?? undefined)
  if (picture instanceof Failure) return toResponse(NOT_FOUND)
  const headers = {
    'Content-Type': picture.type,
    'Content-Length': String(part?.length ?? picture.size),
    ETag: picture.etag,
    'Cache-Control': FOREVER,
    'Accept-Ranges': 'bytes',
  }
  if (!part) return c.body(picture.body, 200, headers)
  return c.body(picture.body, 206, { ...headers, 'Content-Range': `bytes ${part.offset}-${part.offset + part.length - 1}/${picture.size}` })
}
