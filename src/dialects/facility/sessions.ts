import { createRoute, z } from '@hono/zod-openapi'
import { signToken } from '../../domain/sessions/credentials.ts'
import { logIn } from '../../domain/sessions/log-in.ts'
import { logOut } from '../../domain/sessions/log-out.ts'
import { knownPassword } from '../../http/account-fields.ts'
import { says } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { atTheDoor, knockOf, signedIn } from '../../http/credentials.ts'
import { text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { seat, unseat } from './cookie.ts'
import { failures } from './envelope.ts'
import { EXAMPLE_USER, toWire, UserDone } from './user.ts'

const Credentials = z.object({
  username: text({ example: 'JohnSmith' }),
  password: knownPassword({ example: 'secret password' }),
})

const bothRequired = () => says(400, { detail: 'Both username and password are required.' })

/** Every /api/sessions/ path of this contract. */
export const sessions = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/sessions/',
      summary: 'Log in: sets the session cookie',
      ...atTheDoor,
      request: { body: body(Credentials, { invalid: bothRequired }) },
      responses: {
        200: success(UserDone, 'Logged in', { detail: 'Login successful', data: { user: EXAMPLE_USER } }),
        ...failures.documented('invalid-credentials', 'throttled'),
      },
    }),
    async (c) => {
      const { ctx } = c.var
      const { account, credential, facility } = failures.settle(
        await logIn(ctx, { ...c.req.valid('json'), ...knockOf(c.req.raw, 'session') }),
      )
      seat(c, await signToken(ctx, account, credential), ctx.settings.lifetimes.session)
      return c.json({ detail: 'Login successful', data: { user: toWire(account, facility, c.req.url) } }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/sessions/',
      summary: 'Log out: the session is dead from now on',
      ...signedIn,
      responses: { 200: success(z.object({ detail: z.string() }), 'Logged out', { detail: 'Logout successful' }) },
    }),
    async (c) => {
      await logOut(c.var.ctx)
      unseat(c)
      return c.json({ detail: 'Logout successful' }, 200)
    },
  )
}
