import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import type { AppEnv } from './app-env.ts'
import { bodyDetails, Invalid, readsBody } from './body.ts'
import { fieldErrors } from './field-errors.ts'
import { pathOf, patternOf } from './paths.ts'
import { SegmentRouter } from './router.ts'

/**
 * What a dialect hangs its routes on: `api.openapi(createRoute({ … }), handler)`, as with any OpenAPIHono. Beside that it
 * matches without regard to order or trailing slashes, reads bodies as Django does (bodies.ts), and keeps the routes as
 * they were written, for the document, which is made when somebody asks for it and not at start-up.
 */
export class Api extends OpenAPIHono<AppEnv> {
  readonly documented: RouteConfig[] = []

  constructor() {
    super({
      router: new SegmentRouter(),
      getPath: pathOf,
      defaultHook: (result) => {
        if (!result.success) throw new Invalid(fieldErrors(result.error.issues))
      },
    })
    const mount = this.openapi
    this.openapi = (route, handler, hook) => {
      this.documented.push(route)
      return mount(mounted(route), handler, hook)
    }
  }
}

const mounted = <R extends RouteConfig>(route: R): R => {
  const details = bodyDetails(route.request?.body)
  const before = [route.middleware ?? []].flat()
  return {
    ...route,
    hide: true,
    path: patternOf(route.path),
    middleware: details ? [...before, readsBody(details)] : before,
    request: { ...route.request, body: undefined },
  }
}
