import * as z from 'zod/mini'
import { listInactiveUsers, listUsers } from '../../domain/accounts/list-users.ts'
import { suspend } from '../../domain/accounts/suspend.ts'
import type { Context } from '../../domain/context.ts'
import { pathId } from '../../http/request/fields.ts'
import { invalidPage, numberedPageOf, numberedPageToWire, pageNumberQuery } from '../../http/request/page-number.ts'
import { nextLink, pageQuery } from '../../http/request/paging.ts'
import { documented } from '../../http/response/documented.ts'
import { ok } from '../../http/response/specs.ts'
import { route } from '../../http/routing/route.ts'
import { type Account, usernameIn } from '../../model/account.ts'
import { isoDay } from '../../model/time.ts'
import { adminOnly, adminViewOnly } from './access.ts'
import { errors } from './errors.ts'
import { MessageResponse } from './fields.ts'
import { numberOf } from './numbers.ts'
import { ROLES } from './user-fields.ts'
import { roleOf } from './user-wire.ts'

const PAGE_SIZE = 2

const ListedUser = documented(
  z.object({
    user_id: z.int(),
    username: z.string(),
    email: z.string(),
    phone_number: z.nullable(z.string()),
    first_name: z.string(),
    last_name: z.string(),
    joined_date: z.string(),
    last_login: z.string(),
    subscription_plan: z.nullable(z.int()),
    is_active: z.boolean(),
    role: z.enum(ROLES),
  }),
  { id: 'ListedUser' },
)

const toWire = (context: Context, account: Account): z.infer<typeof ListedUser> => ({
  user_id: numberOf(context, account.id),
  username: usernameIn('matrimony', account),
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

const pageResponses = {
  200: ok(numberedPageOf(ListedUser)),
  ...errors.responses(invalidPage),
}

const listAll = route({
  method: 'GET',
  path: '/users/listusers/',
  operationId: 'listUsers',
  summary: 'List the accounts without flags, two per page',
  access: adminViewOnly,
  query: pageNumberQuery,
  responses: pageResponses,
  handle: async ({ context, query, request }) => {
    const users = await listUsers(context, 'users', query.page, PAGE_SIZE)
    return { status: 200, body: numberedPageToWire(request.url, users, PAGE_SIZE, (account) => toWire(context, account)) }
  },
})

const listActive = route({
  method: 'GET',
  path: '/users/activeusers/',
  operationId: 'listActiveUsers',
  summary: 'List the active accounts without flags, two per page',
  access: adminViewOnly,
  query: pageNumberQuery,
  responses: pageResponses,
  handle: async ({ context, query, request }) => {
    const users = await listUsers(context, 'active-users', query.page, PAGE_SIZE)
    return { status: 200, body: numberedPageToWire(request.url, users, PAGE_SIZE, (account) => toWire(context, account)) }
  },
})

const listInactive = route({
  method: 'GET',
  path: '/users/inactiveusers/',
  operationId: 'listInactiveUsers',
  summary: 'List the inactive accounts without flags, oldest first',
  access: adminViewOnly,
  query: pageQuery(z.int()),
  responses: {
    200: ok(z.array(ListedUser)),
  },
  handle: async ({ context, query, request }) => {
    const { limit, cursor = null } = query
    const { items, next } = await listInactiveUsers(context, { after: cursor, limit })
    return { status: 200, body: items.map((account) => toWire(context, account)), headers: nextLink(request.url, next) }
  },
})

const suspendUser = route({
  method: 'PATCH',
  path: '/users/deactivateuser/{id}',
  operationId: 'suspendUser',
  summary: 'Suspend an account',
  access: adminOnly,
  params: z.object({ id: pathId() }),
  responses: {
    200: ok(MessageResponse),
    ...errors.responses('already-inactive', 'no-such-user', 'forbidden'),
  },
  handle: async ({ context, params }) => {
    const username = usernameIn('matrimony', errors.unwrap(await suspend(context, numberOf(context, params.id))))
    return { status: 200, body: { message: `User ${username} deactivated successfully.` } }
  },
})

/** The routes under /users/ that only admins may call. */
export const userAdminRoutes = [listAll, listActive, listInactive, suspendUser]
