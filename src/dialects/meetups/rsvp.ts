import { createRoute, z } from '@hono/zod-openapi'
import { addRsvp, type Rsvp } from '../../domain/rsvps/add-rsvp.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { failures } from './envelope.ts'

const Added = z
  .object({
    message: z.string(),
    id: z.string(),
    data: z.object({ plan_id: z.string(), user_id: z.string(), created_at: z.string() }),
  })
  .openapi('RsvpAdded')

const toWire = ({ planId, createdAt }: Rsvp, userId: string): z.infer<typeof Added>['data'] => ({
  plan_id: planId,
  user_id: userId,
  created_at: isoTime(createdAt),
})

const EXAMPLE = {
  message: 'RSVP created',
  id: '68e2bc8d390fe44b0f398f4e',
  data: { plan_id: '68dabba350510db53d9af43d', user_id: '68cd793ca4a36f574952921b', created_at: '2024-01-15T10:30:00Z' },
}

/** Every /api/rsvp/* path of this contract. */
export const rsvp = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/rsvp/add',
      summary: 'RSVP to a plan',
      ...signedIn,
      request: { body: body(z.object({ plan_id: text({ example: EXAMPLE.data.plan_id }) })) },
      responses: {
        201: success(Added, 'The RSVP', EXAMPLE),
        ...failures.documented('invalid-id', 'plan-not-found', 'rsvp-exists', 'plan-full'),
      },
    }),
    async (c) => {
      const { ctx } = c.var
      const added = failures.settle(await addRsvp(ctx, { planId: c.req.valid('json').plan_id }))
      return c.json({ message: 'RSVP created', id: added.id, data: toWire(added, ctx.actor.account.objectId) }, 201)
    },
  )
}
