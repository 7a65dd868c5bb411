import { createRoute, z } from '@hono/zod-openapi'
import { registerAndLogIn } from '../../domain/accounts/register.ts'
import type { Account, MemberContext } from '../../domain/context.ts'
import { changePracticeProfile, checkPracticeProfile, type PracticeProfile, readPracticeProfile } from '../../domain/profiles/practice.ts'
import { isValidToken } from '../../domain/sessions/authenticate.ts'
import { signToken } from '../../domain/sessions/credentials.ts'
import { logIn } from '../../domain/sessions/log-in.ts'
import { logOut } from '../../domain/sessions/log-out.ts'
import { alsoTaken, knownPassword, newPassword, username } from '../../http/account-fields.ts'
import { errorResponse } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { anyone, loginAttemptOf, publicRateLimited, signedIn, tokenOf } from '../../http/credentials.ts'
import { email, pathId, text } from '../../http/fields.ts'
import { mediaUrl } from '../../http/media.ts'
import { success } from '../../http/responses.ts'
import { isoTime } from '../../http/times.ts'
import { errors } from './errors.ts'

const User = z.object({ id: z.int(), username: z.string(), email: z.string() }).openapi('User')

const userToWire = ({ id, username, email }: Account): z.infer<typeof User> => ({ id, username, email })

const EXAMPLE_USER = { id: 1, username: 'exampleuser', email: 'user@example.com' }

const Registration = z.object({
  username: username({ example: EXAMPLE_USER.username }),
  email: email({ blank: true, example: EXAMPLE_USER.email }).default(''),
  password: newPassword('basic', { example: 'examplepassword' }),
})

const RegistrationResponse = z.object({ user: User, token: z.string() }).openapi('RegistrationResponse')

const Credentials = z.object({
  username: text({ example: EXAMPLE_USER.username }),
  password: knownPassword({ example: 'examplepassword' }),
})

/** One text for every failed log-in, so that an attacker does not learn which accounts exist. */
const invalidCredentials = () => errorResponse(400, { error: 'Invalid credentials' })

const LoginResponse = z
  .object({
    token: z.string(),
    user: User.extend({ profile: z.object({ id: z.int(), bio: z.string(), location: z.string() }) }),
  })
  .openapi('LoginResponse')

const UserDetails = z
  .object({ user: User, bio: z.string(), profile_picture: z.string().nullable(), created_at: z.string() })
  .openapi('UserDetails')

const Profile = z.object({ id: z.int(), bio: z.string(), location: z.string(), user: User }).openapi('Profile')

const profileToWire = ({ account, bio, location }: PracticeProfile): z.infer<typeof Profile> => ({
  id: account.id,
  bio,
  location,
  user: userToWire(account),
})

const EXAMPLE_PROFILE = { id: 1, bio: 'I meditate every morning.', location: 'Nairobi', user: EXAMPLE_USER }

const ProfileFields = z.object({
  bio: text({ max: 1000, blank: true, long: true, example: EXAMPLE_PROFILE.bio }),
  location: text({ max: 200, blank: true, example: EXAMPLE_PROFILE.location }),
})

const params = z.object({ id: pathId() })

const checkProfileAccess = async (context: MemberContext, pathParams: unknown) =>
  errors.unwrap(await checkPracticeProfile(context, params.parse(pathParams).id))

/** The routes under /user/, and three short aliases that the contract document uses too. */
export const user = (api: Api): void => {
  for (const path of ['/user/register/', '/register/'] as const) {
    api.openapi(
      createRoute({
        method: 'post',
        path,
        summary: 'Register',
        ...publicRateLimited,
        request: { body: body(Registration, { also: alsoTaken }) },
        responses: {
          201: success(RegistrationResponse, 'The new user and a token', {
            user: EXAMPLE_USER,
            token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
          }),
          ...errors.responses('taken'),
        },
      }),
      async (c) => {
        const { context } = c.var
        const { account, credential } = errors.unwrap(
          await registerAndLogIn(context, c.req.valid('json'), loginAttemptOf(c.req.raw, 'token')),
        )
        return c.json({ user: userToWire(account), token: await signToken(context, account, credential) }, 201)
      },
    )
  }

  for (const path of ['/user/login/', '/login/'] as const) {
    api.openapi(
      createRoute({
        method: 'post',
        path,
        summary: 'Log in',
        ...publicRateLimited,
        request: { body: body(Credentials, { invalid: invalidCredentials }) },
        responses: {
          200: success(LoginResponse, 'A token and its user', {
            token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…',
            user: { ...EXAMPLE_USER, profile: { id: 1, bio: '', location: '' } },
          }),
          ...errors.responses('invalid-credentials', 'inactive', 'throttled'),
        },
      }),
      async (c) => {
        const { context } = c.var
        const { account, credential, practice } = errors.unwrap(
          await logIn(context, { ...c.req.valid('json'), ...loginAttemptOf(c.req.raw, 'token') }),
        )
        const profile = { id: account.id, bio: practice?.bio ?? '', location: practice?.location ?? '' }
        return c.json({ token: await signToken(context, account, credential), user: { ...userToWire(account), profile } }, 200)
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'post',
      path: '/user/logout/',
      summary: 'Log out and end the token',
      ...signedIn,
      responses: { 200: success(z.object({}), 'Logged out', {}) },
    }),
    async (c) => {
      await logOut(c.var.context)
      return c.json({}, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/user/validate-token/',
      summary: 'Check whether the token in the Authorization header is valid',
      ...anyone,
      responses: { 200: success(z.object({ valid: z.boolean() }), 'Whether the token is valid', { valid: true }) },
    }),
    async (c) => {
      const token = tokenOf(c.req.raw)
      return c.json({ valid: token !== null && (await isValidToken(c.var.context, token)) }, 200)
    },
  )

  for (const path of ['/user/user-details/', '/user-details/'] as const) {
    api.openapi(
      createRoute({
        method: 'get',
        path,
        summary: "Get the caller's user details",
        ...signedIn,
        responses: {
          200: success(UserDetails, 'The user details', {
            user: EXAMPLE_USER,
            bio: '',
            profile_picture: null,
            created_at: '2024-07-06T10:30:00Z',
          }),
        },
      }),
      async (c) => {
        const { account, bio } = errors.unwrap(await readPracticeProfile(c.var.context, c.var.context.actor.account.id))
        const picture = mediaUrl(c.req.url, account.profilePicture)
        return c.json({ user: userToWire(account), bio, profile_picture: picture, created_at: isoTime(account.createdAt) }, 200)
      },
    )
  }

  api.openapi(
    createRoute({
      method: 'get',
      path: '/user/profile/{id}',
      summary: "Get a user's profile",
      description: 'The e-mail address is shown to the owner and to staff; everyone else gets an empty string.',
      ...signedIn,
      request: { params },
      responses: { 200: success(Profile, 'The profile', EXAMPLE_PROFILE), ...errors.responses('not-found') },
    }),
    async (c) => c.json(profileToWire(errors.unwrap(await readPracticeProfile(c.var.context, c.req.valid('param').id))), 200),
  )

  for (const [method, fields] of [
    ['put', ProfileFields],
    ['patch', ProfileFields.partial()],
  ] as const) {
    api.openapi(
      createRoute({
        method,
        path: '/user/profile/{id}',
        summary: method === 'put' ? 'Replace a profile' : 'Change some fields of a profile',
        ...signedIn,
        request: { params, body: body(fields, { first: checkProfileAccess }) },
        responses: { 200: success(Profile, 'The profile', EXAMPLE_PROFILE), ...errors.responses('forbidden', 'not-found') },
      }),
      async (c) => {
        const changes = { accountId: c.req.valid('param').id, ...c.req.valid('json') }
        return c.json(profileToWire(errors.unwrap(await changePracticeProfile(c.var.context, changes))), 200)
      },
    )
  }
}
