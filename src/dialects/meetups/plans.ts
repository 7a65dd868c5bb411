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
import { CALENDAR_ANSWER, eventOf } from './calendar.ts'
import { IdCursor } from './cursor.ts'
import { errors } from './envelope.ts'
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
const WirePlan = PlanShape.openapi('Plan')
/** The contract shows a plan flat; its real client reads `data`. Both are there. */
const PlanTwice = PlanShape.extend({ data: WirePlan }).openapi('PlanAndData')
const PlanMade = PlanShape.extend({ message: z.string(), id: z.string(), data: WirePlan }).openapi('PlanMade')

const locationToWire = ({ name, address1, address2, city, state, zipcode }: PlanLocation): z.infer<typeof Location> => ({
  ...(name !== undefined && { name }),
  address1,
  ...(address2 !== undefined && { address2 }),
  city,
  state,
  zipcode,
})

const toWire = ({ id, title, description, location, startTime, endTime, createdBy }: Plan): z.infer<typeof WirePlan> => ({
  _id: id,
  title,
  description,
  location: locationToWire(location),
  ...(startTime !== null && { start_time: isoTime(startTime) }),
  end_time: isoTime(endTime),
  created_by: createdBy,
})

const twice = (plan: Plan): z.infer<typeof PlanTwice> => ({ ...toWire(plan), data: toWire(plan) })

const EXAMPLE = {
  _id: '68dabba350510db53d9af43d',
  title: 'Game Night',
  description: 'Lots of fun and laughters with friends.',
  location: { name: "John's house", address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' },
  start_time: '2025-09-28T12:00:00Z',
  end_time: '2025-09-28T15:00:00Z',
  created_by: '68cd793ca4a36f574952921b',
}

const Place = z.object({ start: z.int(), id: IdCursor })
const query = pageQuery(Place).extend({
  from: dateTime({ description: 'No plan that starts before. With it, or with `to`, the plan that starts first comes first.' }).optional(),
  to: dateTime({ description: 'No plan that starts after.' }).optional(),
  friends: boolean({ description: "Only plans of the caller's friends and the caller." }).default(false),
})
const params = z.object({ plan_id: z.string().openapi({ example: EXAMPLE._id }) })

/** Every /api/plans* path of this contract. */
export const plans = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/plans',
      summary: 'Plans that the caller may see, oldest first',
      ...signedIn,
      request: { query },
      responses: { 200: success(z.array(WirePlan), 'The plans', [EXAMPLE]) },
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
      summary: 'Make a plan',
      ...signedIn,
      request: { body: body(PlanFields) },
      responses: {
        201: success(PlanMade, 'The plan', { ...EXAMPLE, message: 'Plan created', id: EXAMPLE._id, data: EXAMPLE }),
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
      const entry = { title, description, location, startTime: start_time ?? null, endTime, visibility, capacity }
      const plan = errors.unwrap(await addPlan(c.var.context, entry))
      return c.json({ ...toWire(plan), message: 'Plan created', id: plan.id, data: toWire(plan) }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/plans/{plan_id}',
      summary: 'One plan',
      ...signedIn,
      request: { params },
      responses: {
        200: success(PlanTwice, 'The plan', { ...EXAMPLE, data: EXAMPLE }),
        ...errors.responses('invalid-id', 'plan-not-found'),
      },
    }),
    async (c) => c.json(twice(errors.unwrap(await readPlan(c.var.context, c.req.valid('param').plan_id))), 200),
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
          200: success(PlanTwice, 'The plan as it is now', { ...EXAMPLE, data: EXAMPLE }),
          ...errors.responses('invalid-id', 'ends-before-start', 'too-few-seats', 'may-not-edit-plan', 'plan-not-found'),
        },
      }),
      async (c) => {
        const { start_time: startTime, end_time: endTime, ...others } = c.req.valid('json')
        const plan = await changePlan(c.var.context, { id: c.req.valid('param').plan_id, ...others, startTime, endTime })
        return c.json(twice(errors.unwrap(plan)), 200)
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/plans/{plan_id}/delete',
      summary: 'Call a plan off',
      ...signedIn,
      request: { params },
      responses: {
        200: success(z.object({ message: z.string() }), 'It is gone, and its RSVPs with it', {
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
      summary: 'One plan, for a calendar',
      ...signedIn,
      request: { params },
      responses: { 200: CALENDAR_ANSWER, ...errors.responses('invalid-id', 'plan-not-found') },
    }),
    async (c) => {
      const plan = errors.unwrap(await readPlan(c.var.context, c.req.valid('param').plan_id))
      return c.body(calendarText([eventOf(plan)]), 200, { 'Content-Type': CALENDAR_TYPE })
    },
  )
}
