import * as z from 'zod/mini'
import { dismissPlan, listDismissedPlans, undismissPlan } from '../../domain/plan-dismissals.ts'
import { nextLink, pageQuery } from '../../http/request/paging.ts'
import { noContent, ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { IdCursor } from './cursor.ts'
import { errors } from './errors.ts'
import { PlanView, planToWire } from './plans.ts'

const params = z.object({ plan_id: z.string() })

const listDismissedRoute = route({
  method: 'GET',
  path: '/api/plans/dismissed',
  operationId: 'listDismissedPlans',
  summary: 'List the plans that the caller dismissed, oldest first',
  access: member,
  query: pageQuery(IdCursor),
  responses: { 200: ok(z.array(PlanView)) },
  handle: async ({ context, query, request }) => {
    const { limit, cursor: after = null } = query
    const { items, next } = await listDismissedPlans(context, { after, limit })
    return { status: 200, body: items.map(planToWire), headers: nextLink(request.url, next) }
  },
})

const dismissRoute = route({
  method: 'POST',
  path: '/api/plans/{plan_id}/dismiss',
  operationId: 'dismissPlan',
  summary: "Take a plan out of the caller's list of plans",
  access: member,
  quota: QUOTAS.planDismissals,
  params,
  responses: { 204: noContent, ...errors.responses('invalid-id', 'plan-not-found') },
  handle: async ({ context, params }) => {
    errors.unwrap(await dismissPlan(context, params.plan_id))
    return { status: 204, body: null }
  },
})

const undismissRoute = route({
  method: 'POST',
  path: '/api/plans/{plan_id}/undismiss',
  operationId: 'undismissPlan',
  summary: "Put a dismissed plan back into the caller's list of plans",
  access: member,
  params,
  responses: { 204: noContent, ...errors.responses('invalid-id', 'plan-not-found') },
  handle: async ({ context, params }) => {
    errors.unwrap(await undismissPlan(context, params.plan_id))
    return { status: 204, body: null }
  },
})

/** The routes for dismissed plans. The published client sends DELETE to `undismiss`. */
export const planDismissalRoutes = [
  listDismissedRoute,
  dismissRoute,
  undismissRoute,
  alias(undismissRoute, { method: 'DELETE', operationId: 'undismissPlanByDelete' }),
]
