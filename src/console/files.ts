import * as z from 'zod/mini'
import { fileToWire } from '../dialects/recovery/frames.ts'
import { isOwnerOrStaff } from '../domain/access.ts'
import { readFile, sendFile, uploadFile } from '../domain/support/files.ts'
import { numberOf } from '../domain/support/numbers.ts'
import { pathId, text } from '../http/request/fields.ts'
import { file, withFile } from '../http/request/files.ts'
import { errorResponse, errorTable, NOT_FOUND } from '../http/response/errors.ts'
import { ok } from '../http/response/specs.ts'
import { restricted } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { type ChatFile as File, isPicture } from '../model/chat-file.ts'
import { PICTURE_MAX_BYTES } from '../model/picture.ts'
import { QUOTAS } from '../model/quotas.ts'
import { errors as commonErrors } from './errors.ts'
import { ChatFile } from './messages.ts'

/** The response must not reveal whether another person's room has a file, or exists. */
const errors = errorTable({
  ...commonErrors.table,
  forbidden: () => NOT_FOUND,
  'unsupported-file': () => errorResponse(400, { file: ['Only pictures (JPEG, PNG, WebP, GIF), PDF files and plain text can be sent.'] }),
})

const peopleOfRoom = restricted(
  (context, pathParameter) => (isOwnerOrStaff(context, numberOf(context, Number(pathParameter('user_id')))) ? context : null),
  NOT_FOUND,
)

const params = z.object({ user_id: pathId(), file_id: z.string() })

/** A multipart form with `file` (at most 5 MiB) and `name`. The type is found in the content. No one sees the file before a message refers to it; without one it is deleted after an hour. */
const upload = route({
  method: 'POST',
  path: '/support/files/{user_id}/',
  access: peopleOfRoom,
  quota: QUOTAS.chatFiles,
  body: z.object({ file: file(PICTURE_MAX_BYTES), name: z._default(text({ max: 255, blank: true }), '') }),
  bodyOptions: { limit: withFile(PICTURE_MAX_BYTES) },
  params: z.object({ user_id: pathId() }),
  responses: { 201: ok(ChatFile), ...errors.responses('not-found', 'unsupported-file') },
  handle: async ({ context, params, body }) => ({
    status: 201,
    body: fileToWire(
      errors.unwrap(await uploadFile(context, numberOf(context, params.user_id), { name: body.name, bytes: body.file.bytes })),
    ),
  }),
})

/** The same as the frame of the socket. A file is sent once: a repeated request gets the id of the same message. */
const send = route({
  method: 'POST',
  path: '/support/files/{user_id}/{file_id}/send/',
  access: peopleOfRoom,
  body: z.object({ client_id: text({ max: 128 }) }),
  params,
  responses: { 200: ok(z.object({ id: z.int() })), ...errors.responses('not-found', 'throttled') },
  handle: async ({ context, params, body }) => {
    const { id } = errors.unwrap(
      await sendFile(context, numberOf(context, params.user_id), { fileId: params.file_id, clientId: body.client_id }),
    )
    return { status: 200, body: { id } }
  },
})

/** Even a picture whose content a browser would take for a page could do nothing in this sandbox. */
const FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"

/** RFC 6266: the plain name for old clients, and the exact one. */
const disposition = (file: File): string => {
  const encoded = encodeURIComponent(file.name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const plain = file.name.replaceAll(/[^\w. -]/g, '_')
  return `${isPicture(file) ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/** For the people of the room. When staff get a file, it is recorded. */
const read = route({
  method: 'GET',
  path: '/support/files/{user_id}/{file_id}',
  access: peopleOfRoom,
  params,
  responses: errors.responses('not-found'),
  handle: async ({ context, params }) => {
    const { file, content } = errors.unwrap(await readFile(context, numberOf(context, params.user_id), params.file_id))
    const headers = {
      'Content-Type': file.type,
      'Content-Length': String(content.size),
      'Content-Disposition': disposition(file),
      'Content-Security-Policy': FILE_POLICY,
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'private, no-store',
    }
    return { response: new Response(content.body, { headers }) }
  },
})

/** Every /support/files/ path: the files of a conversation, for its person and for staff. */
export const fileRoutes = [upload, send, read]
