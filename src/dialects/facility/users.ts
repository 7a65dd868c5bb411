import * as z from 'zod/mini'
import { loadCommonPasswords } from '../../domain/accounts/common-passwords.ts'
import { isAcceptable } from '../../domain/accounts/password-rules.ts'
import { register, registerAndLogIn } from '../../domain/accounts/register.ts'
import type { Context } from '../../domain/context.ts'
import { changeFacilityProfile, readFacilityProfile } from '../../domain/profiles/facility.ts'
import { knownPassword, passwordTexts, username } from '../../http/request/account-fields.ts'
import { loginAttemptOf } from '../../http/request/credentials.ts'
import type { FieldErrors } from '../../http/request/field-errors.ts'
import { boolean, email, field, text, webUrl } from '../../http/request/fields.ts'
import { isCrossSite } from '../../http/request/same-site.ts'
import { errorResponse, HttpError } from '../../http/response/errors.ts'
import type { ErrorResponse } from '../../http/response/specs.ts'
import { ok } from '../../http/response/specs.ts'
import { member, publicRateLimited } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import type { Account } from '../../model/account.ts'
import { EMPTY_FACILITY_PROFILE, FACILITY_TEXT_SIZES, FACILITY_THEMES } from '../../model/facility.ts'
import { isUploadedPicture } from '../../model/picture.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { errors, invalidFields } from './errors.ts'
import { startSession } from './session-cookie.ts'
import { toWire, UserDone, UserFound } from './user.ts'

const name = () => text({ max: 150, blank: true })

/** A URL or a path. It may not name an uploaded picture: erasing an account removes the uploaded picture that it names. */
const picture = () => webUrl({ max: 500, blank: true, relative: true, accepts: (input) => !isUploadedPicture(input) })

const oneOf = <const T extends string>(options: readonly T[], message: string) =>
  field<T>({ type: 'string', enum: [...options] }, (value, reject) => options.find((option) => option === value) ?? reject(message))

const Registration = z.object({
  username: username(),
  password: knownPassword(),
  password_confirm: knownPassword(),
  display_name: text({ min: 2, max: 50 }),
  facility_id: z.optional(text({ min: 2, max: 50, blank: true })),
  consent: z._default(boolean(), false),
  first_name: z._default(name(), ''),
  last_name: z._default(name(), ''),
  email: z._default(email({ blank: true }), ''),
})

const Changes = z.partial(
  z.object({
    display_name: text({ min: 2, max: 50 }),
    first_name: name(),
    last_name: name(),
    facility_id: text({ min: 2, max: 50 }),
    profile_picture: z.nullable(picture()),
    consent: boolean(),
    theme: oneOf(FACILITY_THEMES, 'Theme is not a valid option.'),
    text_size: oneOf(FACILITY_TEXT_SIZES, 'Text size is not a valid option.'),
  }),
)

const weakPassword = (texts: string[]) => errorResponse(400, { detail: { password: texts } })
const MISMATCH = errorResponse(400, { detail: "Password fields didn't match." })

/** Published clients send no facility, so it is optional. It is reported beside other errors all the same, as the document shows. */
const missingFacility = async (_context: Context, valid: Readonly<Record<string, unknown>>, errors: FieldErrors): Promise<FieldErrors> =>
  valid.facility_id === undefined && !errors.facility_id ? { facility_id: ['This field is required.'] } : {}

const registerRoute = route({
  method: 'POST',
  path: '/api/users/',
  operationId: 'register',
  summary: 'Register, log in and set the session cookie',
  access: publicRateLimited,
  body: Registration,
  bodyOptions: { prepare: loadCommonPasswords, additionalErrors: missingFacility },
  responses: {
    201: ok(UserDone),
    ...errors.responses(
      { name: 'weak-password', response: weakPassword(['This password is too common.', 'This password is entirely numeric.']) },
      { name: 'mismatch', response: MISMATCH },
      'taken',
      'throttled',
    ),
  },
  handle: async ({ context, body, request }) => {
    const { username, email, password } = body
    if (!isAcceptable(password, 'strict')) throw new HttpError(weakPassword(passwordTexts(password, 'strict')))
    if (password !== body.password_confirm) throw new HttpError(MISMATCH)
    const facility = {
      ...EMPTY_FACILITY_PROFILE,
      displayName: body.display_name,
      facilityId: body.facility_id ?? '',
      consent: body.consent,
    }
    const registration = { username, email, password, firstName: body.first_name, lastName: body.last_name, facility }
    const respond = (account: Account, headers: Record<string, string>) => ({
      status: 201 as const,
      body: { detail: 'Registration successful', data: { user: toWire(context, account, facility, request.url) } },
      headers,
    })
    // Another site may register its visitor, but must not log them in to an account whose password the site has chosen.
    if (isCrossSite(request, context.settings.allowedOrigins)) return respond(errors.unwrap(await register(context, registration)), {})
    const { account, issued } = errors.unwrap(await registerAndLogIn(context, registration, loginAttemptOf(request, 'session')))
    return respond(account, await startSession(context, request, issued))
  },
})

const readOwn = route({
  method: 'GET',
  path: '/api/users/me/',
  operationId: 'getAccount',
  summary: "Read the caller's account",
  access: member,
  responses: { 200: ok(UserFound) },
  handle: async ({ context, request }) => {
    const { account, profile } = await readFacilityProfile(context)
    return { status: 200, body: { data: { user: toWire(context, account, profile, request.url) } } }
  },
})

/** The published clients look for the errors of the two preferences here. */
const invalidChanges = ({ theme, text_size: textSize, ...errors }: FieldErrors): ErrorResponse => {
  const preferences = [theme, textSize].flatMap((texts) => (Array.isArray(texts) ? texts : []))
  return invalidFields(preferences.length > 0 ? { ...errors, non_field_errors: preferences } : errors)
}

const changeOwn = route({
  method: 'PATCH',
  path: '/api/users/me/',
  operationId: 'changeAccount',
  summary: "Change the caller's account",
  access: member,
  quota: QUOTAS.accountChanges,
  body: Changes,
  bodyOptions: { invalid: invalidChanges },
  responses: {
    200: ok(UserDone),
  },
  handle: async ({ context, body, request }) => {
    const { account, profile } = await changeFacilityProfile(context, {
      displayName: body.display_name,
      facilityId: body.facility_id,
      consent: body.consent,
      firstName: body.first_name,
      lastName: body.last_name,
      profilePicture: body.profile_picture === '' ? null : body.profile_picture,
      theme: body.theme,
      textSize: body.text_size,
    })
    return {
      status: 200,
      body: { detail: 'User information updated successfully', data: { user: toWire(context, account, profile, request.url) } },
    }
  },
})

/** Every /api/users/* route of this contract. (`GET /api/users/` belongs to another one.) */
export const userRoutes = [registerRoute, readOwn, changeOwn]
