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
import { errors, forbidden, NO_SUCH_PLAN, sentenceAndFields, TAKEN } from './envelope.ts'
import { name, phoneNumber, planId, type Role, role } from './user-fields.ts'

const EXAMPLE_MESSAGE = z.object({ message: z.string() })

const Registration = z.object({
  username: username({ max: 50, example: 'syam' }),
  password: newPassword('strict', { example: 'syam1234' }),
  email: email({ example: 'syam@gmail.com' }),
  first_name: name('syam'),
  last_name: name('S'),
  phone_number: phoneNumber().nullable().default(null),
  role: role().default('user'),
  is_active: boolean({ example: true }).default(true),
  subscription_plan: planId().nullable().default(null),
})

const Credentials = z.object({
  username: text({ example: 'syam' }),
  password: knownPassword({ example: 'syam1234' }),
})

const bothRequired = (errors: FieldErrors): Answer => errorResponse(400, { error: 'Username and password are required.', ...errors })

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

/** What stands where the document shows a hash: a constant, which changes nothing when it is sent back. */
const NO_PASSWORD = '********'

export const roleOf = (account: Account): Role => (account.isAdmin ? 'admin' : account.isSuspended ? 'suspended' : 'user')

const toWire = (account: Account): z.infer<typeof User> => ({
  user_id: account.id,
  date_joined: isoTime(account.createdAt),
  username: account.username,
  password: NO_PASSWORD,
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
  password: NO_PASSWORD,
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

const Changes = z
  .object({
    username: username({ max: 50 }),
    email: email(),
    phone_number: phoneNumber().nullable(),
    first_name: name('syam'),
    last_name: name('S'),
    role: role(),
    is_active: boolean(),
    is_staff: boolean(),
    is_admin: boolean(),
    is_superuser: boolean(),
    subscription_plan: planId().nullable(),
  })
  .partial()

/** What anybody may change of themselves; an admin's credential changes the rest as well. */
const changesFrom = (given: z.output<typeof Changes>, isAdmin: boolean): AccountChanges => ({
  ...(given.username !== undefined && { username: given.username }),
  ...(given.email !== undefined && { email: given.email }),
  ...(given.phone_number !== undefined && { phoneNumber: given.phone_number }),
  ...(given.first_name !== undefined && { firstName: given.first_name }),
  ...(given.last_name !== undefined && { lastName: given.last_name }),
  ...(given.subscription_plan !== undefined && { subscriptionPlanId: given.subscription_plan }),
  ...(isAdmin && given.is_staff !== undefined && { isStaff: given.is_staff }),
  ...(isAdmin && given.is_admin !== undefined && { isAdmin: given.is_admin }),
  ...(isAdmin && given.is_superuser !== undefined && { isSuperuser: given.is_superuser }),
  ...(isAdmin && given.is_active !== undefined && { isActive: given.is_active }),
  ...(isAdmin && given.role !== undefined && { isAdmin: given.role === 'admin', isSuspended: given.role === 'suspended' }),
  ...(isAdmin && given.role === 'suspended' && { isActive: false }),
})

const WEAK = 'Password must contain at least 8 characters, including letters, numbers, and special characters.'
/** The rules that it breaks; or, where it keeps them all but lacks a letter or a digit, the sentence once more. */
const weakPassword = (password: string): Answer => {
  const broken = passwordTexts(password, 'strict')
  return weakAnswer(broken.length > 0 ? broken : [WEAK])
}

const weakAnswer = (texts: string[]): Answer => errorResponse(400, { error: WEAK, new_password: texts })

const notOwnPassword = forbidden('You do not have permission to reset this password.')
const oldAndNewRequired = errorResponse(400, { error: 'Old and new passwords are required.' })

const Reset = z.object({
  username: text({ blank: true, example: 'syam' }).nullable().default(''),
  old_password: text({ max: 1024, blank: true, format: 'password', example: 'syam1234' }).nullable().default(''),
  new_password: text({ max: 1024, blank: true, format: 'password', example: 'shyam123' }).nullable().default(''),
})

const hasLetterAndDigit = (password: string): boolean => /\p{L}/u.test(password) && /\p{Nd}/u.test(password)

type Given = Readonly<Record<string, unknown>>

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** What only the database knows to be wrong: names that are taken, but by the account itself, and a plan that may not be chosen. */
const wrongBeside = async (context: Context, sound: Given, own?: Account): Promise<FieldErrors> => {
  const plan = typeof sound.subscription_plan === 'number' ? sound.subscription_plan : null
  const wanted = { username: textIn(sound.username), email: textIn(sound.email), phoneNumber: textIn(sound.phone_number) }
  const { taken, noSuchPlan } = await accountConflicts(context, wanted, plan, own)
  return { ...takenErrors(taken, TAKEN), ...(noSuchPlan && { subscription_plan: [NO_SUCH_PLAN] }) }
}

const wrongAtRegistration = (context: Context, sound: Given) => wrongBeside(context, sound)
const wrongInChanges = (context: Context, sound: Given) =>
  wrongBeside(context, sound, isMember(context) ? context.actor.account : undefined)

const learnToRead = async (context: Context): Promise<void> => {
  await Promise.all([loadCommonPasswords(context), loadPhoneNumbers(context)])
}

/** Every /users/* path of this contract. */
export const users = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/users/',
      summary: 'Create a user',
      description: 'Only an admin may give a role other than `user`, or make an account that is not active.',
      ...publicOrMemberRateLimited,
      request: { body: body(Registration, { learn: learnToRead, also: wrongAtRegistration }) },
      responses: {
        201: success(EXAMPLE_MESSAGE, 'Created', { message: 'User Created Successfully' }),
        ...errors.responses('taken', 'no-such-plan', 'throttled', { name: 'not-allowed', answer: forbidden() }),
      },
    }),
    async (c) => {
      const { context } = c.var
      const given = c.req.valid('json')
      const isOrdinary = given.role === 'user' && given.is_active
      if (!isOrdinary && !context.actor?.account.isAdmin) throw new ResponseThrown(forbidden())
      if (given.subscription_plan !== null) {
        const wrong = await wrongAtRegistration(context, given)
        if (wrong.subscription_plan) throw new ResponseThrown(sentenceAndFields(wrong))
      }
      errors.unwrap(
        await register(context, {
          username: given.username,
          password: given.password,
          email: given.email,
          firstName: given.first_name,
          lastName: given.last_name,
          phoneNumber: given.phone_number,
          subscriptionPlanId: given.subscription_plan,
          isActive: given.is_active && given.role !== 'suspended',
          isAdmin: given.role === 'admin',
          isSuspended: given.role === 'suspended',
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
      request: { body: body(Credentials, { invalid: bothRequired }) },
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
      summary: 'Log out: the token is dead from now on',
      ...signedIn,
      responses: { 200: success(EXAMPLE_MESSAGE, 'Logged out', { message: 'Logout Successfully' }) },
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
      summary: 'Who the caller is',
      ...signedIn,
      responses: { 200: success(User, 'The caller', EXAMPLE_USER) },
    }),
    (c) => c.json(toWire(c.var.context.actor.account), 200),
  )

  for (const method of ['put', 'patch'] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/users/byId/',
        summary: 'Change what the caller gives',
        description: 'Flags, `role` and `is_active` are ignored unless an admin sends them; the password is not changed here.',
        ...signedIn,
        request: { body: body(Changes, { learn: loadPhoneNumbers, also: wrongInChanges }) },
        responses: {
          200: success(User, 'The caller, changed', { ...EXAMPLE_USER, subscription_plan: 4 }),
          ...errors.responses('taken', 'no-such-plan'),
        },
      }),
      async (c) => {
        const { context } = c.var
        const given = c.req.valid('json')
        const changed = await changeAccount(context, changesFrom(given, context.actor.account.isAdmin))
        return c.json(toWire(errors.unwrap(changed)), 200)
      },
    )
  }

  for (const method of ['patch', 'put'] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/users/deactivate/',
        summary: "Close the caller's account: every credential is dead from now on",
        ...signedIn,
        responses: { 200: success(EXAMPLE_MESSAGE, 'Closed', { message: 'User Syam deactivated successfully' }) },
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
      summary: "Change the caller's password: every other credential is dead from now on",
      ...memberRateLimited,
      request: { body: body(Reset, { learn: loadCommonPasswords }) },
      responses: {
        200: success(EXAMPLE_MESSAGE, 'Changed', { message: 'Password reset successfully.' }),
        ...errors.responses(
          { name: 'not-own', answer: notOwnPassword },
          { name: 'missing', answer: oldAndNewRequired },
          'wrong-password',
          { name: 'weak', answer: weakAnswer([WEAK]) },
          'throttled',
        ),
      },
    }),
    async (c) => {
      const { context } = c.var
      const { username: whose, old_password: oldPassword, new_password: password } = c.req.valid('json')
      if (!isSameUsername(whose ?? '', context.actor.account.username)) throw new ResponseThrown(notOwnPassword)
      if (!oldPassword || !password) throw new ResponseThrown(oldAndNewRequired)
      const { stored } = errors.unwrap(await confirmPassword(context, oldPassword))
      if (!isAcceptable(password, 'strict') || !hasLetterAndDigit(password)) throw new ResponseThrown(weakPassword(password))
      errors.unwrap(await changePassword(context, { stored, password }))
      return c.json({ message: 'Password reset successfully.' }, 200)
    },
  )
}

const WRONG_METHOD: Readonly<Record<string, string>> = {
  '/users/logout': 'Use POST for logout.',
  '/users/byId': 'Use GET to retrieve user details.',
  '/users/deactivate': 'Use PATCH to deactivate user data.',
  '/users/reset': 'Use PUT to reset the password.',
}

/** Four paths tell which method they want. */
export const wrongUsersMethod = (path: string): Answer['body'] | undefined => {
  const hint = WRONG_METHOD[path]
  return hint === undefined ? undefined : { error: `Method not allowed. ${hint}` }
}
