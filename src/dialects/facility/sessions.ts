import * as z from 'zod/mini'
import { logIn } from '../../domain/sessions/log-in.ts'
import { logOut } from '../../domain/sessions/log-out.ts'
import { knownPassword } from '../../http/request/account-fields.ts'
import { loginAttemptOf } from '../../http/request/credentials.ts'
import { text } from '../../http/request/fields.ts'
import { CROSS_SITE, errorResponse } from '../../http/response/errors.ts'
import { ok } from '../../http/response/specs.ts'
import { member, publicSetsCookie } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import { EMPTY_FACILITY_PROFILE } from '../../model/facility.ts'
import { errors } from './errors.ts'
import { clearedSessionCookie, startSession } from './session-cookie.ts'
import { toWire, UserDone } from './user.ts'

const Credentials = z.object({
  username: text(),
  password: knownPassword(),
})

const logInRoute = route({
  method: 'POST',
  path: '/api/sessions/',
  operationId: 'logIn',
  summary: 'Log in and set the session cookie',
  access: publicSetsCookie,
  body: Credentials,
  bodyOptions: { invalid: () => errorResponse(400, { detail: 'Both username and password are required.' }) },
  responses: {
    200: ok(UserDone),
    ...errors.responses('invalid-credentials', { name: 'cross-site', response: CROSS_SITE }, 'throttled'),
  },
  handle: async ({ context, body, request }) => {
    const { account, issued, facility } = errors.unwrap(
      await logIn(context, { contract: 'facility', ...body, ...loginAttemptOf(request, 'session') }),
    )
    return {
      status: 200,
      body: { detail: 'Login successful', data: { user: toWire(context, account, facility ?? EMPTY_FACILITY_PROFILE, request.url) } },
      headers: await startSession(context, request, issued),
    }
  },
})

const logOutRoute = route({
  method: 'DELETE',
  path: '/api/sessions/',
  operationId: 'logOut',
  summary: 'Log out and end the session',
  access: member,
  responses: { 200: ok(z.object({ detail: z.string() })) },
  handle: async ({ context, request }) => {
    await logOut(context)
    return { status: 200, body: { detail: 'Logout successful' }, headers: clearedSessionCookie(request.url) }
  },
})

export const sessionRoutes = [logInRoute, logOutRoute]
