import { createRoute, z } from '@hono/zod-openapi'
import { loadCommonPasswords } from '../../domain/accounts/common-passwords.ts'
import { isAcceptable } from '../../domain/accounts/password-rules.ts'
import { registerAndLogIn } from '../../domain/accounts/register.ts'
import { changeFacilityProfile, readFacilityProfile } from '../../domain/profiles/facility.ts'
import { signToken } from '../../domain/sessions/credentials.ts'
import { knownPassword, passwordTexts, username } from '../../http/account-fields.ts'
import { errorResponse, ResponseThrown } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { loginAttemptOf, publicRateLimited, signedIn } from '../../http/credentials.ts'
import { boolean, email, text, webUrl } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { setSessionCookie } from './cookie.ts'
import { errors } from './errors.ts'
import { EXAMPLE_USER, toWire, UserResponse, UserWithDetailResponse } from './user.ts'

const personName = () => text({ max: 150, blank: true })

const Registration = z.object({
  username: username({ example: 'JohnSmith' }),
  password: knownPassword({ example: 'secret password' }),
  password_confirm: knownPassword({ example: 'secret password' }),
  display_name: text({ min: 2, max: 50, example: 'John' }),
  facility_id: text({ min: 2, max: 50, example: '234' }),
  consent: boolean().default(false),
  first_name: personName().default(''),
  last_name: personName().default(''),
  email: email({ blank: true }).default(''),
})

const UserChanges = z
  .object({
    display_name: text({ min: 2, max: 50, example: 'Johnny' }),
    first_name: personName(),
    last_name: personName(),
    facility_id: text({ min: 2, max: 50, example: '235' }),
    profile_picture: webUrl({ max: 500, blank: true }).nullable(),
    consent: boolean({ example: true }),
  })
  .partial()

const weakPasswordResponse = (texts: string[]) => errorResponse(400, { detail: { password: texts } })
const weakPassword = (password: string) => weakPasswordResponse(passwordTexts(password, 'strict'))
const PASSWORD_MISMATCH = errorResponse(400, { detail: "Password fields didn't match." })

/** The routes under /api/users/. (`GET /api/users/` belongs to the meetups contract.) */
export const users = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/users/',
      summary: 'Register, log in and set the session cookie',
      description:
        'The first failing check is reported: all missing or wrongly sized fields together, then the password rules, then a password mismatch, then a username that is already in use.',
      ...publicRateLimited,
      request: { body: body(Registration, { learn: loadCommonPasswords }) },
      responses: {
        201: success(UserWithDetailResponse, 'Registered and logged in', {
          detail: 'Registration successful',
          data: { user: EXAMPLE_USER },
        }),
        ...errors.responses(
          { name: 'weak-password', answer: weakPasswordResponse(['This password is too common.', 'This password is entirely numeric.']) },
          { name: 'password-mismatch', answer: PASSWORD_MISMATCH },
          'taken',
          'throttled',
        ),
      },
    }),
    async (c) => {
      const { context } = c.var
      const input = c.req.valid('json')
      const { password } = input
      if (!isAcceptable(password, 'strict')) throw new ResponseThrown(weakPassword(password))
      if (password !== input.password_confirm) throw new ResponseThrown(PASSWORD_MISMATCH)
      const facility = { displayName: input.display_name, facilityId: input.facility_id, consent: input.consent }
      const { account, credential } = errors.unwrap(
        await registerAndLogIn(
          context,
          { username: input.username, email: input.email, password, firstName: input.first_name, lastName: input.last_name, facility },
          loginAttemptOf(c.req.raw, 'session'),
        ),
      )
      setSessionCookie(c, await signToken(context, account, credential), context.settings.lifetimes.session)
      return c.json({ detail: 'Registration successful', data: { user: toWire(account, facility, c.req.url) } }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/users/me/',
      summary: "Get the caller's user data",
      ...signedIn,
      responses: { 200: success(UserResponse, 'The user', { data: { user: { ...EXAMPLE_USER, firstName: 'John', lastName: 'Smith' } } }) },
    }),
    async (c) => {
      const { account, profile } = await readFacilityProfile(c.var.context)
      return c.json({ data: { user: toWire(account, profile, c.req.url) } }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'patch',
      path: '/api/users/me/',
      summary: "Change the caller's user data",
      ...signedIn,
      request: { body: body(UserChanges) },
      responses: {
        200: success(UserWithDetailResponse, 'User data changed', {
          detail: 'User information updated successfully',
          data: { user: { ...EXAMPLE_USER, display_name: 'Johnny' } },
        }),
      },
    }),
    async (c) => {
      const input = c.req.valid('json')
      const { account, profile } = await changeFacilityProfile(c.var.context, {
        displayName: input.display_name,
        facilityId: input.facility_id,
        consent: input.consent,
        firstName: input.first_name,
        lastName: input.last_name,
        profilePicture: input.profile_picture === '' ? null : input.profile_picture,
      })
      return c.json({ detail: 'User information updated successfully', data: { user: toWire(account, profile, c.req.url) } }, 200)
    },
  )
}
