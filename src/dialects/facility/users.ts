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
import { seat } from './cookie.ts'
import { errors } from './envelope.ts'
import { EXAMPLE_USER, toWire, UserDone, UserFound } from './user.ts'

const name = () => text({ max: 150, blank: true })

const Registration = z.object({
  username: username({ example: 'JohnSmith' }),
  password: knownPassword({ example: 'secret password' }),
  password_confirm: knownPassword({ example: 'secret password' }),
  display_name: text({ min: 2, max: 50, example: 'John' }),
  facility_id: text({ min: 2, max: 50, example: '234' }),
  consent: boolean().default(false),
  first_name: name().default(''),
  last_name: name().default(''),
  email: email({ blank: true }).default(''),
})

const Changes = z
  .object({
    display_name: text({ min: 2, max: 50, example: 'Johnny' }),
    first_name: name(),
    last_name: name(),
    facility_id: text({ min: 2, max: 50, example: '235' }),
    profile_picture: webUrl({ max: 500, blank: true }).nullable(),
    consent: boolean({ example: true }),
  })
  .partial()

const weak = (texts: string[]) => errorResponse(400, { detail: { password: texts } })
const weakPassword = (password: string) => weak(passwordTexts(password, 'strict'))
const MISMATCH = errorResponse(400, { detail: "Password fields didn't match." })

/** Every /api/users/* path of this contract. (`GET /api/users/` is another's.) */
export const users = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/users/',
      summary: 'Register: logs in and sets the session cookie',
      description: "Missing and ill-sized fields are told together; then the password's rules, then the mismatch, then a taken name.",
      ...publicRateLimited,
      request: { body: body(Registration, { learn: loadCommonPasswords }) },
      responses: {
        201: success(UserDone, 'Registered and logged in', { detail: 'Registration successful', data: { user: EXAMPLE_USER } }),
        ...errors.responses(
          { name: 'weak-password', answer: weak(['This password is too common.', 'This password is entirely numeric.']) },
          { name: 'mismatch', answer: MISMATCH },
          'taken',
          'throttled',
        ),
      },
    }),
    async (c) => {
      const { context } = c.var
      const given = c.req.valid('json')
      const { password } = given
      if (!isAcceptable(password, 'strict')) throw new ResponseThrown(weakPassword(password))
      if (password !== given.password_confirm) throw new ResponseThrown(MISMATCH)
      const facility = { displayName: given.display_name, facilityId: given.facility_id, consent: given.consent }
      const { account, credential } = errors.unwrap(
        await registerAndLogIn(
          context,
          { username: given.username, email: given.email, password, firstName: given.first_name, lastName: given.last_name, facility },
          loginAttemptOf(c.req.raw, 'session'),
        ),
      )
      seat(c, await signToken(context, account, credential), context.settings.lifetimes.session)
      return c.json({ detail: 'Registration successful', data: { user: toWire(account, facility, c.req.url) } }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/users/me/',
      summary: 'Who the caller is',
      ...signedIn,
      responses: { 200: success(UserFound, 'The caller', { data: { user: { ...EXAMPLE_USER, firstName: 'John', lastName: 'Smith' } } }) },
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
      summary: 'Change what the caller gives',
      ...signedIn,
      request: { body: body(Changes) },
      responses: {
        200: success(UserDone, 'Changed', {
          detail: 'User information updated successfully',
          data: { user: { ...EXAMPLE_USER, display_name: 'Johnny' } },
        }),
      },
    }),
    async (c) => {
      const given = c.req.valid('json')
      const { account, profile } = await changeFacilityProfile(c.var.context, {
        displayName: given.display_name,
        facilityId: given.facility_id,
        consent: given.consent,
        firstName: given.first_name,
        lastName: given.last_name,
        profilePicture: given.profile_picture === '' ? null : given.profile_picture,
      })
      return c.json({ detail: 'User information updated successfully', data: { user: toWire(account, profile, c.req.url) } }, 200)
    },
  )
}
