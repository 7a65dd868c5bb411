import * as z from 'zod/mini'
import { register } from '../../domain/accounts/register.ts'
import { logIn } from '../../domain/sessions/log-in.ts'
import { logOut } from '../../domain/sessions/log-out.ts'
import { knownPassword, newPassword, takenFieldErrors, username } from '../../http/request/account-fields.ts'
import { loginAttemptOf } from '../../http/request/credentials.ts'
import { email, text } from '../../http/request/fields.ts'
import { errorResponse } from '../../http/response/errors.ts'
import { ok } from '../../http/response/specs.ts'
import { member, publicRateLimited } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import { errors } from './errors.ts'

const Message = z.object({ message: z.string() })

const Registration = z.object({
  username: username(),
  email: z._default(email({ blank: true }), ''),
  password: newPassword('basic'),
})

const Credentials = z.object({
  username: text(),
  password: knownPassword(),
})

const registerRoute = route({
  method: 'POST',
  path: '/api/v1/user/registration/',
  operationId: 'register',
  summary: 'Register an account',
  access: publicRateLimited,
  body: Registration,
  bodyOptions: { additionalErrors: takenFieldErrors },
  responses: { 201: ok(Message), ...errors.responses('taken', 'throttled') },
  handle: async ({ context, body }) => {
    errors.unwrap(await register(context, body))
    return { status: 201, body: { message: 'User Created' } }
  },
})

const logInRoute = route({
  method: 'POST',
  path: '/api/v1/user/login/',
  operationId: 'logIn',
  summary: 'Log in',
  access: publicRateLimited,
  body: Credentials,
  bodyOptions: { invalid: () => errorResponse(400, { error: 'Username and password are required.' }) },
  responses: {
    200: ok(z.object({ token: z.string() })),
    ...errors.responses('invalid-credentials', 'throttled'),
  },
  handle: async ({ context, body, request }) => {
    const { issued } = errors.unwrap(await logIn(context, { contract: 'recovery', ...body, ...loginAttemptOf(request, 'token') }))
    return { status: 200, body: { token: issued.token } }
  },
})

const logOutRoute = route({
  method: 'POST',
  path: '/api/v1/user/logout/',
  operationId: 'logOut',
  summary: 'Log out and revoke the token',
  access: member,
  responses: { 200: ok(Message) },
  handle: async ({ context }) => {
    await logOut(context)
    return { status: 200, body: { message: 'Logged out.' } }
  },
})

/** /api/v1/user/registration/, login/ and logout/. */
export const userRoutes = [registerRoute, logInRoute, logOutRoute]
