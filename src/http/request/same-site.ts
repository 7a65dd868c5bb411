import type { Settings } from '../../model/settings.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a browser sent this unsafe request for another site. Browsers attach cookies on their own, so a request that
 * changes something and bears only the cookie must come from our own origin or from a listed one. A client that sends
 * neither header is not a browser, so another site cannot use it against its user.
 */
export const isCrossSite = (request: Request, allowedOrigins: Settings['allowedOrigins']): boolean => {
  if (SAFE_METHODS.has(request.method)) return false
  const origin = request.headers.get('Origin')
  if (origin !== null) {
    return origin !== new URL(request.url).origin && !(allowedOrigins !== 'any' && allowedOrigins.has(origin))
  }
  const site = request.headers.get('Sec-Fetch-Site')
  return site !== null && site !== 'same-origin' && site !== 'none'
}

/** Whether a request comes from a page of our own, or from no browser at all. */
export const isSameOrigin = (request: Request): boolean => {
  const origin = request.headers.get('Origin')
  if (origin !== null) return origin === new URL(request.url).origin
  const site = request.headers.get('Sec-Fetch-Site')
  return site === null || site === 'same-origin'
}
