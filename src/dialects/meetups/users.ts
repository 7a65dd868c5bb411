import * as z from 'zod/mini'
import { listPeople } from '../../domain/profiles/list-people.ts'
import { readPerson } from '../../domain/profiles/meetups.ts'
import { text } from '../../http/request/fields.ts'
import { nextLink, pageQuery } from '../../http/request/paging.ts'
import { documented } from '../../http/response/documented.ts'
import { ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import type { PublicPerson } from '../../model/profile.ts'
import { errors } from './errors.ts'

const PublicUser = documented(
  z.object({ id: z.string(), username: z.string(), first_name: z.string(), last_name: z.string(), bio: z.string() }),
  { id: 'PublicUser' },
)

const toWire = ({ objectId, username, firstName, lastName, bio }: PublicPerson): z.infer<typeof PublicUser> => ({
  id: objectId,
  username,
  first_name: firstName,
  last_name: lastName,
  bio,
})

const query = z.extend(pageQuery(z.int()), {
  search: z._default(text({ max: 150, blank: true }), ''),
})

const listUsers = route({
  method: 'GET',
  path: '/api/users/',
  operationId: 'listUsers',
  summary: 'List users, oldest account first',
  access: member,
  query,
  responses: { 200: ok(z.array(PublicUser)) },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null, search } = query
    const { items, next } = await listPeople(context, { after: cursor, limit, search })
    return { status: 200, body: items.map(toWire), headers: nextLink(request.url, next) }
  },
})

const readUser = route({
  method: 'GET',
  path: '/api/users/{user_id}/',
  operationId: 'getUser',
  summary: 'Get one user',
  access: member,
  params: z.object({ user_id: z.string() }),
  responses: { 200: ok(PublicUser), ...errors.responses('not-found') },
  handle: async ({ context, params }) => ({ status: 200, body: toWire(errors.unwrap(await readPerson(context, params.user_id))) }),
})

/** Every GET /api/users/* route of this contract. */
export const userRoutes = [listUsers, readUser]
