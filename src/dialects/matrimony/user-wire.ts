import * as z from 'zod/mini'
import type { Context } from '../../domain/context.ts'
import { documented } from '../../http/response/documented.ts'
import { type Account, usernameIn } from '../../model/account.ts'
import { isoDay, isoTime } from '../../model/time.ts'
import { numberOf } from './numbers.ts'
import { ROLES, type Role } from './user-fields.ts'

export const User = documented(
  z.object({
    user_id: z.int(),
    date_joined: z.string(),
    username: z.string(),
    password: z.string(),
    email: z.string(),
    phone_number: z.nullable(z.string()),
    first_name: z.string(),
    last_name: z.string(),
    joined_date: z.string(),
    last_login: z.string(),
    created_on: z.string(),
    updated_on: z.string(),
    is_active: z.boolean(),
    is_superuser: z.boolean(),
    is_staff: z.boolean(),
    is_admin: z.boolean(),
    role: z.enum(ROLES),
    subscription_plan: z.nullable(z.int()),
    groups: z.array(z.string()),
    user_permissions: z.array(z.string()),
  }),
  { id: 'User' },
)

/** Sent where the contract document shows a password hash. A client may send it back; that changes nothing. */
const PASSWORD_PLACEHOLDER = '********'

export const roleOf = (account: Account): Role => (account.isAdmin ? 'admin' : account.isSuspended ? 'suspended' : 'user')

export const toWire = (context: Context, account: Account): z.infer<typeof User> => ({
  user_id: numberOf(context, account.id),
  date_joined: isoTime(account.createdAt),
  username: usernameIn('matrimony', account),
  password: PASSWORD_PLACEHOLDER,
  email: account.email,
  phone_number: account.phoneNumber,
  first_name: account.firstName,
  last_name: account.lastName,
  joined_date: isoDay(account.createdAt),
  last_login: isoDay(account.lastLoginAt ?? account.createdAt),
  created_on: isoDay(account.createdAt),
  updated_on: isoDay(account.updatedAt),
  is_active: account.isActive,
  is_superuser: account.isSuperuser,
  is_staff: account.isStaff,
  is_admin: account.isAdmin,
  role: roleOf(account),
  subscription_plan: account.subscriptionPlanId,
  groups: [],
  user_permissions: [],
})
