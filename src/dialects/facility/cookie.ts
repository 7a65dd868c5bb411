import type { Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { SESSION_COOKIE } from '../../http/credentials.ts'

const options = (c: Context) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'Lax' as const,
  secure: new URL(c.req.url).protocol === 'https:',
})

/** Connections the caller: from now on their browser errorResponse who they are by itself. */
export const seat = (c: Context, token: string, lifetimeMs: number): void =>
  setCookie(c, SESSION_COOKIE, token, { ...options(c), maxAge: Math.floor(lifetimeMs / 1000) })

export const clearSessionCookie = (c: Context): void => {
  deleteCookie(c, SESSION_COOKIE, options(c))
}
