import { Hono } from 'hono'
import { says } from './answers.ts'
import { NOT_FOUND } from './common-answers.ts'
import { type Contract, writeAnswer } from './dialect.ts'
import { describeFault } from './faults.ts'
import type { House } from './house.ts'
import { pathOf } from './paths.ts'
import { SegmentRouter } from './router.ts'

interface OwnPaths {
  readonly name: string
  readonly prefixes: readonly string[]
  readonly hang: (app: Hono<House>) => void
}

/** Paths of our own as the dispatcher sees them: pages and the like, which no document describes. */
export const ownPaths = ({ name, prefixes, hang }: OwnPaths): Contract => {
  const app = new Hono<House>({ router: new SegmentRouter(), getPath: pathOf })
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
    notFound: () => writeAnswer(NOT_FOUND),
    wrongMethod: (method, _path, allow) => writeAnswer(says(405, { detail: `Method "${method}" not allowed.` }, { Allow: allow })),
    failed: (record) => failed(record.id),
  }
}

const failed = (requestId: string): Response => writeAnswer(says(500, { detail: 'Internal server error.', request_id: requestId }))
