import { takenErrors } from '../../http/request/account-fields.ts'
import type { CredentialProblem } from '../../http/request/credentials.ts'
import type { FieldErrors } from '../../http/request/field-errors.ts'
import { tokenError } from '../../http/request/token-errors.ts'
import { errorResponse, errorTable, throttled } from '../../http/response/errors.ts'
import type { ErrorResponse } from '../../http/response/specs.ts'

export const NO_PERMISSION = 'You do not have permission to perform this action.'

export const forbidden = (error = NO_PERMISSION): ErrorResponse => errorResponse(403, { error, message: NO_PERMISSION })

/** The error response for field errors. The User app adds a sentence under `error`; the other seven apps send the fields only. */
export const invalidFields = (errors: FieldErrors, path: string): ErrorResponse =>
  isUserApp(path) ? summaryAndFieldErrors(errors) : errorResponse(400, errors)

const isUserApp = (path: string): boolean => path === '/users' || path.startsWith('/users/')

const NOT_PROVIDED = 'Authentication credentials were not provided.'

/** The User app has its own texts for missing or invalid credentials; the other seven apps share Django's. */
export const unauthenticated = (problem: CredentialProblem, path: string): ErrorResponse => {
  if (problem === 'inactive') return errorResponse(400, { detail: 'User inactive or deleted.' })
  if (!isUserApp(path)) return problem === 'absent' ? errorResponse(401, { message: NOT_PROVIDED }) : tokenError(problem)
  return problem === 'absent' ? errorResponse(400, { error: NOT_PROVIDED }) : errorResponse(401, { error: 'Invalid or expired token.' })
}

/** The texts under `error` that differ from the text of the field. */
const SUMMARY_TEXTS: Readonly<Record<string, string>> = {
  'A user with this username already exists.': 'Username already exists.',
  'A user with this email already exists.': 'Email already exists.',
  'A user with this phone number already exists.': 'Phone number already exists.',
}

const REQUIRED = 'This field is required.'

/** The error response with a sentence about the first invalid field under `error`, and the texts of every invalid field. */
export const summaryAndFieldErrors = (errors: FieldErrors): ErrorResponse => {
  const [name = '', texts = []] = Object.entries(errors)[0] ?? []
  const [text = ''] = Array.isArray(texts) ? texts : []
  return errorResponse(400, { error: summaryText(errors, name, text), ...errors })
}

const summaryText = (errors: FieldErrors, name: string, text: string): string => {
  if (text === REQUIRED) {
    const missing = Object.entries(errors).filter(([, texts]) => Array.isArray(texts) && texts.includes(REQUIRED))
    return `The following fields are required: ${missing.map(([field]) => field).join(', ')}.`
  }
  return name === 'password' ? 'Password must meet the required complexity.' : (SUMMARY_TEXTS[text] ?? text)
}

export const TAKEN_TEXTS = {
  username: 'A user with this username already exists.',
  email: 'A user with this email already exists.',
  phone_number: 'A user with this phone number already exists.',
}

export const PLAN_NOT_FOUND_TEXT = 'The selected subscription plan does not exist.'

const noMatch = (model: string): ErrorResponse => errorResponse(404, { detail: `No ${model} matches the given query.` })

/** The error table of this dialect: its error response for each failure code. */
export const errors = errorTable({
  taken: ({ fields }) => summaryAndFieldErrors(takenErrors(fields, TAKEN_TEXTS)),
  'no-such-plan': ({ taken }) => summaryAndFieldErrors({ ...takenErrors(taken, TAKEN_TEXTS), subscription_plan: [PLAN_NOT_FOUND_TEXT] }),
  'invalid-credentials': () => errorResponse(401, { error: 'Invalid credentials.', non_field_errors: ['Invalid credentials.'] }),
  inactive: () =>
    errorResponse(403, { error: 'Your account is inactive. Please contact support.', is_active: ['Your account is inactive.'] }),
  throttled: ({ seconds }) => throttled(seconds),
  'wrong-password': () => errorResponse(400, { error: 'Old password is not correct', detail: 'Old password is not correct.' }),
  forbidden: () => forbidden(),
  'already-inactive': ({ username }) => errorResponse(400, { message: `User ${username} is already deactivated.` }),
  'no-such-user': () => noMatch('CustomUser'),
  'no-such-subscription': () => noMatch('Subscription'),
  'ends-before-it-starts': () => errorResponse(400, { end_date: ['End date must be after start date.'] }),
  'profile-exists': ({ accountId }) => errorResponse(409, { message: 'A profile already exists for this user.', user_id: accountId }),
  'no-profile': () => errorResponse(404, { message: 'Profile not found' }),
  'type-exists': () => errorResponse(400, { type: ['common matching table with this type already exists.'] }),
})
