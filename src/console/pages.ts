import { Hono } from 'hono'
import { says } from '../http/answers.ts'
import { type Contract, NOT_FOUND, writeAnswer } from '../http/dialect.ts'
import { describeFault } from '../http/faults.ts'
import type { House } from '../http/house.ts'
import { pathOf } from '../http/paths.ts'
import { SegmentRouter } from '../http/router.ts'
import { CONSOLE_POLICY, consolePage, supportPage, supportPolicy } from './html.ts'

/**
 * The pages of the support chat: staff sit at /console, a person at /support. They are the same for everybody and hold
 * nothing of anybody: who may see what is asked of the REST and the sockets that they call.
 *
 * To show /support inside a page of another origin, list that origin in ALLOWED_ORIGINS and write there:
 * <iframe src="https://…/support" title="Support chat" width="380" height="640"></iframe>
 */
const pagesContract = (): Contract => {
  const app = new Hono<House>({ router: new SegmentRouter(), getPath: pathOf })

  app.get('/console', (c) => c.html(consolePage, 200, CONSOLE_POLICY))
  app.get('/support', (c) => c.html(supportPage, 200, supportPolicy(c.env.ctx.settings.allowedOrigins)))

  app.onError((error, c) => {
    c.env.record.fault = describeFault(error)
    return failed(c.env.record.id)
  })

  return {
    name: 'pages',
    prefixes: ['/support'],
    routes: app.routes.map(({ method, path }) => ({ method, pattern: path })),
    fetch: (request, bindings) => app.fetch(request, bindings),
    notFound: () => writeAnswer(NOT_FOUND),
    wrongMethod: (method, _path, allow) => writeAnswer(says(405, { detail: `Method "${method}" not allowed.` }, { Allow: allow })),
    failed: (record) => failed(record.id),
  }
}

const failed = (requestId: string): Response => writeAnswer(says(500, { detail: 'Internal server error.', request_id: requestId }))

export const pages = pagesContract()
