import * as z from 'zod/mini'
import { registerAndLogIn } from '../../domain/accounts/register.ts'
import { knownPassword, newPassword, takenFieldErrors, username } from '../../http/request/account-fields.ts'
import { loginAttemptOf } from '../../http/request/credentials.ts'
import { email } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { ok } from '../../http/response/specs.ts'
import { publicRateLimited } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import { errors } from './errors.ts'
import { profileFields } from './profile.ts'

const Registration = z
  .object({
    username: username(),
    email: email(),
    first_name: z._default(profileFields.first_name({ blank: true }), ''),
    last_name: z._default(profileFields.last_name({ blank: true }), ''),
    date_of_birth: z._default(z.nullable(profileFields.date_of_birth()), null),
    bio: z._default(profileFields.bio(), ''),
    password: newPassword('basic'),
    password_confirm: knownPassword(),
  })
  .check(z.refine((input) => input.password === input.password_confirm, { message: "Passwords don't match." }))

const Registered = documented(z.object({ message: z.string(), refresh: z.string(), access: z.string() }), { id: 'Registered' })

const register = route({
  method: 'POST',
  path: '/api/register/',
  operationId: 'register',
  summary: 'Register an account and log in',
  access: publicRateLimited,
  body: Registration,
  bodyOptions: { additionalErrors: takenFieldErrors },
  responses: {
    201: ok(Registered),
    ...errors.responses('taken', 'throttled'),
  },
  handle: async ({ context, body, request }) => {
    const { first_name: firstName, last_name: lastName, date_of_birth: dateOfBirth, bio, ...fields } = body
    const { issued } = errors.unwrap(
      await registerAndLogIn(context, { ...fields, firstName, lastName, meetups: { dateOfBirth, bio } }, loginAttemptOf(request, 'pair')),
    )
    return { status: 201, body: { message: 'User registered successfully', ...issued } }
  },
})

/** POST /api/register/. */
export const registrationRoutes = [register]
