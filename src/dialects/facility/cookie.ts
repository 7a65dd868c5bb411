import type { Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { SESSION_COOKIE } from '../../http/credentials.ts'

const cookieOptions = (c: Context) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'Lax' as const,
  secure: new URL(c.req.url).protocol === 'https:',
})

/** Sets the session cookie. From now on the browser sends it with each request. */
export const setSessionCookie = (c: Context, token: string, lifetimeMs: number): void =>
  setCookie(c, SESSION_COOKIE, token, { ...cookieOptions(c), maxAge: Math.floor(lifetimeMs / 1000) })

export const clearSessionCookie = (c: Context): void => {
  deleteCookie(c, SESSION_COOKIE, cookieOptions(c))
}
