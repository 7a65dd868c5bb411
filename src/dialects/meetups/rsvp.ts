import * as z from 'zod/mini'
import { addRsvp, deleteOwnRsvp, deleteRsvp, listOwnRsvps, listPlanRsvps } from '../../domain/rsvps.ts'
import { text } from '../../http/request/fields.ts'
import { nextLink, pageQuery } from '../../http/request/paging.ts'
import { documented } from '../../http/response/documented.ts'
import { ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import { QUOTAS } from '../../model/quotas.ts'
import type { RsvpView } from '../../model/rsvp.ts'
import { isoTime } from '../../model/time.ts'
import { IdCursor } from './cursor.ts'
import { errors } from './errors.ts'

const RsvpData = z.object({ plan_id: z.string(), user_id: z.string(), created_at: documented(z.string(), { format: 'date-time' }) })
const RsvpAdded = documented(z.object({ message: z.string(), id: z.string(), data: RsvpData }), { id: 'RsvpAdded' })
const RsvpList = documented(z.object({ data: z.array(documented(z.object({ _id: z.string(), ...RsvpData.shape }), { id: 'Rsvp' })) }), {
  id: 'Rsvps',
})
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

const query = pageQuery(IdCursor)
const planParams = z.object({ plan_id: z.string() })

const addRsvpRoute = route({
  method: 'POST',
  path: '/api/rsvp/add',
  operationId: 'addRsvp',
  summary: 'Add an RSVP to a plan',
  access: member,
  quota: QUOTAS.rsvps,
  body: z.object({ plan_id: text() }),
  responses: {
    201: ok(RsvpAdded),
    ...errors.responses('invalid-id', 'plan-not-found', 'rsvp-exists', 'plan-full'),
  },
  handle: async ({ context, body }) => {
    const added = errors.unwrap(await addRsvp(context, { planId: body.plan_id }))
    const { objectId: userId } = await context.actor.load()
    return { status: 201, body: { message: 'RSVP created', id: added.id, data: toWire({ ...added, userId }) } }
  },
})

const listPlanRsvpsRoute = route({
  method: 'GET',
  path: '/api/rsvp/plan/{plan_id}',
  operationId: 'listPlanRsvps',
  summary: 'List the RSVPs of a plan, oldest first',
  access: member,
  params: planParams,
  query,
  responses: { 200: ok(RsvpList), ...errors.responses('invalid-id', 'plan-not-found') },
  handle: async ({ context, query, params, request }) => {
    const { limit, cursor: after = null } = query
    const { plan_id: planId } = params
    const { items, next } = errors.unwrap(await listPlanRsvps(context, { planId, after, limit }))
    return { status: 200, body: listToWire(items), headers: nextLink(request.url, next) }
  },
})

const listOwnRsvpsRoute = route({
  method: 'GET',
  path: '/api/rsvp/user',
  operationId: 'listOwnRsvps',
  summary: "List the caller's RSVPs, oldest first",
  access: member,
  query,
  responses: { 200: ok(RsvpList) },
  handle: async ({ context, query, request }) => {
    const { limit, cursor: after = null } = query
    const { items, next } = await listOwnRsvps(context, { after, limit })
    return { status: 200, body: listToWire(items), headers: nextLink(request.url, next) }
  },
})

const deleteRsvpRoute = route({
  method: 'DELETE',
  path: '/api/rsvp/{rsvp_id}/delete',
  operationId: 'deleteRsvp',
  summary: 'Delete an RSVP, as its owner or as the creator of the plan',
  access: member,
  params: z.object({ rsvp_id: z.string() }),
  responses: {
    200: ok(Deleted),
    ...errors.responses('invalid-id', 'may-not-delete-rsvp', 'rsvp-not-found'),
  },
  handle: async ({ context, params }) => {
    const { rsvp_id: id } = params
    errors.unwrap(await deleteRsvp(context, id))
    return { status: 200, body: { message: `RSVP ${id} deleted successfully` } }
  },
})

const deleteOwnRsvpRoute = route({
  method: 'DELETE',
  path: '/api/rsvp/plan/{plan_id}/delete',
  operationId: 'deleteOwnRsvp',
  summary: "Delete the caller's own RSVP to a plan",
  access: member,
  params: planParams,
  responses: {
    200: ok(Deleted),
    ...errors.responses('invalid-id', 'rsvp-not-found'),
  },
  handle: async ({ context, params }) => {
    const { plan_id: planId } = params
    errors.unwrap(await deleteOwnRsvp(context, planId))
    return { status: 200, body: { message: `RSVP for plan ${planId} deleted successfully` } }
  },
})

/** Every /api/rsvp/* route of this contract. */
export const rsvpRoutes = [addRsvpRoute, listPlanRsvpsRoute, listOwnRsvpsRoute, deleteRsvpRoute, deleteOwnRsvpRoute]
