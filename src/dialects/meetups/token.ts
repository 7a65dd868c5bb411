import { createRoute, z } from '@hono/zod-openapi'
import { signPair } from '../../domain/sessions/credentials.ts'
import { logIn } from '../../domain/sessions/log-in.ts'
import { blacklistRefresh, refreshAccess } from '../../domain/sessions/refresh.ts'
import { knownPassword } from '../../http/account-fields.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { loginAttemptOf, publicRateLimited } from '../../http/credentials.ts'
import { text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { errors } from './errors.ts'

const Pair = z.object({ refresh: z.string(), access: z.string() }).openapi('TokenPair')
const EXAMPLE_PAIR = { refresh: 'eyJ0eXAiOiJKV1QiLCJh...', access: 'eyJ0eXAiOiJKV1QiLCJhb...' }

const Credentials = z.object({
  username: text({ example: 'rachel.green' }),
  password: knownPassword({ example: 'password123' }),
})
const Refresh = z.object({ refresh: text({ example: EXAMPLE_PAIR.refresh }) })

/** Every /api/token* path of this contract, and /api/logout/, which is the same as /api/token/blacklist/. */
export const token = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/token/',
      summary: 'Log in and get an access token and a refresh token',
      ...publicRateLimited,
      request: { body: body(Credentials) },
      responses: { 200: success(Pair, 'The pair', EXAMPLE_PAIR), ...errors.responses('invalid-credentials', 'throttled') },
    }),
    async (c) => {
      const { context } = c.var
      const { account, credential } = errors.unwrap(await logIn(context, { ...c.req.valid('json'), ...loginAttemptOf(c.req.raw, 'pair') }))
      return c.json(await signPair(context, account, credential), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/token/refresh',
      summary: 'Get a new access token; the refresh token stays valid',
      ...publicRateLimited,
      request: { body: body(Refresh) },
      responses: {
        200: success(z.object({ access: z.string() }), 'The access token', { access: EXAMPLE_PAIR.access }),
        ...errors.responses('invalid-refresh-token'),
      },
    }),
    async (c) => c.json(errors.unwrap(await refreshAccess(c.var.context, c.req.valid('json').refresh)), 200),
  )

  for (const path of ['/api/token/blacklist/', '/api/logout/'] as const) {
    api.openapi(
      createRoute({
        method: 'post',
        path,
        summary: 'Log out: revoke the refresh token and every access token issued from it',
        ...publicRateLimited,
        request: { body: body(Refresh) },
        responses: { 200: success(z.object({}), 'Logged out', {}), ...errors.responses('invalid-refresh-token') },
      }),
      async (c) => {
        errors.unwrap(await blacklistRefresh(c.var.context, c.req.valid('json').refresh))
        return c.json({}, 200)
      },
    )
  }
}
