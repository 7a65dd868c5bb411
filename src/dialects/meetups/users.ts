import { createRoute, z } from '@hono/zod-openapi'
import { listPeople } from '../../domain/profiles/list-people.ts'
import { type PublicPerson, readPerson } from '../../domain/profiles/meetups.ts'
import type { Api } from '../../http/api.ts'
import { signedIn } from '../../http/credentials.ts'
import { text } from '../../http/fields.ts'
import { linkNext, pageQuery } from '../../http/paging.ts'
import { success } from '../../http/responses.ts'
import { errors } from './errors.ts'

const PublicUser = z
  .object({ id: z.string(), username: z.string(), first_name: z.string(), last_name: z.string(), bio: z.string() })
  .openapi('PublicUser')

const toWire = ({ objectId, username, firstName, lastName, bio }: PublicPerson): z.infer<typeof PublicUser> => ({
  id: objectId,
  username,
  first_name: firstName,
  last_name: lastName,
  bio,
})

const EXAMPLE = { id: '68cd793ca4a36f574952921b', username: 'alice', first_name: 'Alice', last_name: 'Z', bio: 'Software engineer' }

const query = pageQuery(z.int()).extend({
  search: text({ max: 150, blank: true, description: 'The beginning of a username, first name or last name.' }).default(''),
})

/** Every GET /api/users/* path of this contract. */
export const users = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/users/',
      summary: 'List users, oldest account first',
      ...signedIn,
      request: { query },
      responses: { 200: success(z.array(PublicUser), 'The public fields of each user', [EXAMPLE]) },
    }),
    async (c) => {
      const { limit, cursor = null, search } = c.req.valid('query')
      const { items, next } = await listPeople(c.var.context, { after: cursor, limit, search })
      linkNext(c, next)
      return c.json(items.map(toWire), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/users/{user_id}/',
      summary: 'Get one user',
      ...signedIn,
      request: { params: z.object({ user_id: z.string().openapi({ example: EXAMPLE.id }) }) },
      responses: { 200: success(PublicUser, 'The public fields of the user', EXAMPLE), ...errors.responses('not-found') },
    }),
    async (c) => c.json(toWire(errors.unwrap(await readPerson(c.var.context, c.req.valid('param').user_id))), 200),
  )
}
