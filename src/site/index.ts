import * as z from 'zod/mini'
import { healthOf } from '../domain/maintenance/health.ts'
import { readinessOf } from '../domain/maintenance/readiness.ts'
import { documentFile, withOrigin } from '../http/openapi/document-file.ts'
import { pageResponse } from '../http/response/html.ts'
import { JSON_TYPE, ok } from '../http/response/specs.ts'
import { anyone } from '../http/routing/access.ts'
import type { Contract } from '../http/routing/contract.ts'
import { pagesContract } from '../http/routing/pages.ts'
import { type Route, route } from '../http/routing/route.ts'
import { isReady } from '../model/readiness.ts'
import { accountRoutes } from './account.ts'
import { alarmLinkRoutes } from './alarm-link.ts'
import { contactLinkRoutes } from './contact-link.ts'
import { mediaRoute } from './media.ts'
import { PAGE_POLICY } from './pages.ts'
import { passwordLinkRoutes } from './password-link.ts'

const HOUR = 'public, max-age=3600'

const Health = z.object({ status: z.string(), database: z.string(), alarms: z.optional(z.string()) })

const HEALTH = {
  ok: { status: 200, body: { status: 'ok', database: 'ok' } },
  // Still a 200: every request is answered, and a load balancer must not remove the server for this.
  degraded: { status: 200, body: { status: 'degraded', database: 'ok', alarms: 'no channel' } },
  unavailable: { status: 503, body: { status: 'unavailable', database: 'unreachable' } },
} as const

const health = route({
  method: 'GET',
  path: '/health',
  access: anyone,
  responses: {
    200: ok(Health),
    503: ok(Health),
  },
  handle: async ({ context }) => HEALTH[await healthOf(context)],
})

const Ready = z.object({ status: z.string(), checks: z.looseObject({}) })

/** Names the part that does not work, without numbers: how much is waiting, and for how long, is in the log. */
const ready = route({
  method: 'GET',
  path: '/ready',
  access: anyone,
  responses: { 200: ok(Ready), 503: ok(Ready) },
  handle: async ({ context }) => {
    const checks = await readinessOf(context)
    return isReady(checks) ? { status: 200, body: { status: 'ready', checks } } : { status: 503, body: { status: 'not ready', checks } }
  },
})

const documentRoute = (contract: Contract): Route =>
  route({
    method: 'GET',
    path: `/docs/openapi/${contract.name}.json`,
    access: anyone,
    responses: {},
    handle: async ({ context, request }) => {
      const document = withOrigin(await context.readReferenceFile(documentFile(contract.name)), new URL(request.url).origin)
      return { response: new Response(document, { headers: { 'Content-Type': JSON_TYPE, 'Cache-Control': HOUR, Vary: 'Host' } }) }
    },
  })

/** Paths of our own: the home page, the reference, the documents, health and pictures. It also owns every unknown path. */
export const siteOf = (contracts: readonly Contract[]): Contract => {
  const home = route({
    method: 'GET',
    path: '/',
    access: anyone,
    responses: {},
    handle: async ({ context }) => ({ response: await pageResponse(context, 'home', PAGE_POLICY) }),
  })
  const docs = route({
    method: 'GET',
    path: '/docs',
    access: anyone,
    responses: {},
    handle: async ({ context }) => ({ response: await pageResponse(context, 'docs', PAGE_POLICY) }),
  })
  return pagesContract({
    name: 'site',
    prefixes: ['/'],
    routes: [
      home,
      docs,
      ...contracts.map(documentRoute),
      health,
      ready,
      mediaRoute,
      ...accountRoutes,
      ...passwordLinkRoutes,
      ...contactLinkRoutes,
      ...alarmLinkRoutes,
    ],
  })
}
