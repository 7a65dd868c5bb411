import * as z from 'zod/mini'
import { sendTest, subscribe, unsubscribe } from '../domain/support/push.ts'
import { text } from '../http/request/fields.ts'
import { errorResponse, errorTable } from '../http/response/errors.ts'
import { noContent, ok } from '../http/response/specs.ts'
import { route } from '../http/routing/route.ts'
import { FORBIDDEN, staffOnly } from './access.ts'
import { errors as commonErrors } from './errors.ts'

const errors = errorTable({
  ...commonErrors.table,
  'invalid-subscription': () => errorResponse(400, { detail: 'The push service of this browser is not supported.' }),
})

const endpoint = text({ max: 2048 })

const readKey = route({
  method: 'GET',
  path: '/console/api/push/',
  access: staffOnly,
  responses: { 200: ok(z.object({ public_key: z.nullable(z.string()) })), ...errors.responses(FORBIDDEN) },
  handle: ({ context }) => ({ status: 200, body: { public_key: context.push?.publicKey ?? null } }),
})

/** At most ten devices for each account: a new one replaces the oldest. */
const subscribeRoute = route({
  method: 'POST',
  path: '/console/api/push/',
  access: staffOnly,
  body: z.object({ endpoint, p256dh: text({ max: 128 }), auth: text({ max: 64 }) }),
  responses: { 204: noContent, ...errors.responses(FORBIDDEN, 'not-found', 'invalid-subscription') },
  handle: async ({ context, body }) => {
    errors.unwrap(await subscribe(context, body))
    return { status: 204, body: null }
  },
})

const unsubscribeRoute = route({
  method: 'DELETE',
  path: '/console/api/push/',
  access: staffOnly,
  body: z.object({ endpoint }),
  responses: { 204: noContent, ...errors.responses(FORBIDDEN) },
  handle: async ({ context, body }) => {
    await unsubscribe(context, body.endpoint)
    return { status: 204, body: null }
  },
})

const test = route({
  method: 'POST',
  path: '/console/api/push/test/',
  access: staffOnly,
  responses: { 200: ok(z.object({ sent: z.int() })), ...errors.responses(FORBIDDEN, 'not-found') },
  handle: async ({ context }) => ({ status: 200, body: { sent: errors.unwrap(await sendTest(context)).sent } }),
})

/** Every /console/api/push/ path: notifications on the devices of staff. */
export const pushRoutes = [readKey, subscribeRoute, unsubscribeRoute, test]
