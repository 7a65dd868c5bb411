import * as z from 'zod/mini'
import { logIn } from '../../domain/sessions/log-in.ts'
import { blacklistRefresh, refreshAccess } from '../../domain/sessions/refresh.ts'
import { knownPassword } from '../../http/request/account-fields.ts'
import { loginAttemptOf } from '../../http/request/credentials.ts'
import { text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { ok } from '../../http/response/specs.ts'
import { publicRateLimited } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import { errors } from './errors.ts'

const Pair = documented(z.object({ refresh: z.string(), access: z.string() }), { id: 'TokenPair' })

const Credentials = z.object({
  username: text(),
  password: knownPassword(),
})
const Refresh = z.object({ refresh: text() })

const logInRoute = route({
  method: 'POST',
  path: '/api/token/',
  operationId: 'logIn',
  summary: 'Log in and get an access token and a refresh token',
  access: publicRateLimited,
  body: Credentials,
  responses: { 200: ok(Pair), ...errors.responses('invalid-credentials', 'throttled') },
  handle: async ({ context, body, request }) => {
    const { issued } = errors.unwrap(await logIn(context, { contract: 'meetups', ...body, ...loginAttemptOf(request, 'pair') }))
    return { status: 200, body: issued }
  },
})

const refreshRoute = route({
  method: 'POST',
  path: '/api/token/refresh',
  operationId: 'refreshAccessToken',
  summary: 'Get a new access token; the refresh token stays valid',
  access: publicRateLimited,
  body: Refresh,
  responses: {
    200: ok(z.object({ access: z.string() })),
    ...errors.responses('invalid-refresh-token'),
  },
  handle: async ({ context, body }) => ({ status: 200, body: errors.unwrap(await refreshAccess(context, body.refresh, 'meetups')) }),
})

const blacklistRoute = route({
  method: 'POST',
  path: '/api/token/blacklist/',
  operationId: 'revokeRefreshToken',
  summary: 'Log out: revoke the refresh token and every access token issued from it',
  access: publicRateLimited,
  body: Refresh,
  responses: { 200: ok(z.object({})), ...errors.responses('invalid-refresh-token') },
  handle: async ({ context, body }) => {
    errors.unwrap(await blacklistRefresh(context, body.refresh))
    return { status: 200, body: {} }
  },
})

/** Every /api/token* route of this contract, and /api/logout/, which is the same as /api/token/blacklist/. */
export const tokenRoutes = [
  logInRoute,
  refreshRoute,
  blacklistRoute,
  alias(blacklistRoute, { path: '/api/logout/', operationId: 'logOut' }),
]
