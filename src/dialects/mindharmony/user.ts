import * as z from 'zod/mini'
import type { MemberContext } from '../../domain/access.ts'
import { registerAndLogIn } from '../../domain/accounts/register.ts'
import type { Context } from '../../domain/context.ts'
import { changePracticeProfile, checkPracticeProfile, readPracticeProfile } from '../../domain/profiles/practice.ts'
import { isValidToken } from '../../domain/sessions/authenticate.ts'
import { logIn } from '../../domain/sessions/log-in.ts'
import { logOut } from '../../domain/sessions/log-out.ts'
import { knownPassword, newPassword, takenFieldErrors, username } from '../../http/request/account-fields.ts'
import { loginAttemptOf, tokenOf } from '../../http/request/credentials.ts'
import { email, pathId, text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, HttpError } from '../../http/response/errors.ts'
import { mediaUrl } from '../../http/response/media.ts'
import { ok } from '../../http/response/specs.ts'
import { anyone, member, publicRateLimited } from '../../http/routing/access.ts'
import { alias, route } from '../../http/routing/route.ts'
import { type Account, usernameIn } from '../../model/account.ts'
import type { PracticeProfile, PracticeProfileRef } from '../../model/profile.ts'
import { isoTime } from '../../model/time.ts'
import { errors } from './errors.ts'
import { numberOf } from './numbers.ts'

const User = documented(z.object({ id: z.int(), username: z.string(), email: z.string() }), { id: 'User' })

const userToWire = (context: Context, account: Account): z.infer<typeof User> => ({
  id: numberOf(context, account.id),
  username: usernameIn('mindharmony', account),
  email: account.email,
})

const Registration = z.object({
  username: username(),
  email: z._default(email({ blank: true }), ''),
  password: newPassword('basic'),
})

const RegistrationResponse = documented(z.object({ user: User, token: z.string() }), { id: 'RegistrationResponse' })

const Credentials = z.object({
  username: text(),
  password: knownPassword(),
})

/** One text for every failed log-in, so that an attacker does not learn which accounts exist. */
const invalidCredentials = () => errorResponse(400, { error: 'Invalid credentials' })

const LoginResponse = documented(
  z.object({
    token: z.string(),
    user: z.extend(User, { profile: z.object({ id: z.int(), bio: z.string(), location: z.string() }) }),
  }),
  { id: 'LoginResponse' },
)

const UserDetails = documented(z.object({ user: User, bio: z.string(), profile_picture: z.nullable(z.string()), created_at: z.string() }), {
  id: 'UserDetails',
})

const Profile = documented(z.object({ id: z.int(), bio: z.string(), location: z.string(), user: User }), { id: 'Profile' })

const profileToWire = (context: Context, { account, bio, location, formerId }: PracticeProfile): z.infer<typeof Profile> => ({
  id: formerId ?? numberOf(context, account.id),
  bio,
  location,
  user: userToWire(context, account),
})

const ProfileFields = z.object({
  bio: text({ max: 1000, blank: true, long: true }),
  location: text({ max: 200, blank: true }),
})

const params = z.object({ id: pathId() })

/** Profiles of the former server have numbers of their own, which are not those of their accounts. All others have the number of their account. */
const profileOf = (context: Context, number: number): PracticeProfileRef =>
  number > 0 && number < context.settings.numbers.mindharmony.end ? { formerId: number } : numberOf(context, number)

const checkProfileAccess = async (context: MemberContext, pathParams: Readonly<Record<string, string>>) =>
  errors.unwrap(await checkPracticeProfile(context, profileOf(context, params.parse(pathParams).id)))

const register = route({
  method: 'POST',
  path: '/user/register/',
  operationId: 'register',
  summary: 'Register',
  access: publicRateLimited,
  body: Registration,
  bodyOptions: { additionalErrors: takenFieldErrors },
  responses: {
    201: ok(RegistrationResponse),
    ...errors.responses('taken'),
  },
  handle: async ({ context, body, request }) => {
    const { account, issued } = errors.unwrap(await registerAndLogIn(context, body, loginAttemptOf(request, 'token')))
    return { status: 201, body: { user: userToWire(context, account), token: issued.token } }
  },
})

const logInRoute = route({
  method: 'POST',
  path: '/user/login/',
  operationId: 'logIn',
  summary: 'Log in',
  access: publicRateLimited,
  body: Credentials,
  bodyOptions: { invalid: invalidCredentials },
  responses: {
    200: ok(LoginResponse),
    ...errors.responses('invalid-credentials', 'inactive', 'throttled'),
  },
  handle: async ({ context, body, request }) => {
    const { account, issued, practice } = errors.unwrap(
      await logIn(context, { contract: 'mindharmony', ...body, ...loginAttemptOf(request, 'token') }),
    )
    const profile = {
      id: practice?.formerId ?? numberOf(context, account.id),
      bio: practice?.bio ?? '',
      location: practice?.location ?? '',
    }
    return { status: 200, body: { token: issued.token, user: { ...userToWire(context, account), profile } } }
  },
})

const logOutRoute = route({
  method: 'POST',
  path: '/user/logout/',
  operationId: 'logOut',
  summary: 'Log out and end the token',
  access: member,
  responses: { 200: ok(z.object({})) },
  handle: async ({ context }) => {
    await logOut(context)
    return { status: 200, body: {} }
  },
})

/** A 401, because a published client forgets a token only if the request fails. */
const INVALID_TOKEN = errorResponse(401, { valid: false })

const validateToken = route({
  method: 'POST',
  path: '/user/validate-token/',
  operationId: 'validateToken',
  summary: 'Check whether the token in the Authorization header is valid',
  access: anyone,
  responses: {
    200: ok(z.object({ valid: z.boolean() })),
    ...errors.responses({ name: 'invalid-token', response: INVALID_TOKEN }),
  },
  handle: async ({ context, request }) => {
    const token = tokenOf(request)
    if (token === null || !(await isValidToken(context, token, 'mindharmony'))) throw new HttpError(INVALID_TOKEN)
    return { status: 200, body: { valid: true } }
  },
})

const readUserDetails = route({
  method: 'GET',
  path: '/user/user-details/',
  operationId: 'getUserDetails',
  summary: "Get the caller's user details",
  access: member,
  responses: {
    200: ok(UserDetails),
  },
  handle: async ({ context, request }) => {
    const { account, bio } = errors.unwrap(await readPracticeProfile(context, context.actor.account.id))
    const picture = mediaUrl(request.url, account.profilePicture)
    return {
      status: 200,
      body: { user: userToWire(context, account), bio, profile_picture: picture, created_at: isoTime(account.createdAt) },
    }
  },
})

const readProfile = route({
  method: 'GET',
  path: '/user/profile/{id}',
  operationId: 'getProfile',
  summary: "Get a user's profile",
  access: member,
  params,
  responses: { 200: ok(Profile), ...errors.responses('not-found') },
  handle: async ({ context, params }) => ({
    status: 200,
    body: profileToWire(context, errors.unwrap(await readPracticeProfile(context, profileOf(context, params.id)))),
  }),
})

const replaceProfile = route({
  method: 'PUT',
  path: '/user/profile/{id}',
  operationId: 'replaceProfile',
  summary: 'Replace a profile',
  access: member,
  body: ProfileFields,
  bodyOptions: { checkRecord: checkProfileAccess },
  params,
  responses: { 200: ok(Profile), ...errors.responses('forbidden', 'not-found') },
  handle: async ({ context, body, params }) => ({
    status: 200,
    body: profileToWire(context, errors.unwrap(await changePracticeProfile(context, { ref: profileOf(context, params.id), ...body }))),
  }),
})

const changeProfile = route({
  method: 'PATCH',
  path: '/user/profile/{id}',
  operationId: 'changeProfile',
  summary: 'Change some fields of a profile',
  access: member,
  body: z.partial(ProfileFields),
  bodyOptions: { checkRecord: checkProfileAccess },
  params,
  responses: { 200: ok(Profile), ...errors.responses('forbidden', 'not-found') },
  handle: async ({ context, body, params }) => ({
    status: 200,
    body: profileToWire(context, errors.unwrap(await changePracticeProfile(context, { ref: profileOf(context, params.id), ...body }))),
  }),
})

/** The routes under /user/, and three short aliases that the contract document uses too. */
export const userRoutes = [
  register,
  alias(register, { path: '/register/', operationId: 'registerByShortPath' }),
  logInRoute,
  alias(logInRoute, { path: '/login/', operationId: 'logInByShortPath' }),
  logOutRoute,
  validateToken,
  readUserDetails,
  alias(readUserDetails, { path: '/user-details/', operationId: 'getUserDetailsByShortPath' }),
  readProfile,
  replaceProfile,
  changeProfile,
]
