import { createRoute, z } from '@hono/zod-openapi'
import { registerAndLogIn } from '../../domain/accounts/register.ts'
import { signPair } from '../../domain/sessions/credentials.ts'
import { alsoTaken, knownPassword, newPassword, username } from '../../http/account-fields.ts'
import type { Api } from '../../http/api.ts'
import { body } from '../../http/body.ts'
import { loginAttemptOf, publicRateLimited } from '../../http/credentials.ts'
import { email } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { errors } from './errors.ts'
import { profileFields } from './profile.ts'

const Registration = z
  .object({
    username: username({ example: 'johndoe' }),
    email: email({ example: 'john@example.com' }),
    first_name: profileFields.first_name({ blank: true }).default(''),
    last_name: profileFields.last_name({ blank: true }).default(''),
    date_of_birth: profileFields.date_of_birth().nullable().default(null),
    bio: profileFields.bio().default(''),
    password: newPassword('basic', { example: 'securepassword123' }),
    password_confirm: knownPassword({ example: 'securepassword123' }),
  })
  .refine((input) => input.password === input.password_confirm, { message: "Passwords don't match." })

const Registered = z.object({ message: z.string(), refresh: z.string(), access: z.string() }).openapi('Registered')

/** POST /api/register/. */
export const register = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/register/',
      summary: 'Register an account and log in',
      ...publicRateLimited,
      request: { body: body(Registration, { also: alsoTaken }) },
      responses: {
        201: success(Registered, 'Registered, with a token pair', {
          message: 'User registered successfully',
          refresh: 'eyJ0eXAiOiJKV1QiLCJh...',
          access: 'eyJ0eXAiOiJKV1QiLCJhb...',
        }),
        ...errors.responses('taken', 'throttled'),
      },
    }),
    async (c) => {
      const { context } = c.var
      const { first_name: firstName, last_name: lastName, date_of_birth: dateOfBirth, bio, ...fields } = c.req.valid('json')
      const { account, credential } = errors.unwrap(
        await registerAndLogIn(
          context,
          { ...fields, firstName, lastName, meetups: { dateOfBirth, bio } },
          loginAttemptOf(c.req.raw, 'pair'),
        ),
      )
      return c.json({ message: 'User registered successfully', ...(await signPair(context, account, credential)) }, 201)
    },
  )
}
