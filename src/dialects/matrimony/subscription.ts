import * as z from 'zod/mini'
import { addPlan, changePlan, listPlans, readPlan, removePlan } from '../../domain/subscriptions.ts'
import { date, pathId } from '../../http/request/fields.ts'
import { invalidPage, numberedPageOf, numberedPageToWire, pageNumberQuery } from '../../http/request/page-number.ts'
import { documented } from '../../http/response/documented.ts'
import { ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { PLAN_STATUSES, PLAN_TYPES, type SubscriptionPlan } from '../../model/subscription.ts'
import { isoTime } from '../../model/time.ts'
import { staffOnly } from './access.ts'
import { errors } from './errors.ts'
import { choice, MessageResponse } from './fields.ts'

const PAGE_SIZE = 10

const Plan = documented(
  z.object({
    subscription_id: z.int(),
    plan_type: z.string(),
    start_date: z.string(),
    end_date: z.string(),
    status: z.string(),
    created_on: z.string(),
    updated_on: z.string(),
  }),
  { id: 'Subscription' },
)

const toWire = (plan: SubscriptionPlan): z.infer<typeof Plan> => ({
  subscription_id: plan.id,
  plan_type: plan.planType,
  start_date: plan.startDate,
  end_date: plan.endDate,
  status: plan.status,
  created_on: isoTime(plan.createdAt),
  updated_on: isoTime(plan.updatedAt),
})

export const planStatus = () => choice(PLAN_STATUSES)

const PlanFields = z.object({
  plan_type: choice(PLAN_TYPES),
  start_date: date(),
  end_date: date(),
  status: z._default(planStatus(), 'active'),
})

const Replacement = z.extend(PlanFields, { status: z.optional(planStatus()) })
const Changes = z.partial(Replacement)

const params = z.object({ id: pathId() })

const changesFrom = (input: z.output<typeof Changes>) => ({
  planType: input.plan_type,
  startDate: input.start_date,
  endDate: input.end_date,
  status: input.status,
})

const addSubscription = route({
  method: 'POST',
  path: '/subscription/',
  operationId: 'createSubscription',
  summary: 'Create a subscription plan',
  access: staffOnly,
  quota: QUOTAS.subscriptionPlans,
  body: PlanFields,
  responses: {
    201: ok(z.extend(MessageResponse, Plan.shape)),
    ...errors.responses('ends-before-it-starts'),
  },
  handle: async ({ context, body }) => {
    const { plan_type: planType, start_date: startDate, end_date: endDate, status } = body
    const created = errors.unwrap(await addPlan(context, { planType, startDate, endDate, status }))
    return { status: 201, body: { message: 'Subscription added Successfully', ...toWire(created) } }
  },
})

const listSubscriptions = route({
  method: 'GET',
  path: '/subscription/list',
  operationId: 'listSubscriptions',
  summary: 'List the subscription plans, ten per page',
  access: member,
  query: pageNumberQuery,
  responses: {
    200: ok(numberedPageOf(Plan)),
    ...errors.responses(invalidPage),
  },
  handle: async ({ context, query, request }) => {
    const plans = await listPlans(context, query.page, PAGE_SIZE)
    return { status: 200, body: numberedPageToWire(request.url, plans, PAGE_SIZE, toWire) }
  },
})

const readSubscription = route({
  method: 'GET',
  path: '/subscription/list/{id}',
  operationId: 'getSubscription',
  summary: 'Get one subscription plan',
  access: member,
  params,
  responses: { 200: ok(Plan), ...errors.responses('no-such-subscription') },
  handle: async ({ context, params }) => ({ status: 200, body: toWire(errors.unwrap(await readPlan(context, params.id))) }),
})

const changeResponses = {
  200: ok(Plan),
  ...errors.responses('ends-before-it-starts', 'no-such-subscription'),
}

const replaceSubscription = route({
  method: 'PUT',
  path: '/subscription/update/{id}',
  operationId: 'replaceSubscription',
  summary: 'Replace a subscription plan',
  access: staffOnly,
  params,
  body: Replacement,
  responses: changeResponses,
  handle: async ({ context, params, body }) => {
    const changed = errors.unwrap(await changePlan(context, { ...params, ...changesFrom(body) }))
    return { status: 200, body: toWire(changed) }
  },
})

const changeSubscription = route({
  method: 'PATCH',
  path: '/subscription/update/{id}',
  operationId: 'changeSubscription',
  summary: 'Change some fields of a subscription plan',
  access: staffOnly,
  params,
  body: Changes,
  responses: changeResponses,
  handle: async ({ context, params, body }) => {
    const changed = errors.unwrap(await changePlan(context, { ...params, ...changesFrom(body) }))
    return { status: 200, body: toWire(changed) }
  },
})

const deleteSubscription = route({
  method: 'DELETE',
  path: '/subscription/delete/{id}',
  operationId: 'deleteSubscription',
  summary: 'Delete a subscription plan',
  access: staffOnly,
  params,
  responses: {
    200: ok(MessageResponse),
    ...errors.responses('no-such-subscription'),
  },
  handle: async ({ context, params }) => {
    errors.unwrap(await removePlan(context, params.id))
    return { status: 200, body: { message: 'Subscription plan deleted successfully' } }
  },
})

/** The routes under /subscription/. */
export const subscriptionRoutes = [
  addSubscription,
  listSubscriptions,
  readSubscription,
  replaceSubscription,
  changeSubscription,
  deleteSubscription,
]
