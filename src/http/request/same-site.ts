import type { Settings } from '../../model/settings.ts'

/**
 * Whether a browser sent this request for a page of another site. Browsers attach cookies on their own, so a request that
 * changes something and bears only the cookie must come from our own origin or from a listed one. A client that sends
 * neither header is not a browser, so another site cannot use it against its user.
 * `Sec-Fetch-Site: same-origin` is decided by the browser and counts first: behind a proxy that rewrites `Host`, our own
 * pages have another `Origin` than the request's URL.
 */
export const isCrossSite = (request: Request, allowedOrigins: Settings['allowedOrigins']): boolean => {
  const site = request.headers.get('Sec-Fetch-Site')
  if (site === 'same-origin') return false
  const origin = request.headers.get('Origin')
  if (origin !== null) {
    return origin !== new URL(request.url).origin && !(allowedOrigins !== 'any' && allowedOrigins.has(origin))
  }
  return site !== null && site !== 'none'
}

/** Whether a request comes from a page of our own, or from no browser at all. */
export const isSameOrigin = (request: Request): boolean => {
  const site = request.headers.get('Sec-Fetch-Site')
  if (site === 'same-origin') return true
  const origin = request.headers.get('Origin')
  return origin === null ? site === null : origin === new URL(request.url).origin
}
