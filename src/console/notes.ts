import * as z from 'zod/mini'
import type { StaffContext } from '../domain/access.ts'
import { addNote, readNotes } from '../domain/support/notes.ts'
import { numberedRef, numberOf } from '../domain/support/numbers.ts'
import { pathId, text } from '../http/request/fields.ts'
import { documented } from '../http/response/documented.ts'
import { ok } from '../http/response/specs.ts'
import { route } from '../http/routing/route.ts'
import type { StaffNote } from '../model/support.ts'
import { isoTime } from '../model/time.ts'
import { FORBIDDEN, staffOnly } from './access.ts'
import { errors } from './errors.ts'

const Note = documented(
  z.object({ id: z.int(), author: z.object({ id: z.int(), username: z.string() }), text: z.string(), created_at: z.string() }),
  { id: 'StaffNote' },
)

const Notes = z.object({ notes: z.array(Note) })

const toWire = (context: StaffContext, notes: readonly StaffNote[]): z.infer<typeof Notes> => ({
  notes: notes.map(({ id, author, text, at }) => ({
    id,
    author: numberedRef(context, author),
    text,
    created_at: isoTime(at),
  })),
})

const params = z.object({ user_id: pathId() })

/** At most 200. The person never sees them. */
const listNotes = route({
  method: 'GET',
  path: '/console/api/rooms/{user_id}/notes/',
  access: staffOnly,
  params,
  responses: { 200: ok(Notes), ...errors.responses(FORBIDDEN, 'not-found') },
  handle: async ({ context, params }) => ({
    status: 200,
    body: toWire(context, errors.unwrap(await readNotes(context, numberOf(context, params.user_id)))),
  }),
})

/** A note that is sent twice with the same client_id is stored once. */
const addNoteRoute = route({
  method: 'POST',
  path: '/console/api/rooms/{user_id}/notes/',
  access: staffOnly,
  body: z.object({ text: text({ max: 4000, long: true }), client_id: text({ max: 128 }) }),
  params,
  responses: { 201: ok(Notes), ...errors.responses(FORBIDDEN, 'not-found') },
  handle: async ({ context, params, body }) => {
    const notes = errors.unwrap(await addNote(context, numberOf(context, params.user_id), { text: body.text, clientId: body.client_id }))
    return { status: 201, body: toWire(context, notes) }
  },
})

/** Every /console/api/rooms/{user_id}/notes/ path: what staff write for each other. */
export const noteRoutes = [listNotes, addNoteRoute]
