import { createRoute, z } from '@hono/zod-openapi'
import { signPair } from '../../domain/sessions/credentials.ts'
import { logIn } from '../../domain/sessions/log-in.ts'
import { blacklistRefresh, refreshAccess } from '../../domain/sessions/refresh.ts'
import { knownPassword } from '../../http/account-fields.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { atTheDoor, knockOf } from '../../http/credentials.ts'
import { text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { failures } from './envelope.ts'

const Pair = z.object({ refresh: z.string(), access: z.string() }).openapi('TokenPair')
const EXAMPLE_PAIR = { refresh: 'eyJ0eXAiOiJKV1QiLCJh...', access: 'eyJ0eXAiOiJKV1QiLCJhb...' }

const Credentials = z.object({
  username: text({ example: 'rachel.green' }),
  password: knownPassword({ example: 'password123' }),
})
const Refresh = z.object({ refresh: text({ example: EXAMPLE_PAIR.refresh }) })

/** Every /api/token* path of this contract, and the other name of one. */
export const token = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/token/',
      summary: 'Log in: an access token and the refresh token that renews it',
      ...atTheDoor,
      request: { body: body(Credentials) },
      responses: { 200: success(Pair, 'The pair', EXAMPLE_PAIR), ...failures.documented('invalid-credentials', 'throttled') },
    }),
    async (c) => {
      const { ctx } = c.var
      const { account, credential } = failures.settle(await logIn(ctx, { ...c.req.valid('json'), ...knockOf(c.req.raw, 'pair') }))
      return c.json(await signPair(ctx, account, credential), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/token/refresh',
      summary: 'A new access token; the refresh token stays good',
      ...atTheDoor,
      request: { body: body(Refresh) },
      responses: {
        200: success(z.object({ access: z.string() }), 'The access token', { access: EXAMPLE_PAIR.access }),
        ...failures.documented('refresh-refused'),
      },
    }),
    async (c) => c.json(failures.settle(await refreshAccess(c.var.ctx, c.req.valid('json').refresh)), 200),
  )

  for (const path of ['/api/token/blacklist/', '/api/logout/'] as const) {
    api.openapi(
      createRoute({
        method: 'post',
        path,
        summary: 'Log out: the refresh token and every access token minted from it are dead',
        ...atTheDoor,
        request: { body: body(Refresh) },
        responses: { 200: success(z.object({}), 'Done', {}), ...failures.documented('refresh-refused') },
      }),
      async (c) => {
        failures.settle(await blacklistRefresh(c.var.ctx, c.req.valid('json').refresh))
        return c.json({}, 200)
      },
    )
  }
}
