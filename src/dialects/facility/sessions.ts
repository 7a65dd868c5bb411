import { createRoute, z } from '@hono/zod-openapi'
import { signToken } from '../../domain/sessions/credentials.ts'
import { logIn } from '../../domain/sessions/log-in.ts'
import { logOut } from '../../domain/sessions/log-out.ts'
import { knownPassword } from '../../http/account-fields.ts'
import { errorResponse } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { loginAttemptOf, publicRateLimited, signedIn } from '../../http/credentials.ts'
import { text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { clearSessionCookie, setSessionCookie } from './cookie.ts'
import { errors } from './errors.ts'
import { EXAMPLE_USER, toWire, UserWithDetailResponse } from './user.ts'

const Credentials = z.object({
  username: text({ example: 'JohnSmith' }),
  password: knownPassword({ example: 'secret password' }),
})

const missingCredentials = () => errorResponse(400, { detail: 'Both username and password are required.' })

/** The routes under /api/sessions/. */
export const sessions = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/sessions/',
      summary: 'Log in and set the session cookie',
      ...publicRateLimited,
      request: { body: body(Credentials, { invalid: missingCredentials }) },
      responses: {
        200: success(UserWithDetailResponse, 'Logged in', { detail: 'Login successful', data: { user: EXAMPLE_USER } }),
        ...errors.responses('invalid-credentials', 'throttled'),
      },
    }),
    async (c) => {
      const { context } = c.var
      const { account, credential, facility } = errors.unwrap(
        await logIn(context, { ...c.req.valid('json'), ...loginAttemptOf(c.req.raw, 'session') }),
      )
      setSessionCookie(c, await signToken(context, account, credential), context.settings.lifetimes.session)
      return c.json({ detail: 'Login successful', data: { user: toWire(account, facility, c.req.url) } }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/sessions/',
      summary: 'Log out and end the session',
      ...signedIn,
      responses: { 200: success(z.object({ detail: z.string() }), 'Logged out', { detail: 'Logout successful' }) },
    }),
    async (c) => {
      await logOut(c.var.context)
      clearSessionCookie(c)
      return c.json({ detail: 'Logout successful' }, 200)
    },
  )
}
