import * as z from 'zod/mini'
import { asStaff } from '../domain/access.ts'
import { addPasskey, beginPasskey, confirmWithPasskey, readPasskeys, removePasskey } from '../domain/accounts/passkeys.ts'
import type { Context } from '../domain/context.ts'
import { integer, text } from '../http/request/fields.ts'
import { errorResponse, errorTable } from '../http/response/errors.ts'
import { noContent, ok } from '../http/response/specs.ts'
import { member, memberRateLimited, restricted } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { PASSKEY_NAME_MAX, type PasskeyRefusal } from '../model/passkey.ts'
import { QUOTAS } from '../model/quotas.ts'
import { isoTime } from '../model/time.ts'
import { FORBIDDEN } from './access.ts'
import { errors as commonErrors } from './errors.ts'

const REFUSALS: Readonly<Record<PasskeyRefusal, string>> = {
  confirm: 'Confirm this log-in with a passkey first.',
  enrol: 'The first passkey needs a valid code of the operator.',
  full: 'There are too many passkeys. Remove one first.',
  last: 'This is the last passkey. Add another one first.',
}

const errors = errorTable({
  ...commonErrors.table,
  'wrong-password': () => errorResponse(400, { password: ['The password is wrong.'] }),
  'passkey-refused': ({ reason }) => errorResponse(403, { detail: REFUSALS[reason] }),
  'passkey-rejected': () => errorResponse(400, { detail: 'The passkey was not accepted. Try again.' }),
})

const listPasskeys = route({
  method: 'GET',
  path: '/console/api/passkeys/',
  access: member,
  responses: {
    200: ok(
      z.object({
        state: z.enum(['open', 'confirm', 'enrol']),
        passkeys: z.array(z.object({ id: z.string(), name: z.string(), created_at: z.string(), last_used_at: z.nullable(z.string()) })),
      }),
    ),
    ...errors.responses('forbidden'),
  },
  handle: async ({ context }) => {
    const { state, passkeys } = errors.unwrap(await readPasskeys(context))
    const toWire = ({ id, name, createdAt, lastUsedAt }: (typeof passkeys)[number]) => ({
      id,
      name,
      created_at: isoTime(createdAt),
      last_used_at: lastUsedAt === null ? null : isoTime(lastUsedAt),
    })
    return { status: 200, body: { state, passkeys: passkeys.map(toWire) } }
  },
})

const password = text({ max: 1024, exact: true, format: 'password' })
const enrolment = z._default(text({ max: 64, blank: true }), '')

const begin = route({
  method: 'POST',
  path: '/console/api/passkeys/challenge/',
  access: memberRateLimited,
  quota: QUOTAS.passkeys,
  body: z.object({ password: z._default(z.nullable(password), null), enrolment }),
  responses: {
    200: ok(z.object({ challenge: z.string(), ids: z.array(z.string()) })),
    ...errors.responses('forbidden', 'wrong-password', 'passkey-refused', 'throttled'),
  },
  handle: async ({ context, body }) => {
    const { challenge, ids } = errors.unwrap(await beginPasskey(context, body))
    return { status: 200, body: { challenge, ids: [...ids] } }
  },
})

/** Base64 in the alphabet of URLs. */
const encoded = text({ max: 4096 })
const answer = { id: encoded, client_data: encoded, authenticator_data: encoded }

/** Passkeys are bound to the operator's address; where there is none, to the one that was requested. */
const answerOf = ({ settings }: Context, { url }: Request, body: Readonly<Record<keyof typeof answer, string>>) => ({
  origin: new URL(settings.publicUrl ?? url).origin,
  webauthnId: body.id,
  clientData: body.client_data,
  authenticatorData: body.authenticator_data,
})

const add = route({
  method: 'POST',
  path: '/console/api/passkeys/',
  access: member,
  quota: QUOTAS.passkeys,
  body: z.object({ ...answer, name: text({ max: PASSKEY_NAME_MAX }), enrolment, public_key: encoded, algorithm: integer() }),
  responses: { 204: noContent, ...errors.responses('passkey-rejected') },
  handle: async ({ context, body, request }) => {
    const { name, enrolment, public_key: publicKey, algorithm } = body
    errors.unwrap(await addPasskey(context, { ...answerOf(context, request, body), name, enrolment, publicKey, algorithm }))
    return { status: 204, body: null }
  },
})

const confirm = route({
  method: 'POST',
  path: '/console/api/passkeys/confirm/',
  access: member,
  body: z.object({ ...answer, signature: encoded }),
  responses: { 204: noContent, ...errors.responses('passkey-rejected') },
  handle: async ({ context, body, request }) => {
    errors.unwrap(await confirmWithPasskey(context, { ...answerOf(context, request, body), signature: body.signature }))
    return { status: 204, body: null }
  },
})

const remove = route({
  method: 'DELETE',
  path: '/console/api/passkeys/{id}/',
  access: restricted(asStaff, FORBIDDEN.response, memberRateLimited),
  body: z.object({ password }),
  params: z.object({ id: z.string() }),
  responses: { 204: noContent, ...errors.responses(FORBIDDEN, 'wrong-password', 'not-found', 'passkey-refused', 'throttled') },
  handle: async ({ context, body, params }) => {
    errors.unwrap(await removePasskey(context, { id: params.id, password: body.password }))
    return { status: 204, body: null }
  },
})

/** Every /console/api/passkeys/ path. Those that a log-in needs before it has the rights of staff are for any member; the verbs check whether the caller is staff. */
export const passkeyRoutes = [listPasskeys, begin, add, confirm, remove]
