import { serialize } from 'hono/utils/cookie'
import type { Context } from '../../domain/context.ts'
import type { IssuedTokens } from '../../domain/sessions/credentials.ts'
import { endReplacedSession } from '../../domain/sessions/log-out.ts'
import { SESSION_COOKIE, sessionCookieOf } from '../../http/request/credentials.ts'

const optionsFor = (requestUrl: string) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'Lax' as const,
  secure: new URL(requestUrl).protocol === 'https:',
})

/**
 * The header that sets the session cookie. From then on the browser identifies the caller on its own. The session of the
 * cookie that this one replaces ends: it could not be ended later, because its token is gone.
 */
export const startSession = async (context: Context, request: Request, { token, lifetimeMs }: IssuedTokens['session']) => {
  const replaced = sessionCookieOf(request)
  if (replaced !== undefined) await endReplacedSession(context, replaced)
  return { 'Set-Cookie': serialize(SESSION_COOKIE, token, { ...optionsFor(request.url), maxAge: Math.floor(lifetimeMs / 1000) }) }
}

export const clearedSessionCookie = (requestUrl: string) => ({
  'Set-Cookie': serialize(SESSION_COOKIE, '', { ...optionsFor(requestUrl), maxAge: 0 }),
})
