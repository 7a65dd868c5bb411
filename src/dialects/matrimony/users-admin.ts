import { createRoute, z } from '@hono/zod-openapi'
import { listInactiveUsers, listUsers } from '../../domain/accounts/list-users.ts'
import { suspend } from '../../domain/accounts/suspend.ts'
import type { Account } from '../../domain/context.ts'
import type { Api } from '../../http/api.ts'
import { pathId } from '../../http/fields.ts'
import { noSuchPage, numbered, numberedPageOf, pageNumberQuery } from '../../http/numbered-pages.ts'
import { linkNext, pageQuery } from '../../http/paging.ts'
import { success } from '../../http/responses.ts'
import { isoDay } from '../../http/times.ts'
import { errors } from './errors.ts'
import { MessageResponse } from './fields.ts'
import { adminOnly, adminViewOnly, FORBIDDEN, VIEW_FORBIDDEN } from './guards.ts'
import { ROLES } from './user-fields.ts'
import { roleOf } from './users.ts'

const PAGE_SIZE = 2

const ListedUser = z
  .object({
    user_id: z.int(),
    username: z.string(),
    email: z.string(),
    phone_number: z.string().nullable(),
    first_name: z.string(),
    last_name: z.string(),
    joined_date: z.string(),
    last_login: z.string(),
    subscription_plan: z.int().nullable(),
    is_active: z.boolean(),
    role: z.enum(ROLES),
  })
  .openapi('ListedUser')

const toWire = (account: Account): z.infer<typeof ListedUser> => ({
  user_id: account.id,
  username: account.username,
  email: account.email,
  phone_number: account.phoneNumber,
  first_name: account.firstName,
  last_name: account.lastName,
  joined_date: isoDay(account.createdAt),
  last_login: isoDay(account.lastLoginAt ?? account.createdAt),
  subscription_plan: account.subscriptionPlanId,
  is_active: account.isActive,
  role: roleOf(account),
})

const EXAMPLE: z.infer<typeof ListedUser> = {
  user_id: 28,
  username: 'syam',
  email: 'syam@gmail.com',
  phone_number: '+919023459789',
  first_name: 'syam',
  last_name: 'S',
  joined_date: '2024-11-19',
  last_login: '2024-11-19',
  subscription_plan: null,
  is_active: true,
  role: 'user',
}

const LISTS = [
  { path: '/users/listusers/', list: 'users', summary: 'List the accounts without flags, two per page' },
  { path: '/users/activeusers/', list: 'active-users', summary: 'List the active accounts without flags, two per page' },
] as const

/** The routes under /users/ that only admins may call. */
export const usersAdmin = (api: Api): void => {
  for (const { path, list, summary } of LISTS) {
    api.openapi(
      createRoute({
        method: 'get',
        path,
        summary,
        ...adminViewOnly,
        request: { query: pageNumberQuery },
        responses: {
          200: success(numberedPageOf(ListedUser), 'A page', { count: 1, next: null, previous: null, results: [EXAMPLE] }),
          ...errors.responses(VIEW_FORBIDDEN, noSuchPage),
        },
      }),
      async (c) => c.json(numbered(c, await listUsers(c.var.context, list, c.req.valid('query').page, PAGE_SIZE), PAGE_SIZE, toWire), 200),
    )
  }

  api.openapi(
    createRoute({
      method: 'get',
      path: '/users/inactiveusers/',
      summary: 'List the inactive accounts without flags, oldest first',
      ...adminViewOnly,
      request: { query: pageQuery(z.int()) },
      responses: {
        200: success(z.array(ListedUser), 'The accounts', [{ ...EXAMPLE, is_active: false, role: 'suspended' }]),
        ...errors.responses(VIEW_FORBIDDEN),
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const { items, next } = await listInactiveUsers(c.var.context, { after: cursor, limit })
      linkNext(c, next)
      return c.json(items.map(toWire), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/users/deactivateuser/{id}',
      summary: 'Suspend an account',
      description: 'Ends every credential of the account.',
      ...adminOnly,
      request: { params: z.object({ id: pathId({ example: 28 }) }) },
      responses: {
        200: success(MessageResponse, 'Suspended', { message: 'User syam deactivated successfully.' }),
        ...errors.responses('already-inactive', 'no-such-user', FORBIDDEN),
      },
    }),
    async (c) => {
      const { username } = errors.unwrap(await suspend(c.var.context, c.req.valid('param').id))
      return c.json({ message: `User ${username} deactivated successfully.` }, 200)
    },
  )
}
