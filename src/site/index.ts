import { Hono } from 'hono'
import { isHealthy } from '../domain/health.ts'
import { says } from '../http/answers.ts'
import { type Contract, type DocumentedContract, NOT_FOUND, writeAnswer } from '../http/dialect.ts'
import { describeFault } from '../http/faults.ts'
import type { House } from '../http/house.ts'
import { pathOf } from '../http/paths.ts'
import { SegmentRouter } from '../http/router.ts'
import { media } from './media.ts'
import { docsPage, homePage, PAGE_POLICY, REFERENCE_POLICY } from './pages.ts'

const HOUR = 'public, max-age=3600'

/** The paths of our own: what this is, how it is, and the reference of the five contracts. Owner of every path that is nobody's. */
export const siteOf = (contracts: readonly DocumentedContract[]): Contract => {
  const app = new Hono<House>({ router: new SegmentRouter(), getPath: pathOf })

  app.get('/', (c) => c.html(homePage(contracts), 200, PAGE_POLICY))
  app.get('/docs', (c) => c.html(docsPage(contracts), 200, REFERENCE_POLICY))

  for (const contract of contracts) {
    app.get(`/docs/openapi/${contract.name}.json`, (c) =>
      c.json(contract.document(new URL(c.req.url).origin), 200, { 'Cache-Control': HOUR, Vary: 'Host' }),
    )
  }

  app.get('/health', async (c) => {
    const healthy = await isHealthy(c.env.ctx)
    return healthy ? c.json({ status: 'ok', database: 'ok' }, 200) : c.json({ status: 'unavailable', database: 'unreachable' }, 503)
  })

  app.get('/media/profile_img/:name', media)

  app.onError((error, c) => {
    c.env.record.fault = describeFault(error)
    return failed(c.env.record.id)
  })

  return {
    name: 'site',
    prefixes: ['/'],
    routes: app.routes.map(({ method, path }) => ({ method, pattern: path })),
    fetch: (request, bindings) => app.fetch(request, bindings),
    notFound: () => writeAnswer(NOT_FOUND),
    wrongMethod: (method, _path, allow) => writeAnswer(says(405, { detail: `Method "${method}" not allowed.` }, { Allow: allow })),
    failed: (record) => failed(record.id),
  }
}

const failed = (requestId: string): Response => writeAnswer(says(500, { detail: 'Internal server error.', request_id: requestId }))
