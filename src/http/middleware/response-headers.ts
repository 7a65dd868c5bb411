import type { Settings } from '../../model/settings.ts'

/** Headers of every response. Pages set their own Content-Security-Policy; everything else gets the strictest one. */
const COMMON_HEADERS: readonly (readonly [string, string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
]
const NOT_FRAMED = "frame-ancestors 'none'"
const STRICTEST_POLICY = `default-src 'none'; ${NOT_FRAMED}`

const EXPOSED_HEADERS = 'Link, Location, Retry-After, WWW-Authenticate, X-Request-Id'
const ALLOWED_HEADERS = 'Accept, Authorization, Content-Type, X-CSRFToken, X-Request-Id'

interface Cors {
  readonly origin: string
  readonly credentials: boolean
}

/** What CORS allows the calling page; null for an origin that is not listed, and for requests without an origin. */
export const allowedOrigin = (request: Request, origins: Settings['allowedOrigins']): Cors | null => {
  const origin = request.headers.get('Origin')
  if (origin === null) return null
  if (origins === 'any') return { origin: '*', credentials: false }
  return origins.has(origin) ? { origin, credentials: true } : null
}

/** The response to OPTIONS: the methods of the path. CORS headers are added to it as to every response. */
export const preflight = (allow: string): Response => new Response(null, { status: 204, headers: { Allow: allow } })

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

/** Whether a browser asks before a cross-origin request. */
export const isPreflight = (request: Request): boolean =>
  request.method === 'OPTIONS' && request.headers.has('Origin') && request.headers.has('Access-Control-Request-Method')

/** For the preflight of a path that does not exist. */
export const preflightOfUnknown = (): Response => preflight(METHODS.join(', '))

/**
 * The methods of the path, and the requested one: the browser then sends the request and the page can read our 404 or 405.
 * Otherwise it would only see a network error.
 */
const allowedMethods = (allow: string, request: Request): string => {
  const requested = request.headers.get('Access-Control-Request-Method') ?? ''
  const methods = allow.split(', ')
  return METHODS.includes(requested) && !methods.includes(requested) ? [...methods, requested].sort().join(', ') : allow
}

export const withHeaders = (response: Response, request: Request, requestId: string, cors: Cors | null): Response => {
  // The headers of a WebSocket's 101 cannot be changed. Trying to would turn the upgrade into a 500.
  if (response.status === 101) return response
  const { headers } = response
  for (const [name, value] of COMMON_HEADERS) headers.set(name, value)
  headers.set('X-Request-Id', requestId)
  if (request.url.startsWith('https:')) headers.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains')
  const policy = headers.get('Content-Security-Policy') ?? STRICTEST_POLICY
  headers.set('Content-Security-Policy', policy)
  // The older header cannot hold a list of origins: it repeats frame-ancestors 'none' and is absent where a page may be framed.
  if (policy.includes(NOT_FRAMED)) headers.set('X-Frame-Options', 'DENY')
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
  headers.append('Vary', 'Origin')
  if (cors) {
    headers.set('Access-Control-Allow-Origin', cors.origin)
    headers.set('Access-Control-Expose-Headers', EXPOSED_HEADERS)
    if (cors.credentials) headers.set('Access-Control-Allow-Credentials', 'true')
    if (request.method === 'OPTIONS') {
      headers.set('Access-Control-Allow-Methods', allowedMethods(headers.get('Allow') ?? '', request))
      headers.set('Access-Control-Allow-Headers', ALLOWED_HEADERS)
      headers.set('Access-Control-Max-Age', '86400')
    }
  }
  return response
}

const ACCEPTED = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/

/** The caller's request id if it is safe to put into a header and a log line; otherwise a new one. */
export const requestIdOf = (request: Request): string => {
  const given = request.headers.get('X-Request-Id')
  return given && ACCEPTED.test(given) ? given : crypto.randomUUID()
}
