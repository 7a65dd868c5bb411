import * as z from 'zod/mini'
import { addPlan, changePlan, deletePlan, listPlans, readPlan } from '../../domain/plans.ts'
import { boolean, dateTime } from '../../http/request/fields.ts'
import { nextLink, pageQuery } from '../../http/request/paging.ts'
import { documented } from '../../http/response/documented.ts'
import { calendarText } from '../../http/response/icalendar.ts'
import { ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import type { Plan, PlanLocation } from '../../model/plan.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { isoTime } from '../../model/time.ts'
import { CALENDAR_RESPONSE, eventOf } from './calendar.ts'
import { IdCursor } from './cursor.ts'
import { errors } from './errors.ts'
import { PlanFields } from './plan-fields.ts'

const Location = documented(
  z.object({
    name: z.optional(z.string()),
    address1: z.string(),
    address2: z.optional(z.string()),
    city: z.string(),
    state: z.string(),
    zipcode: z.string(),
  }),
  { id: 'PlanLocation' },
)

const PlanShape = z.object({
  _id: z.string(),
  title: z.string(),
  description: z.string(),
  location: Location,
  start_time: documented(z.optional(z.string()), { format: 'date-time' }),
  end_time: documented(z.string(), { format: 'date-time' }),
  created_by: z.string(),
})
export const PlanView = documented(PlanShape, { id: 'Plan' })
/** The contract documents a flat plan, but its real client reads `data`. The response contains both. */
const PlanWithData = documented(z.extend(PlanShape, { data: PlanView }), { id: 'PlanWithData' })
const PlanCreated = documented(z.extend(PlanShape, { message: z.string(), id: z.string(), data: PlanView }), { id: 'PlanCreated' })

const locationToWire = ({ name, address1, address2, city, state, zipcode }: PlanLocation): z.infer<typeof Location> => ({
  ...(name !== undefined && { name }),
  address1,
  ...(address2 !== undefined && { address2 }),
  city,
  state,
  zipcode,
})

export const planToWire = ({ id, title, description, location, startTime, endTime, createdBy }: Plan): z.infer<typeof PlanView> => ({
  _id: id,
  title,
  description,
  location: locationToWire(location),
  ...(startTime !== null && { start_time: isoTime(startTime) }),
  end_time: isoTime(endTime),
  created_by: createdBy,
})

const toWireWithData = (plan: Plan): z.infer<typeof PlanWithData> => ({ ...planToWire(plan), data: planToWire(plan) })

const StartCursor = z.object({ start: z.int(), id: IdCursor })
const query = z.extend(pageQuery(StartCursor), {
  from: z.optional(dateTime()),
  to: z.optional(dateTime()),
  friends: z.optional(boolean()),
})
const params = z.object({ plan_id: z.string() })

const listPlansRoute = route({
  method: 'GET',
  path: '/api/plans',
  operationId: 'listPlans',
  summary: 'List the plans that the caller can see and has not dismissed, oldest first',
  access: member,
  query,
  responses: { 200: ok(z.array(PlanView)) },
  handle: async ({ context, query, request }) => {
    const { limit, cursor: after = null, from = null, to = null, friends } = query
    const scope = friends === undefined ? 'all' : friends ? 'friends' : 'own'
    const { items, next } = await listPlans(context, { from, to, scope, after, limit })
    return { status: 200, body: items.map(planToWire), headers: nextLink(request.url, next) }
  },
})

const addPlanRoute = route({
  method: 'POST',
  path: '/api/plans/add',
  operationId: 'addPlan',
  summary: 'Create a plan',
  access: member,
  quota: QUOTAS.plans,
  body: PlanFields,
  responses: {
    201: ok(PlanCreated),
    ...errors.responses('ends-before-start'),
  },
  handle: async ({ context, body }) => {
    const { title, description = '', location, start_time, end_time: endTime, visibility = 'public', capacity = null } = body
    const input = { title, description, location, startTime: start_time ?? null, endTime, visibility, capacity }
    const plan = errors.unwrap(await addPlan(context, input))
    return { status: 201, body: { ...planToWire(plan), message: 'Plan created', id: plan.id, data: planToWire(plan) } }
  },
})

const readPlanRoute = route({
  method: 'GET',
  path: '/api/plans/{plan_id}',
  operationId: 'getPlan',
  summary: 'Get one plan',
  access: member,
  params,
  responses: {
    200: ok(PlanWithData),
    ...errors.responses('invalid-id', 'plan-not-found'),
  },
  handle: async ({ context, params }) => ({ status: 200, body: toWireWithData(errors.unwrap(await readPlan(context, params.plan_id))) }),
})

const changePlanRoute = route({
  method: 'PUT',
  path: '/api/plans/{plan_id}/edit',
  operationId: 'changePlan',
  summary: 'Change a plan',
  access: member,
  params,
  body: z.partial(PlanFields),
  responses: {
    200: ok(PlanWithData),
    ...errors.responses('invalid-id', 'ends-before-start', 'capacity-below-rsvps', 'may-not-edit-plan', 'plan-not-found'),
  },
  handle: async ({ context, body, params }) => {
    const { start_time: startTime, end_time: endTime, ...others } = body
    const plan = await changePlan(context, { id: params.plan_id, ...others, startTime, endTime })
    return { status: 200, body: toWireWithData(errors.unwrap(plan)) }
  },
})

const deletePlanRoute = route({
  method: 'DELETE',
  path: '/api/plans/{plan_id}/delete',
  operationId: 'deletePlan',
  summary: 'Delete a plan and its RSVPs',
  access: member,
  params,
  responses: {
    200: ok(z.object({ message: z.string() })),
    ...errors.responses('invalid-id', 'may-not-delete-plan', 'plan-not-found'),
  },
  handle: async ({ context, params }) => {
    const { plan_id: id } = params
    errors.unwrap(await deletePlan(context, id))
    return { status: 200, body: { message: `Event ${id} deleted successfully` } }
  },
})

const readPlanCalendar = route({
  method: 'GET',
  path: '/api/plans/{plan_id}/calendar.ics',
  operationId: 'downloadPlanCalendar',
  summary: 'Download one plan as a calendar file',
  access: member,
  params,
  responses: { 200: CALENDAR_RESPONSE, ...errors.responses('invalid-id', 'plan-not-found') },
  handle: async ({ context, params }) => {
    const plan = errors.unwrap(await readPlan(context, params.plan_id))
    return { status: 200, body: calendarText([eventOf(plan)]) }
  },
})

/** Every /api/plans* route of this contract. */
export const planRoutes = [
  listPlansRoute,
  addPlanRoute,
  readPlanRoute,
  changePlanRoute,
  alias(changePlanRoute, { method: 'PATCH', operationId: 'patchPlan' }),
  deletePlanRoute,
  readPlanCalendar,
]
