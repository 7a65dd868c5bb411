import * as z from 'zod/mini'
import { asAdmin, asSuperuser, type MemberContext } from '../../domain/access.ts'
import {
  type AdminChanges,
  changeAccount,
  changeAccountAsAdmin,
  changeAccountAsSuperuser,
  type OwnChanges,
} from '../../domain/accounts/change-account.ts'
import { loadCommonPasswords } from '../../domain/accounts/common-passwords.ts'
import { deactivate } from '../../domain/accounts/deactivate.ts'
import { loadPhoneNumbers } from '../../domain/accounts/phone-numbers.ts'
import { accountConflicts, register, registerAsAdmin } from '../../domain/accounts/register.ts'
import type { Context } from '../../domain/context.ts'
import { logIn } from '../../domain/sessions/log-in.ts'
import { logOut } from '../../domain/sessions/log-out.ts'
import { knownPassword, newPassword, takenErrors, USERNAME_INVALID, username } from '../../http/request/account-fields.ts'
import { loginAttemptOf } from '../../http/request/credentials.ts'
import { type FieldErrors, InvalidRequestError } from '../../http/request/field-errors.ts'
import { boolean, email, text } from '../../http/request/fields.ts'
import { errorResponse, HttpError } from '../../http/response/errors.ts'
import { type ErrorResponse, ok } from '../../http/response/specs.ts'
import { member, publicOrMemberRateLimited, publicRateLimited } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import { type AccountChanges, isUsername, usernameIn } from '../../model/account.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { FORBIDDEN } from './access.ts'
import { errors, PLAN_NOT_FOUND_TEXT, summaryAndFieldErrors, TAKEN_TEXTS } from './errors.ts'
import { MessageResponse } from './fields.ts'
import { personName, phoneNumber, planId, role } from './user-fields.ts'
import { toWire, User } from './user-wire.ts'

const Registration = z.object({
  username: username({ max: 50 }),
  password: newPassword('strict'),
  email: email(),
  first_name: personName(),
  last_name: personName(),
  phone_number: z._default(z.nullable(phoneNumber()), null),
  role: z._default(role(), 'user'),
  is_active: z._default(boolean(), true),
  subscription_plan: z._default(z.nullable(planId()), null),
})

const Credentials = z.object({
  username: text(),
  password: knownPassword(),
})

const missingCredentials = (errors: FieldErrors): ErrorResponse =>
  errorResponse(400, { error: 'Username and password are required.', ...errors })

const UserChanges = z.partial(
  z.object({
    // Its characters are checked in `nameErrors`: a name that moved in may have others, and clients send it back unchanged.
    username: text({ max: 50 }),
    email: email(),
    phone_number: z.nullable(phoneNumber()),
    first_name: personName(),
    last_name: personName(),
    role: role(),
    is_active: boolean(),
    is_staff: boolean(),
    is_admin: boolean(),
    is_superuser: boolean(),
    subscription_plan: z.nullable(planId()),
  }),
)

type Changes = z.output<typeof UserChanges>

/** The changes that every caller may make. */
const changesFrom = (input: Changes): OwnChanges => ({
  ...(input.username !== undefined && { username: input.username }),
  ...(input.email !== undefined && { email: input.email }),
  ...(input.phone_number !== undefined && { phoneNumber: input.phone_number }),
  ...(input.first_name !== undefined && { firstName: input.first_name }),
  ...(input.last_name !== undefined && { lastName: input.last_name }),
  ...(input.subscription_plan !== undefined && { subscriptionPlanId: input.subscription_plan }),
})

/** The changes that an admin may make: `is_admin`, `role` and `is_active` as well. */
const adminChangesFrom = (input: Changes): AdminChanges => ({
  ...changesFrom(input),
  ...(input.is_admin !== undefined && { isAdmin: input.is_admin }),
  ...(input.is_active !== undefined && { isActive: input.is_active }),
  ...(input.role !== undefined && { isAdmin: input.role === 'admin', isSuspended: input.role === 'suspended' }),
  ...(input.role === 'suspended' && { isActive: false }),
})

/** The changes that a superuser may make: every flag. */
const superuserChangesFrom = (input: Changes): AccountChanges => ({
  ...adminChangesFrom(input),
  ...(input.is_staff !== undefined && { isStaff: input.is_staff }),
  ...(input.is_superuser !== undefined && { isSuperuser: input.is_superuser }),
})

const changeUser = (context: MemberContext, input: Changes) => {
  const superuser = asSuperuser(context)
  if (superuser) return changeAccountAsSuperuser(superuser, superuserChangesFrom(input))
  const admin = asAdmin(context)
  return admin ? changeAccountAsAdmin(admin, adminChangesFrom(input)) : changeAccount(context, changesFrom(input))
}

type Fields = Readonly<Record<string, unknown>>

const nonEmptyText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/**
 * The field errors that only the database can find: values that another account uses already, and a plan that may not
 * be chosen.
 */
const findConflicts = async (context: Context, validFields: Fields, exceptId?: number): Promise<FieldErrors> => {
  const plan = typeof validFields.subscription_plan === 'number' ? validFields.subscription_plan : null
  const requested = {
    username: nonEmptyText(validFields.username),
    email: nonEmptyText(validFields.email),
    phoneNumber: nonEmptyText(validFields.phone_number),
  }
  const { taken, noSuchPlan } = await accountConflicts(context, requested, plan, exceptId)
  return { ...takenErrors(taken, TAKEN_TEXTS), ...(noSuchPlan && { subscription_plan: [PLAN_NOT_FOUND_TEXT] }) }
}

const findRegistrationConflicts = (context: Context, validFields: Fields) => findConflicts(context, validFields)

/** Clients send the whole account back, so the name that this contract shows is no new name. */
const withoutShownName = async <T extends { readonly username?: unknown }>(context: MemberContext, input: T): Promise<T> => {
  if (input.username === undefined) return input
  const shown = usernameIn('matrimony', await context.actor.load())
  return input.username === shown ? { ...input, username: undefined } : input
}

const nameErrors = ({ username }: { readonly username?: unknown }): FieldErrors =>
  typeof username === 'string' && !isUsername(username) ? { username: [USERNAME_INVALID] } : {}

const findChangeConflicts = async (context: MemberContext, validFields: Fields): Promise<FieldErrors> => {
  const { username: taken, ...conflicts } = await findConflicts(context, validFields, context.actor.account.id)
  const { username } = await withoutShownName(context, validFields)
  return { ...conflicts, ...(username !== undefined && { ...(taken && { username: taken }), ...nameErrors({ username }) }) }
}

const loadRegistrationData = async (context: Context): Promise<void> => {
  await Promise.all([loadCommonPasswords(context), loadPhoneNumbers(context)])
}

const createUser = route({
  method: 'POST',
  path: '/users/',
  operationId: 'createUser',
  summary: 'Create a user',
  access: publicOrMemberRateLimited,
  body: Registration,
  bodyOptions: { prepare: loadRegistrationData, additionalErrors: findRegistrationConflicts },
  responses: {
    201: ok(MessageResponse),
    ...errors.responses('taken', 'no-such-plan', 'throttled', FORBIDDEN),
  },
  handle: async ({ context, body }) => {
    const isOrdinary = body.role === 'user' && body.is_active
    const admin = isOrdinary || !context.member ? null : asAdmin(context.member)
    if (!isOrdinary && !admin) throw new HttpError(FORBIDDEN.response)
    if (body.subscription_plan !== null) {
      const conflicts = await findRegistrationConflicts(context, body)
      if (conflicts.subscription_plan) throw new HttpError(summaryAndFieldErrors(conflicts))
    }
    const registration = {
      username: body.username,
      password: body.password,
      email: body.email,
      firstName: body.first_name,
      lastName: body.last_name,
      phoneNumber: body.phone_number,
      subscriptionPlanId: body.subscription_plan,
    }
    const [isAdmin, isSuspended] = [body.role === 'admin', body.role === 'suspended']
    errors.unwrap(
      admin
        ? await registerAsAdmin(admin, { ...registration, isAdmin, isSuspended, isActive: body.is_active && !isSuspended })
        : await register(context, registration),
    )
    return { status: 201, body: { message: 'User Created Successfully' } }
  },
})

const logInRoute = route({
  method: 'POST',
  path: '/users/login/',
  operationId: 'logIn',
  summary: 'Log in',
  access: publicRateLimited,
  body: Credentials,
  bodyOptions: { invalid: missingCredentials },
  responses: {
    200: ok(z.object({ token: z.string() })),
    ...errors.responses('invalid-credentials', 'inactive', 'throttled'),
  },
  handle: async ({ context, body, request }) => {
    const { issued } = errors.unwrap(await logIn(context, { contract: 'matrimony', ...body, ...loginAttemptOf(request, 'token') }))
    return { status: 200, body: { token: issued.token } }
  },
})

const logOutRoute = route({
  method: 'POST',
  path: '/users/logout/',
  operationId: 'logOut',
  summary: 'Log out and end the token',
  access: member,
  responses: { 200: ok(MessageResponse) },
  handle: async ({ context }) => {
    await logOut(context)
    return { status: 200, body: { message: 'Logout Successfully' } }
  },
})

const readOwn = route({
  method: 'GET',
  path: '/users/byId/',
  operationId: 'getAccount',
  summary: "Get the caller's account",
  access: member,
  responses: { 200: ok(User) },
  handle: async ({ context }) => ({ status: 200, body: toWire(context, await context.actor.load()) }),
})

const changeOwn = route({
  method: 'PUT',
  path: '/users/byId/',
  operationId: 'changeAccount',
  summary: "Change the caller's account",
  access: member,
  quota: QUOTAS.accountChanges,
  body: UserChanges,
  bodyOptions: { prepare: loadPhoneNumbers, additionalErrors: findChangeConflicts },
  responses: {
    200: ok(User),
    ...errors.responses('taken', 'no-such-plan'),
  },
  handle: async ({ context, body }) => {
    const changes = await withoutShownName(context, body)
    const invalid = nameErrors(changes)
    if (invalid.username) throw new InvalidRequestError(invalid)
    return { status: 200, body: toWire(context, errors.unwrap(await changeUser(context, changes))) }
  },
})

const deactivateOwn = route({
  method: 'PATCH',
  path: '/users/deactivate/',
  operationId: 'deactivateAccount',
  summary: "Deactivate the caller's account",
  access: member,
  responses: { 200: ok(MessageResponse) },
  handle: async ({ context }) => {
    await deactivate(context)
    const username = usernameIn('matrimony', await context.actor.load())
    return { status: 200, body: { message: `User ${username} deactivated successfully` } }
  },
})

/** The routes under /users/ that need no admin, without the one that changes the password. */
export const userRoutes = [
  createUser,
  logInRoute,
  logOutRoute,
  readOwn,
  changeOwn,
  alias(changeOwn, { method: 'PATCH', operationId: 'patchAccount' }),
  deactivateOwn,
  alias(deactivateOwn, { method: 'PUT', operationId: 'deactivateAccountByPut' }),
]

const WRONG_METHOD_HINTS: Readonly<Record<string, string>> = {
  '/users/logout': 'Use POST for logout.',
  '/users/byId': 'Use GET to retrieve user details.',
  '/users/deactivate': 'Use PATCH to deactivate user data.',
  '/users/reset': 'Use PUT to reset the password.',
}

/** Four paths have their own 405 text, which names the method to use. */
export const wrongUsersMethod = (path: string): ErrorResponse['body'] | undefined => {
  const hint = WRONG_METHOD_HINTS[path]
  return hint === undefined ? undefined : { error: `Method not allowed. ${hint}` }
}
