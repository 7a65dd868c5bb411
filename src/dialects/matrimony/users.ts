import { createRoute, z } from '@hono/zod-openapi'
import { type AccountChanges, changeAccount } from '../../domain/accounts/change-account.ts'
import { changePassword, confirmPassword } from '../../domain/accounts/change-password.ts'
import { loadCommonPasswords } from '../../domain/accounts/common-passwords.ts'
import { deactivate } from '../../domain/accounts/deactivate.ts'
import { isSameUsername } from '../../domain/accounts/names.ts'
import { isAcceptable } from '../../domain/accounts/password-rules.ts'
import { loadPhoneNumbers } from '../../domain/accounts/phone-numbers.ts'
import { accountConflicts, register } from '../../domain/accounts/register.ts'
import type { Account, Context } from '../../domain/context.ts'
import { signToken } from '../../domain/sessions/credentials.ts'
import { logIn } from '../../domain/sessions/log-in.ts'
import { logOut } from '../../domain/sessions/log-out.ts'
import { knownPassword, newPassword, passwordTexts, takenErrors, username } from '../../http/account-fields.ts'
import { type Answer, errorResponse, ResponseThrown } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { isMember } from '../../http/app-env.ts'
import { body } from '../../http/body.ts'
import { loginAttemptOf, memberRateLimited, publicOrMemberRateLimited, publicRateLimited, signedIn } from '../../http/credentials.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { boolean, email, text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { isoDay, isoTime } from '../../http/times.ts'
import { errors, forbidden, PLAN_NOT_FOUND_TEXT, summaryAndFieldErrors, TAKEN_TEXTS } from './errors.ts'
import { MessageResponse } from './fields.ts'
import { personName, phoneNumber, planId, type Role, role } from './user-fields.ts'

const Registration = z.object({
  username: username({ max: 50, example: 'syam' }),
  password: newPassword('strict', { example: 'syam1234' }),
  email: email({ example: 'syam@gmail.com' }),
  first_name: personName('syam'),
  last_name: personName('S'),
  phone_number: phoneNumber().nullable().default(null),
  role: role().default('user'),
  is_active: boolean({ example: true }).default(true),
  subscription_plan: planId().nullable().default(null),
})

const Credentials = z.object({
  username: text({ example: 'syam' }),
  password: knownPassword({ example: 'syam1234' }),
})

const missingCredentials = (errors: FieldErrors): Answer => errorResponse(400, { error: 'Username and password are required.', ...errors })

const User = z
  .object({
    user_id: z.int(),
    date_joined: z.string(),
    username: z.string(),
    password: z.string(),
    email: z.string(),
    phone_number: z.string().nullable(),
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
    role: z.enum(['user', 'admin', 'suspended']),
    subscription_plan: z.int().nullable(),
    groups: z.array(z.string()),
    user_permissions: z.array(z.string()),
  })
  .openapi('User')

/** Sent where the contract document shows a password hash. A client may send it back; that changes nothing. */
const PASSWORD_PLACEHOLDER = '********'

export const roleOf = (account: Account): Role => (account.isAdmin ? 'admin' : account.isSuspended ? 'suspended' : 'user')

const toWire = (account: Account): z.infer<typeof User> => ({
  user_id: account.id,
  date_joined: isoTime(account.createdAt),
  username: account.username,
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

const EXAMPLE_USER: z.infer<typeof User> = {
  user_id: 28,
  date_joined: '2024-11-19T16:02:30.840Z',
  username: 'syam',
  password: PASSWORD_PLACEHOLDER,
  email: 'syam@gmail.com',
  phone_number: '+919023459789',
  first_name: 'syam',
  last_name: 'S',
  joined_date: '2024-11-19',
  last_login: '2024-11-19',
  created_on: '2024-11-19',
  updated_on: '2024-11-19',
  is_active: true,
  is_superuser: false,
  is_staff: false,
  is_admin: false,
  role: 'user',
  subscription_plan: null,
  groups: [],
  user_permissions: [],
}

const UserChanges = z
  .object({
    username: username({ max: 50 }),
    email: email(),
    phone_number: phoneNumber().nullable(),
    first_name: personName('syam'),
    last_name: personName('S'),
    role: role(),
    is_active: boolean(),
    is_staff: boolean(),
    is_admin: boolean(),
    is_superuser: boolean(),
    subscription_plan: planId().nullable(),
  })
  .partial()

/** The changes that the caller may make. Flags, `role` and `is_active` count only if the caller is an admin. */
const changesFrom = (input: z.output<typeof UserChanges>, isAdmin: boolean): AccountChanges => ({
  ...(input.username !== undefined && { username: input.username }),
  ...(input.email !== undefined && { email: input.email }),
  ...(input.phone_number !== undefined && { phoneNumber: input.phone_number }),
  ...(input.first_name !== undefined && { firstName: input.first_name }),
  ...(input.last_name !== undefined && { lastName: input.last_name }),
  ...(input.subscription_plan !== undefined && { subscriptionPlanId: input.subscription_plan }),
  ...(isAdmin && input.is_staff !== undefined && { isStaff: input.is_staff }),
  ...(isAdmin && input.is_admin !== undefined && { isAdmin: input.is_admin }),
  ...(isAdmin && input.is_superuser !== undefined && { isSuperuser: input.is_superuser }),
  ...(isAdmin && input.is_active !== undefined && { isActive: input.is_active }),
  ...(isAdmin && input.role !== undefined && { isAdmin: input.role === 'admin', isSuspended: input.role === 'suspended' }),
  ...(isAdmin && input.role === 'suspended' && { isActive: false }),
})

const WEAK = 'Password must contain at least 8 characters, including letters, numbers, and special characters.'
/** The texts of the rules that the password breaks. If it only lacks a letter or a digit, the sentence is repeated as the field's text. */
const weakPassword = (password: string): Answer => {
  const texts = passwordTexts(password, 'strict')
  return weakPasswordResponse(texts.length > 0 ? texts : [WEAK])
}

const weakPasswordResponse = (texts: string[]): Answer => errorResponse(400, { error: WEAK, new_password: texts })

const otherUsersPassword = forbidden('You do not have permission to reset this password.')
const missingPasswords = errorResponse(400, { error: 'Old and new passwords are required.' })

const PasswordReset = z.object({
  username: text({ blank: true, example: 'syam' }).nullable().default(''),
  old_password: text({ max: 1024, blank: true, format: 'password', example: 'syam1234' }).nullable().default(''),
  new_password: text({ max: 1024, blank: true, format: 'password', example: 'shyam123' }).nullable().default(''),
})

const hasLetterAndDigit = (password: string): boolean => /\p{L}/u.test(password) && /\p{Nd}/u.test(password)

type Fields = Readonly<Record<string, unknown>>

const nonEmptyText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/**
 * The field errors that only the database can find: values that another account uses already, and a plan that may not
 * be chosen.
 */
const findConflicts = async (context: Context, validFields: Fields, own?: Account): Promise<FieldErrors> => {
  const plan = typeof validFields.subscription_plan === 'number' ? validFields.subscription_plan : null
  const requested = {
    username: nonEmptyText(validFields.username),
    email: nonEmptyText(validFields.email),
    phoneNumber: nonEmptyText(validFields.phone_number),
  }
  const { taken, noSuchPlan } = await accountConflicts(context, requested, plan, own)
  return { ...takenErrors(taken, TAKEN_TEXTS), ...(noSuchPlan && { subscription_plan: [PLAN_NOT_FOUND_TEXT] }) }
}

const findRegistrationConflicts = (context: Context, validFields: Fields) => findConflicts(context, validFields)
const findChangeConflicts = (context: Context, validFields: Fields) =>
  findConflicts(context, validFields, isMember(context) ? context.actor.account : undefined)

const loadRegistrationData = async (context: Context): Promise<void> => {
  await Promise.all([loadCommonPasswords(context), loadPhoneNumbers(context)])
}

/** The routes under /users/ that need no admin. */
export const users = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/users/',
      summary: 'Create a user',
      description: 'Only an admin may create an account with a role other than `user`, or one that is not active.',
      ...publicOrMemberRateLimited,
      request: { body: body(Registration, { learn: loadRegistrationData, also: findRegistrationConflicts }) },
      responses: {
        201: success(MessageResponse, 'Created', { message: 'User Created Successfully' }),
        ...errors.responses('taken', 'no-such-plan', 'throttled', { name: 'forbidden', answer: forbidden() }),
      },
    }),
    async (c) => {
      const { context } = c.var
      const input = c.req.valid('json')
      const isOrdinary = input.role === 'user' && input.is_active
      if (!isOrdinary && !context.actor?.account.isAdmin) throw new ResponseThrown(forbidden())
      if (input.subscription_plan !== null) {
        const conflicts = await findRegistrationConflicts(context, input)
        if (conflicts.subscription_plan) throw new ResponseThrown(summaryAndFieldErrors(conflicts))
      }
      errors.unwrap(
        await register(context, {
          username: input.username,
          password: input.password,
          email: input.email,
          firstName: input.first_name,
          lastName: input.last_name,
          phoneNumber: input.phone_number,
          subscriptionPlanId: input.subscription_plan,
          isActive: input.is_active && input.role !== 'suspended',
          isAdmin: input.role === 'admin',
          isSuspended: input.role === 'suspended',
        }),
      )
      return c.json({ message: 'User Created Successfully' }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/users/login/',
      summary: 'Log in',
      ...publicRateLimited,
      request: { body: body(Credentials, { invalid: missingCredentials }) },
      responses: {
        200: success(z.object({ token: z.string() }), 'A token', { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…' }),
        ...errors.responses('invalid-credentials', 'inactive', 'throttled'),
      },
    }),
    async (c) => {
      const { context } = c.var
      const { account, credential } = errors.unwrap(await logIn(context, { ...c.req.valid('json'), ...loginAttemptOf(c.req.raw, 'token') }))
      return c.json({ token: await signToken(context, account, credential) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/users/logout/',
      summary: 'Log out and end the token',
      ...signedIn,
      responses: { 200: success(MessageResponse, 'Logged out', { message: 'Logout Successfully' }) },
    }),
    async (c) => {
      await logOut(c.var.context)
      return c.json({ message: 'Logout Successfully' }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/users/byId/',
      summary: "Get the caller's account",
      ...signedIn,
      responses: { 200: success(User, 'The account', EXAMPLE_USER) },
    }),
    (c) => c.json(toWire(c.var.context.actor.account), 200),
  )

  for (const method of ['put', 'patch'] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/users/byId/',
        summary: "Change the caller's account",
        description:
          'Fields that are not sent stay unchanged. Flags, `role` and `is_active` are ignored unless an admin sends them. `password` is always ignored.',
        ...signedIn,
        request: { body: body(UserChanges, { learn: loadPhoneNumbers, also: findChangeConflicts }) },
        responses: {
          200: success(User, 'The changed account', { ...EXAMPLE_USER, subscription_plan: 4 }),
          ...errors.responses('taken', 'no-such-plan'),
        },
      }),
      async (c) => {
        const { context } = c.var
        const input = c.req.valid('json')
        const changed = await changeAccount(context, changesFrom(input, context.actor.account.isAdmin))
        return c.json(toWire(errors.unwrap(changed)), 200)
      },
    )
  }

  for (const method of ['patch', 'put'] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/users/deactivate/',
        summary: "Deactivate the caller's account",
        description: 'Ends every credential of the account.',
        ...signedIn,
        responses: { 200: success(MessageResponse, 'Deactivated', { message: 'User Syam deactivated successfully' }) },
      }),
      async (c) => {
        const { context } = c.var
        await deactivate(context)
        return c.json({ message: `User ${context.actor.account.username} deactivated successfully` }, 200)
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'put',
      path: '/users/reset/',
      summary: "Change the caller's password",
      description: 'Ends every other credential of the account.',
      ...memberRateLimited,
      request: { body: body(PasswordReset, { learn: loadCommonPasswords }) },
      responses: {
        200: success(MessageResponse, 'Changed', { message: 'Password reset successfully.' }),
        ...errors.responses(
          { name: 'other-users-password', answer: otherUsersPassword },
          { name: 'missing-passwords', answer: missingPasswords },
          'wrong-password',
          { name: 'weak-password', answer: weakPasswordResponse([WEAK]) },
          'throttled',
        ),
      },
    }),
    async (c) => {
      const { context } = c.var
      const { username: requestedUsername, old_password: oldPassword, new_password: password } = c.req.valid('json')
      if (!isSameUsername(requestedUsername ?? '', context.actor.account.username)) throw new ResponseThrown(otherUsersPassword)
      if (!oldPassword || !password) throw new ResponseThrown(missingPasswords)
      const { stored } = errors.unwrap(await confirmPassword(context, oldPassword))
      if (!isAcceptable(password, 'strict') || !hasLetterAndDigit(password)) throw new ResponseThrown(weakPassword(password))
      errors.unwrap(await changePassword(context, { stored, password }))
      return c.json({ message: 'Password reset successfully.' }, 200)
    },
  )
}

const WRONG_METHOD_HINTS: Readonly<Record<string, string>> = {
  '/users/logout': 'Use POST for logout.',
  '/users/byId': 'Use GET to retrieve user details.',
  '/users/deactivate': 'Use PATCH to deactivate user data.',
  '/users/reset': 'Use PUT to reset the password.',
}

/** Four paths have their own 405 text, which names the method to use. */
export const wrongUsersMethod = (path: string): Answer['body'] | undefined => {
  const hint = WRONG_METHOD_HINTS[path]
  return hint === undefined ? undefined : { error: `Method not allowed. ${hint}` }
}
