import { createRoute, z } from '@hono/zod-openapi'
import { addRsvp } from '../../domain/rsvps/add-rsvp.ts'
import { deleteOwnRsvp, deleteRsvp } from '../../domain/rsvps/delete-rsvp.ts'
import { listOwnRsvps, listPlanRsvps, type RsvpView } from '../../domain/rsvps/list-rsvps.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { text } from '../../http/fields.ts'
import { linkNext, pageQuery } from '../../http/paging.ts'
import { success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { IdCursor } from './cursor.ts'
import { errors } from './errors.ts'

const RsvpData = z.object({ plan_id: z.string(), user_id: z.string(), created_at: z.string().openapi({ format: 'date-time' }) })
const RsvpAdded = z.object({ message: z.string(), id: z.string(), data: RsvpData }).openapi('RsvpAdded')
const RsvpList = z.object({ data: z.array(z.object({ _id: z.string(), ...RsvpData.shape }).openapi('Rsvp')) }).openapi('Rsvps')
const Deleted = z.object({ message: z.string() })

type RsvpFields = Pick<RsvpView, 'planId' | 'userId' | 'createdAt'>

const toWire = ({ planId, userId, createdAt }: RsvpFields): z.infer<typeof RsvpData> => ({
  plan_id: planId,
  user_id: userId,
  created_at: isoTime(createdAt),
})

const listToWire = (items: readonly RsvpView[]): z.infer<typeof RsvpList> => ({
  data: items.map((rsvp) => ({ _id: rsvp.id, ...toWire(rsvp) })),
})

const ID = '68e2bc8d390fe44b0f398f4e'
const EXAMPLE = { plan_id: '68dabba350510db53d9af43d', user_id: '68cd793ca4a36f574952921b', created_at: '2024-01-15T10:30:00Z' }
const EXAMPLE_LIST = { data: [{ _id: ID, ...EXAMPLE }] }

const query = pageQuery(IdCursor)
const planParams = z.object({ plan_id: z.string().openapi({ example: EXAMPLE.plan_id }) })

/** Every /api/rsvp/* path of this contract. */
export const rsvp = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/rsvp/add',
      summary: 'Add an RSVP to a plan',
      ...signedIn,
      request: { body: body(z.object({ plan_id: text({ example: EXAMPLE.plan_id }) })) },
      responses: {
        201: success(RsvpAdded, 'The RSVP', { message: 'RSVP created', id: ID, data: EXAMPLE }),
        ...errors.responses('invalid-id', 'plan-not-found', 'rsvp-exists', 'plan-full'),
      },
    }),
    async (c) => {
      const { context } = c.var
      const added = errors.unwrap(await addRsvp(context, { planId: c.req.valid('json').plan_id }))
      return c.json({ message: 'RSVP created', id: added.id, data: toWire({ ...added, userId: context.actor.account.objectId }) }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/rsvp/plan/{plan_id}',
      summary: 'List the RSVPs of a plan, oldest first',
      ...signedIn,
      request: { params: planParams, query },
      responses: { 200: success(RsvpList, 'The RSVPs', EXAMPLE_LIST), ...errors.responses('invalid-id', 'plan-not-found') },
    }),
    async (c) => {
      const { limit, cursor: after = null } = c.req.valid('query')
      const { plan_id: planId } = c.req.valid('param')
      const { items, next } = errors.unwrap(await listPlanRsvps(c.var.context, { planId, after, limit }))
      linkNext(c, next)
      return c.json(listToWire(items), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/rsvp/user',
      summary: "List the caller's RSVPs, oldest first",
      ...signedIn,
      request: { query },
      responses: { 200: success(RsvpList, 'The RSVPs', EXAMPLE_LIST) },
    }),
    async (c) => {
      const { limit, cursor: after = null } = c.req.valid('query')
      const { items, next } = await listOwnRsvps(c.var.context, { after, limit })
      linkNext(c, next)
      return c.json(listToWire(items), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/rsvp/{rsvp_id}/delete',
      summary: 'Delete an RSVP, as its owner or as the creator of the plan',
      ...signedIn,
      request: { params: z.object({ rsvp_id: z.string().openapi({ example: ID }) }) },
      responses: {
        200: success(Deleted, 'Deleted', { message: `RSVP ${ID} deleted successfully` }),
        ...errors.responses('invalid-id', 'may-not-delete-rsvp', 'rsvp-not-found'),
      },
    }),
    async (c) => {
      const { rsvp_id: id } = c.req.valid('param')
      errors.unwrap(await deleteRsvp(c.var.context, id))
      return c.json({ message: `RSVP ${id} deleted successfully` }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/rsvp/plan/{plan_id}/delete',
      summary: "Delete the caller's own RSVP to a plan",
      ...signedIn,
      request: { params: planParams },
      responses: {
        200: success(Deleted, 'Deleted', { message: `RSVP for plan ${EXAMPLE.plan_id} deleted successfully` }),
        ...errors.responses('invalid-id', 'rsvp-not-found'),
      },
    }),
    async (c) => {
      const { plan_id: planId } = c.req.valid('param')
      errors.unwrap(await deleteOwnRsvp(c.var.context, planId))
      return c.json({ message: `RSVP for plan ${planId} deleted successfully` }, 200)
    },
  )
}
