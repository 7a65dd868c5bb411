import { serialize } from 'hono/utils/cookie'
import type { IssuedTokens } from '../../domain/sessions/credentials.ts'
import { SESSION_COOKIE } from '../../http/request/credentials.ts'

const optionsFor = (requestUrl: string) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'Lax' as const,
  secure: new URL(requestUrl).protocol === 'https:',
})

/** The header that sets the session cookie. From then on the browser identifies the caller on its own. */
export const sessionCookie = (requestUrl: string, { token, lifetimeMs }: IssuedTokens['session']) => ({
  'Set-Cookie': serialize(SESSION_COOKIE, token, { ...optionsFor(requestUrl), maxAge: Math.floor(lifetimeMs / 1000) }),
})

export const clearedSessionCookie = (requestUrl: string) => ({
  'Set-Cookie': serialize(SESSION_COOKIE, '', { ...optionsFor(requestUrl), maxAge: 0 }),
})
