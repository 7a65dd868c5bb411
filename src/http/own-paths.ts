import { Hono } from 'hono'
import { errorResponse } from './answers.ts'
import type { AppEnv } from './app-env.ts'
import { NOT_FOUND } from './common-answers.ts'
import { type Contract, toResponse } from './dialect.ts'
import { describeFault } from './faults.ts'
import { pathOf } from './paths.ts'
import { SegmentRouter } from './router.ts'

interface OwnPaths {
  readonly name: string
  readonly prefixes: readonly string[]
  readonly hang: (app: Hono<AppEnv>) => void
}

/** Paths of our own as the dispatcher sees them: pages and the like, which no document describes. */
export const ownPaths = ({ name, prefixes, hang }: OwnPaths): Contract => {
  const app = new Hono<AppEnv>({ router: new SegmentRouter(), getPath: pathOf })
  hang(app)

  app.onError((error, c) => {
    c.env.record.fault = describeFault(error)
    return failed(c.env.record.id)
  })

  return {
    name,
    prefixes,
    routes: app.routes.map(({ method, path }) => ({ method, pattern: path })),
    fetch: (request, bindings) => app.fetch(request, bindings),
    notFound: () => toResponse(NOT_FOUND),
    wrongMethod: (method, _path, allow) => toResponse(errorResponse(405, { detail: `Method "${method}" not allowed.` }, { Allow: allow })),
    failed: (record) => failed(record.id),
  }
}

const failed = (requestId: string): Response => toResponse(errorResponse(500, { detail: 'Internal server error.', request_id: requestId }))
