import { isHealthy } from '../domain/health.ts'
import type { Contract, DocumentedContract } from '../http/dialect.ts'
import { ownPaths } from '../http/own-paths.ts'
import { media } from './media.ts'
import { docsPage, homePage, PAGE_POLICY, REFERENCE_POLICY } from './pages.ts'

const ONE_HOUR = 'public, max-age=3600'

/** The site's own paths: home page, API reference, health check, profile pictures. It also answers every path that no contract has. */
export const siteOf = (contracts: readonly DocumentedContract[]): Contract =>
  ownPaths({
    name: 'site',
    prefixes: ['/'],
    hang: (app) => {
      app.get('/', (c) => c.html(homePage(contracts), 200, PAGE_POLICY))
      app.get('/docs', (c) => c.html(docsPage(contracts), 200, REFERENCE_POLICY))

      for (const contract of contracts) {
        app.get(`/docs/openapi/${contract.name}.json`, (c) =>
          c.json(contract.document(new URL(c.req.url).origin), 200, { 'Cache-Control': ONE_HOUR, Vary: 'Host' }),
        )
      }

      app.get('/health', async (c) => {
        const healthy = await isHealthy(c.env.context)
        return healthy ? c.json({ status: 'ok', database: 'ok' }, 200) : c.json({ status: 'unavailable', database: 'unreachable' }, 503)
      })

      app.get('/media/profile_img/:name', media)
    },
  })
