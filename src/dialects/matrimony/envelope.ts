import { takenErrors } from '../../http/account-fields.ts'
import { type Answer, errorResponse, errorTable } from '../../http/answers.ts'
import type { CredentialProblem } from '../../http/credentials.ts'
import { throttled } from '../../http/dialect.ts'
import type { FieldErrors } from '../../http/field-errors.ts'
import { tokenAuthentication } from '../../http/token-authentication.ts'

export const NO_PERMISSION = 'You do not have permission to perform this action.'

export const forbidden = (error = NO_PERMISSION): Answer => errorResponse(403, { error, message: NO_PERMISSION })

/** The User app errorResponse a sentence beside the fields; the other seven have the fields alone. */
export const invalid = (errors: FieldErrors, path: string): Answer =>
  isUserApp(path) ? sentenceAndFields(errors) : errorResponse(400, errors)

const isUserApp = (path: string): boolean => path === '/users' || path.startsWith('/users/')

const NOT_PROVIDED = 'Authentication credentials were not provided.'

/** The User app has words of its own for what keeps a caller out; the other seven share Django's. */
export const unauthenticated = (problem: CredentialProblem, path: string): Answer => {
  if (problem === 'inactive') return errorResponse(400, { detail: 'User inactive or deleted.' })
  if (!isUserApp(path)) return problem === 'absent' ? errorResponse(401, { message: NOT_PROVIDED }) : tokenAuthentication(problem)
  return problem === 'absent' ? errorResponse(400, { error: NOT_PROVIDED }) : errorResponse(401, { error: 'Invalid or expired token.' })
}

/** What `error` errorResponse where it errorResponse something else than the field does. */
const SENTENCES: Readonly<Record<string, string>> = {
  'A user with this username already exists.': 'Username already exists.',
  'A user with this email already exists.': 'Email already exists.',
  'A user with this phone number already exists.': 'Phone number already exists.',
}

const REQUIRED = 'This field is required.'

/** A sentence about the first field that fails, and every failing field beside it. */
export const sentenceAndFields = (errors: FieldErrors): Answer => {
  const [name = '', texts = []] = Object.entries(errors)[0] ?? []
  const [text = ''] = Array.isArray(texts) ? texts : []
  return errorResponse(400, { error: sentence(errors, name, text), ...errors })
}

const sentence = (errors: FieldErrors, name: string, text: string): string => {
  if (text === REQUIRED) {
    const missing = Object.entries(errors).filter(([, texts]) => Array.isArray(texts) && texts.includes(REQUIRED))
    return `The following fields are required: ${missing.map(([field]) => field).join(', ')}.`
  }
  return name === 'password' ? 'Password must meet the required complexity.' : (SENTENCES[text] ?? text)
}

export const TAKEN = {
  username: 'A user with this username already exists.',
  email: 'A user with this email already exists.',
  phone_number: 'A user with this phone number already exists.',
}

export const NO_SUCH_PLAN = 'The selected subscription plan does not exist.'

const noSuch = (name: string): Answer => errorResponse(404, { detail: `No ${name} matches the given query.` })

/** How this dialect errorResponse what the core refuses. */
export const errors = errorTable({
  taken: ({ fields }) => sentenceAndFields(takenErrors(fields, TAKEN)),
  'no-such-plan': ({ taken }) => sentenceAndFields({ ...takenErrors(taken, TAKEN), subscription_plan: [NO_SUCH_PLAN] }),
  'invalid-credentials': () => errorResponse(401, { error: 'Invalid credentials.', non_field_errors: ['Invalid credentials.'] }),
  inactive: () =>
    errorResponse(403, { error: 'Your account is inactive. Please contact support.', is_active: ['Your account is inactive.'] }),
  throttled: ({ seconds }) => throttled(seconds),
  'wrong-password': () => errorResponse(400, { error: 'Old password is not correct', detail: 'Old password is not correct.' }),
  'already-inactive': ({ username }) => errorResponse(400, { message: `User ${username} is already deactivated.` }),
  'no-such-user': () => noSuch('CustomUser'),
  'no-such-subscription': () => noSuch('Subscription'),
  'ends-before-it-starts': () => errorResponse(400, { end_date: ['End date must be after start date.'] }),
  'profile-exists': ({ accountId }) => errorResponse(409, { message: 'A profile already exists for this user.', user_id: accountId }),
  'no-profile': () => errorResponse(404, { message: 'Profile not found' }),
  'type-exists': () => errorResponse(400, { type: ['common matching table with this type already exists.'] }),
})
