import { getPath } from 'hono/utils/url'

/** `/session/` and `/session` are one path. Routes are written as the documents spell them and matched without the slash. */
export const withoutSlash = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

export const pathOf = (request: Request): string => withoutSlash(getPath(request))

/** `/session/{id}/`, as OpenAPI writes it, to `/session/:id`, as routers match it. */
export const patternOf = (path: string): string => withoutSlash(path).replaceAll(/\{(\w+)\}/g, ':$1')
