import { createRoute, z } from '@hono/zod-openapi'
import { addPlan, type SubscriptionPlan } from '../../domain/subscriptions/add-plan.ts'
import { changePlan, removePlan } from '../../domain/subscriptions/change-plan.ts'
import { listPlans, readPlan } from '../../domain/subscriptions/read-plans.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { date, pathId } from '../../http/fields.ts'
import { noSuchPage, numbered, numberedPageOf, pageNumberQuery } from '../../http/numbered-pages.ts'
import { success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { errors } from './errors.ts'
import { choice, MessageResponse } from './fields.ts'
import { FORBIDDEN, staffOnly } from './guards.ts'

const PAGE_SIZE = 10

const Plan = z
  .object({
    subscription_id: z.int(),
    plan_type: z.string(),
    start_date: z.string(),
    end_date: z.string(),
    status: z.string(),
    created_on: z.string(),
    updated_on: z.string(),
  })
  .openapi('Subscription')

const toWire = (plan: SubscriptionPlan): z.infer<typeof Plan> => ({
  subscription_id: plan.id,
  plan_type: plan.planType,
  start_date: plan.startDate,
  end_date: plan.endDate,
  status: plan.status,
  created_on: isoTime(plan.createdAt),
  updated_on: isoTime(plan.updatedAt),
})

const EXAMPLE: z.infer<typeof Plan> = {
  subscription_id: 4,
  plan_type: 'premium',
  start_date: '2024-01-01',
  end_date: '2025-06-30',
  status: 'active',
  created_on: '2024-11-19T16:02:30Z',
  updated_on: '2024-11-19T16:02:30Z',
}

export const planStatus = () => choice(['active', 'expired'], { example: 'active' })

const PlanFields = z.object({
  plan_type: choice(['basic', 'premium', 'platinum'], { example: 'premium' }),
  start_date: date({ example: EXAMPLE.start_date }),
  end_date: date({ example: EXAMPLE.end_date }),
  status: planStatus().default('active'),
})

const Replacement = PlanFields.extend({ status: planStatus().optional() })

const params = z.object({ id: pathId({ example: 4 }) })

const changesFrom = (input: z.output<ReturnType<typeof Replacement.partial>>) => ({
  planType: input.plan_type,
  startDate: input.start_date,
  endDate: input.end_date,
  status: input.status,
})

/** The routes under /subscription/. */
export const subscription = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/subscription/',
      summary: 'Create a subscription plan',
      ...staffOnly,
      request: { body: body(PlanFields) },
      responses: {
        201: success(MessageResponse.extend(Plan.shape), 'Created', { message: 'Subscription added Successfully', ...EXAMPLE }),
        ...errors.responses('ends-before-it-starts', FORBIDDEN),
      },
    }),
    async (c) => {
      const { plan_type: planType, start_date: startDate, end_date: endDate, status } = c.req.valid('json')
      const created = errors.unwrap(await addPlan(c.var.context, { planType, startDate, endDate, status }))
      return c.json({ message: 'Subscription added Successfully', ...toWire(created) }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/subscription/list',
      summary: 'List the subscription plans, ten per page',
      ...signedIn,
      request: { query: pageNumberQuery },
      responses: {
        200: success(numberedPageOf(Plan), 'A page', { count: 1, next: null, previous: null, results: [EXAMPLE] }),
        ...errors.responses(noSuchPage),
      },
    }),
    async (c) => c.json(numbered(c, await listPlans(c.var.context, c.req.valid('query').page, PAGE_SIZE), PAGE_SIZE, toWire), 200),
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/subscription/list/{id}',
      summary: 'Get one subscription plan',
      ...signedIn,
      request: { params },
      responses: { 200: success(Plan, 'The plan', EXAMPLE), ...errors.responses('no-such-subscription') },
    }),
    async (c) => c.json(toWire(errors.unwrap(await readPlan(c.var.context, c.req.valid('param').id))), 200),
  )

  api.openapi(
    createRoute({
      method: 'put',
      path: '/subscription/update/{id}',
      summary: 'Replace a subscription plan',
      ...staffOnly,
      request: { params, body: body(Replacement) },
      responses: {
        200: success(Plan, 'The plan', EXAMPLE),
        ...errors.responses('ends-before-it-starts', 'no-such-subscription', FORBIDDEN),
      },
    }),
    async (c) => {
      const changed = await changePlan(c.var.context, { ...c.req.valid('param'), ...changesFrom(c.req.valid('json')) })
      return c.json(toWire(errors.unwrap(changed)), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/subscription/update/{id}',
      summary: 'Change some fields of a subscription plan',
      ...staffOnly,
      request: { params, body: body(Replacement.partial()) },
      responses: {
        200: success(Plan, 'The plan', EXAMPLE),
        ...errors.responses('ends-before-it-starts', 'no-such-subscription', FORBIDDEN),
      },
    }),
    async (c) => {
      const changed = await changePlan(c.var.context, { ...c.req.valid('param'), ...changesFrom(c.req.valid('json')) })
      return c.json(toWire(errors.unwrap(changed)), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/subscription/delete/{id}',
      summary: 'Delete a subscription plan',
      description: 'Accounts on this plan have no plan afterwards.',
      ...staffOnly,
      request: { params },
      responses: {
        200: success(MessageResponse, 'Deleted', { message: 'Subscription plan deleted successfully' }),
        ...errors.responses('no-such-subscription', FORBIDDEN),
      },
    }),
    async (c) => {
      errors.unwrap(await removePlan(c.var.context, c.req.valid('param').id))
      return c.json({ message: 'Subscription plan deleted successfully' }, 200)
    },
  )
}
