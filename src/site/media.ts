import * as z from 'zod/mini'
import type { Context } from '../domain/context.ts'
import { findPictureMetadata, readPicture } from '../domain/profiles/pictures.ts'
import { NOT_FOUND, toResponse } from '../http/response/errors.ts'
import { anyone } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { Failure } from '../model/result.ts'

/** The picture of a name never changes: another picture gets another name. */
const FOREVER = 'public, max-age=31536000, immutable'

interface Range {
  readonly offset: number
  readonly length: number
}

/** One range of bytes; null if the header asks for several or for something else, which means the whole picture. */
const rangeOf = (header: string, size: number): Range | null | 'not-satisfiable' => {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? []
  if (from === '' && to === '') return null
  if (from === '')
    return Number(to) === 0 ? 'not-satisfiable' : { offset: Math.max(0, size - Number(to)), length: Math.min(size, Number(to)) }
  const [first, last] = [Number(from), to === '' ? size - 1 : Math.min(Number(to), size - 1)]
  if (first >= size) return 'not-satisfiable'
  return last < first ? null : { offset: first, length: last - first + 1 }
}

const isKnown = (header: string | null, etag: string): boolean =>
  header?.split(',').some((one) => ['*', etag, `W/${etag}`].includes(one.trim())) ?? false

/** Serves a profile picture: all of it, a range of it, or 304 if the caller has it already. */
const serve = async (context: Context, request: Request, name: string): Promise<Response> => {
  const [rangeHeader, knownTag] = [request.headers.get('Range'), request.headers.get('If-None-Match')]
  let range: Range | null = null
  if (rangeHeader !== null || knownTag !== null || request.method === 'HEAD') {
    const facts = await findPictureMetadata(context, name)
    if (facts instanceof Failure) return toResponse(NOT_FOUND)
    const headers = { ETag: facts.etag, 'Cache-Control': FOREVER, 'Accept-Ranges': 'bytes' }
    if (isKnown(knownTag, facts.etag)) return new Response(null, { status: 304, headers })
    if (request.method === 'HEAD') {
      return new Response(null, { headers: { ...headers, 'Content-Type': facts.type, 'Content-Length': String(facts.size) } })
    }
    const condition = request.headers.get('If-Range')
    const wanted = rangeHeader !== null && (condition === null || condition === facts.etag) ? rangeOf(rangeHeader, facts.size) : null
    if (wanted === 'not-satisfiable') {
      return new Response(null, { status: 416, headers: { ...headers, 'Content-Range': `bytes */${facts.size}` } })
    }
    range = wanted
  }
  const picture = await readPicture(context, name, range ?? undefined)
  if (picture instanceof Failure) return toResponse(NOT_FOUND)
  const headers = {
    'Content-Type': picture.type,
    'Content-Length': String(range?.length ?? picture.size),
    ETag: picture.etag,
    'Cache-Control': FOREVER,
    'Accept-Ranges': 'bytes',
  }
  if (!range) return new Response(picture.body, { headers })
  const contentRange = `bytes ${range.offset}-${range.offset + range.length - 1}/${picture.size}`
  return new Response(picture.body, { status: 206, headers: { ...headers, 'Content-Range': contentRange } })
}

export const mediaRoute = route({
  method: 'GET',
  path: '/media/profile_img/{name}',
  access: anyone,
  params: z.object({ name: z.string() }),
  responses: {},
  handle: async ({ context, params, request }) => ({ response: await serve(context, request, params.name) }),
})
