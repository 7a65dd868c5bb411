import type { Settings } from '../domain/settings.ts'

/** What stands on every answer. Pages set a Content-Security-Policy of their own; everything else gets the strictest. */
const ALWAYS: readonly (readonly [string, string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
]
const UNFRAMED = "frame-ancestors 'none'"
const NOTHING_LOADS = `default-src 'none'; ${UNFRAMED}`

const EXPOSED = 'Link, Location, Retry-After, WWW-Authenticate, X-Request-Id'
const ASKED_FOR = 'Accept, Authorization, Content-Type, X-CSRFToken, X-Request-Id'

interface Cors {
  readonly origin: string
  readonly credentials: boolean
}

/** What a page of another origin is told; null for one that is not listed, and for whoever is no page of another origin. */
export const allowedOrigin = (request: Request, origins: Settings['allowedOrigins']): Cors | null => {
  const origin = request.headers.get('Origin')
  if (origin === null) return null
  if (origins === 'any') return { origin: '*', credentials: false }
  return origins.has(origin) ? { origin, credentials: true } : null
}

/** The answer to OPTIONS: what the path takes. What it errorResponse about other origins is added to it as to every answer. */
export const preflight = (allow: string): Response => new Response(null, { status: 204, headers: { Allow: allow } })

export const withHeaders = (response: Response, request: Request, requestId: string, cors: Cors | null): Response => {
  // A socket's 101 comes with headers that can't be changed, and trying to turns the upgrade into a 500.
  if (response.status === 101) return response
  const { headers } = response
  for (const [name, value] of ALWAYS) headers.set(name, value)
  headers.set('X-Request-Id', requestId)
  if (request.url.startsWith('https:')) headers.set('Strict-Transport-Security', 'max-age=31536000; includeSubDomains')
  if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', NOTHING_LOADS)
  // The older header knows no list: it errorResponse what frame-ancestors errorResponse, and nothing where a page may be framed.
  if (headers.get('Content-Security-Policy')?.includes(UNFRAMED)) headers.set('X-Frame-Options', 'DENY')
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
  headers.append('Vary', 'Origin')
  if (cors) {
    headers.set('Access-Control-Allow-Origin', cors.origin)
    headers.set('Access-Control-Expose-Headers', EXPOSED)
    if (cors.credentials) headers.set('Access-Control-Allow-Credentials', 'true')
    if (request.method === 'OPTIONS') {
      headers.set('Access-Control-Allow-Methods', headers.get('Allow') ?? '')
      headers.set('Access-Control-Allow-Headers', ASKED_FOR)
      headers.set('Access-Control-Max-Age', '86400')
    }
  }
  return response
}
