import { isHealthy } from '../domain/health.ts'
import type { Contract, DocumentedContract } from '../http/dialect.ts'
import { ownPaths } from '../http/own-paths.ts'
import { media } from './media.ts'
import { docsPage, homePage, PAGE_POLICY, REFERENCE_POLICY } from './pages.ts'

const HOUR = 'public, max-age=3600'

/** The paths of our own: what this is, how it is, and the reference of the five contracts. Owner of every path that is nobody's. */
export const siteOf = (contracts: readonly DocumentedContract[]): Contract =>
  ownPaths({
    name: 'site',
    prefixes: ['/'],
    hang: (app) => {
      app.get('/', (c) => c.html(homePage(contracts), 200, PAGE_POLICY))
      app.get('/docs', (c) => c.html(docsPage(contracts), 200, REFERENCE_POLICY))

      for (const contract of contracts) {
        app.get(`/docs/openapi/${contract.name}.json`, (c) =>
          c.json(contract.document(new URL(c.req.url).origin), 200, { 'Cache-Control': HOUR, Vary: 'Host' }),
        )
      }

      app.get('/health', async (c) => {
        const healthy = await isHealthy(c.env.context)
        return healthy ? c.json({ status: 'ok', database: 'ok' }, 200) : c.json({ status: 'unavailable', database: 'unreachable' }, 503)
      })

      app.get('/media/profile_img/:name', media)
    },
  })
