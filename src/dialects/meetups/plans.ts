import { createRoute, z } from '@hono/zod-openapi'
import { addPlan, type Plan, type PlanLocation } from '../../domain/plans/add-plan.ts'
import { changePlan } from '../../domain/plans/change-plan.ts'
import { deletePlan } from '../../domain/plans/delete-plan.ts'
import { listPlans } from '../../domain/plans/list-plans.ts'
import { readPlan } from '../../domain/plans/read-plan.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { boolean, dateTime } from '../../http/fields.ts'
import { CALENDAR_TYPE, calendarText } from '../../http/icalendar.ts'
import { linkNext, pageQuery } from '../../http/paging.ts'
import { success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { CALENDAR_RESPONSE, eventOf } from './calendar.ts'
import { IdCursor } from './cursor.ts'
import { errors } from './errors.ts'
import { PlanFields } from './plan-fields.ts'

const Location = z
  .object({
    name: z.string().optional(),
    address1: z.string(),
    address2: z.string().optional(),
    city: z.string(),
    state: z.string(),
    zipcode: z.string(),
  })
  .openapi('PlanLocation')

const PlanShape = z.object({
  _id: z.string(),
  title: z.string(),
  description: z.string(),
  location: Location,
  start_time: z.string().optional().openapi({ format: 'date-time' }),
  end_time: z.string().openapi({ format: 'date-time' }),
  created_by: z.string(),
})
const PlanView = PlanShape.openapi('Plan')
/** The contract documents a flat plan, but its real client reads `data`. The response contains both. */
const PlanWithData = PlanShape.extend({ data: PlanView }).openapi('PlanWithData')
const PlanCreated = PlanShape.extend({ message: z.string(), id: z.string(), data: PlanView }).openapi('PlanCreated')

const locationToWire = ({ name, address1, address2, city, state, zipcode }: PlanLocation): z.infer<typeof Location> => ({
  ...(name !== undefined && { name }),
  address1,
  ...(address2 !== undefined && { address2 }),
  city,
  state,
  zipcode,
})

const toWire = ({ id, title, description, location, startTime, endTime, createdBy }: Plan): z.infer<typeof PlanView> => ({
  _id: id,
  title,
  description,
  location: locationToWire(location),
  ...(startTime !== null && { start_time: isoTime(startTime) }),
  end_time: isoTime(endTime),
  created_by: createdBy,
})

const toWireWithData = (plan: Plan): z.infer<typeof PlanWithData> => ({ ...toWire(plan), data: toWire(plan) })

const EXAMPLE = {
  _id: '68dabba350510db53d9af43d',
  title: 'Game Night',
  description: 'Lots of fun and laughters with friends.',
  location: { name: "John's house", address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' },
  start_time: '2025-09-28T12:00:00Z',
  end_time: '2025-09-28T15:00:00Z',
  created_by: '68cd793ca4a36f574952921b',
}

const StartCursor = z.object({ start: z.int(), id: IdCursor })
const query = pageQuery(StartCursor).extend({
  from: dateTime({
    description: 'Only plans that start at this time or later. With `from` or `to`, the list is sorted by start time.',
  }).optional(),
  to: dateTime({ description: 'Only plans that start at this time or earlier.' }).optional(),
  friends: boolean({ description: "Only plans of the caller and the caller's friends." }).default(false),
})
const params = z.object({ plan_id: z.string().openapi({ example: EXAMPLE._id }) })

/** Every /api/plans* path of this contract. */
export const plans = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/plans',
      summary: 'List the plans that the caller can see, oldest first',
      ...signedIn,
      request: { query },
      responses: { 200: success(z.array(PlanView), 'The plans', [EXAMPLE]) },
    }),
    async (c) => {
      const { limit, cursor: after = null, from = null, to = null, friends: friendsOnly } = c.req.valid('query')
      const { items, next } = await listPlans(c.var.context, { from, to, friendsOnly, after, limit })
      linkNext(c, next)
      return c.json(items.map(toWire), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/plans/add',
      summary: 'Create a plan',
      ...signedIn,
      request: { body: body(PlanFields) },
      responses: {
        201: success(PlanCreated, 'The plan', { ...EXAMPLE, message: 'Plan created', id: EXAMPLE._id, data: EXAMPLE }),
        ...errors.responses('ends-before-start'),
      },
    }),
    async (c) => {
      const {
        title,
        description = '',
        location,
        start_time,
        end_time: endTime,
        visibility = 'public',
        capacity = null,
      } = c.req.valid('json')
      const input = { title, description, location, startTime: start_time ?? null, endTime, visibility, capacity }
      const plan = errors.unwrap(await addPlan(c.var.context, input))
      return c.json({ ...toWire(plan), message: 'Plan created', id: plan.id, data: toWire(plan) }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/plans/{plan_id}',
      summary: 'Get one plan',
      ...signedIn,
      request: { params },
      responses: {
        200: success(PlanWithData, 'The plan', { ...EXAMPLE, data: EXAMPLE }),
        ...errors.responses('invalid-id', 'plan-not-found'),
      },
    }),
    async (c) => c.json(toWireWithData(errors.unwrap(await readPlan(c.var.context, c.req.valid('param').plan_id))), 200),
  )

  for (const method of ['put', 'patch'] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/api/plans/{plan_id}/edit',
        summary: 'Change a plan',
        ...signedIn,
        request: { params, body: body(PlanFields.partial()) },
        responses: {
          200: success(PlanWithData, 'The changed plan', { ...EXAMPLE, data: EXAMPLE }),
          ...errors.responses('invalid-id', 'ends-before-start', 'capacity-below-rsvps', 'may-not-edit-plan', 'plan-not-found'),
        },
      }),
      async (c) => {
        const { start_time: startTime, end_time: endTime, ...others } = c.req.valid('json')
        const plan = await changePlan(c.var.context, { id: c.req.valid('param').plan_id, ...others, startTime, endTime })
        return c.json(toWireWithData(errors.unwrap(plan)), 200)
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/plans/{plan_id}/delete',
      summary: 'Delete a plan and its RSVPs',
      ...signedIn,
      request: { params },
      responses: {
        200: success(z.object({ message: z.string() }), 'Deleted', {
          message: 'Event 68da01e2fa068cbd5713d439 deleted successfully',
        }),
        ...errors.responses('invalid-id', 'may-not-delete-plan', 'plan-not-found'),
      },
    }),
    async (c) => {
      const { plan_id: id } = c.req.valid('param')
      errors.unwrap(await deletePlan(c.var.context, id))
      return c.json({ message: `Event ${id} deleted successfully` }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/plans/{plan_id}/calendar.ics',
      summary: 'Download one plan as a calendar file',
      ...signedIn,
      request: { params },
      responses: { 200: CALENDAR_RESPONSE, ...errors.responses('invalid-id', 'plan-not-found') },
    }),
    async (c) => {
      const plan = errors.unwrap(await readPlan(c.var.context, c.req.valid('param').plan_id))
      return c.body(calendarText([eventOf(plan)]), 200, { 'Content-Type': CALENDAR_TYPE })
    },
  )
}
