import { createRoute, z } from '@hono/zod-openapi'
import { register } from '../../domain/accounts/register.ts'
import { signToken } from '../../domain/sessions/credentials.ts'
import { logIn } from '../../domain/sessions/log-in.ts'
import { logOut } from '../../domain/sessions/log-out.ts'
import { alsoTaken, knownPassword, newPassword, username } from '../../http/account-fields.ts'
import { errorResponse } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { loginAttemptOf, publicRateLimited, signedIn } from '../../http/credentials.ts'
import { email, text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { errors } from './errors.ts'

const Message = z.object({ message: z.string() })

const Registration = z.object({
  username: username({ example: 'sam' }),
  email: email({ blank: true, example: 'sam@example.com' }).default(''),
  password: newPassword('basic', { example: 'securepassword123' }),
})

const Credentials = z.object({
  username: text({ example: 'sam' }),
  password: knownPassword({ example: 'securepassword123' }),
})

const credentialsRequired = () => errorResponse(400, { error: 'Username and password are required.' })

/** /api/v1/user/registration/, login/ and logout/. */
export const user = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/user/registration/',
      summary: 'Register an account',
      ...publicRateLimited,
      request: { body: body(Registration, { also: alsoTaken }) },
      responses: { 201: success(Message, 'Registered', { message: 'User Created' }), ...errors.responses('taken', 'throttled') },
    }),
    async (c) => {
      errors.unwrap(await register(c.var.context, c.req.valid('json')))
      return c.json({ message: 'User Created' }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/user/login/',
      summary: 'Log in',
      ...publicRateLimited,
      request: { body: body(Credentials, { invalid: credentialsRequired }) },
      responses: {
        200: success(z.object({ token: z.string() }), 'A token', { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…' }),
        ...errors.responses('invalid-credentials', 'throttled'),
      },
    }),
    async (c) => {
      const { context } = c.var
      const { account, credential } = errors.unwrap(await logIn(context, { ...c.req.valid('json'), ...loginAttemptOf(c.req.raw, 'token') }))
      return c.json({ token: await signToken(context, account, credential) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/user/logout/',
      summary: 'Log out and revoke the token',
      ...signedIn,
      responses: { 200: success(Message, 'Logged out', { message: 'Logged out.' }) },
    }),
    async (c) => {
      await logOut(c.var.context)
      return c.json({ message: 'Logged out.' }, 200)
    },
  )
}
