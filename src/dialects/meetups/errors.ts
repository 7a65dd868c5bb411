import { takenErrors } from '../../http/request/account-fields.ts'
import type { CredentialProblem } from '../../http/request/credentials.ts'
import { errorResponse, errorTable, NOT_FOUND, throttled } from '../../http/response/errors.ts'
import type { ErrorResponse } from '../../http/response/specs.ts'

const TOKEN_NOT_VALID = { detail: 'Given token not valid for any token type', code: 'token_not_valid' }

const tokenNotValid = (message: string): ErrorResponse['body'] => ({
  ...TOKEN_NOT_VALID,
  messages: [{ token_class: 'AccessToken', token_type: 'access', message }],
})

const BAD_AUTHORIZATION_HEADER = {
  detail: 'Authorization header must contain two space-delimited values',
  code: 'bad_authorization_header',
}

/** The bodies that djangorestframework-simplejwt sends for each credential problem. */
const CREDENTIAL_PROBLEM_BODIES: Readonly<Record<CredentialProblem, ErrorResponse['body']>> = {
  absent: { detail: 'Authentication credentials were not provided.' },
  empty: BAD_AUTHORIZATION_HEADER,
  malformed: BAD_AUTHORIZATION_HEADER,
  invalid: tokenNotValid('Token is invalid'),
  expired: tokenNotValid('Token is expired'),
  'wrong-type': tokenNotValid('Token has wrong type'),
  revoked: tokenNotValid('Token is invalid'),
  'account-not-found': { detail: 'User not found', code: 'user_not_found' },
  inactive: { detail: 'User is inactive', code: 'user_inactive' },
}

export const unauthenticated = (problem: CredentialProblem): ErrorResponse => errorResponse(401, CREDENTIAL_PROBLEM_BODIES[problem])

const REFRESH_PROBLEM_TEXTS = { invalid: 'Token is invalid', expired: 'Token is expired', 'wrong-type': 'Token has wrong type' }
const NO_ACCOUNT = errorResponse(401, { detail: 'No active account found with the given credentials' })

/** The response of this contract for each failure code. */
export const errors = errorTable({
  taken: ({ fields }) => errorResponse(400, takenErrors(fields)),
  'invalid-credentials': () => NO_ACCOUNT,
  inactive: () => NO_ACCOUNT,
  throttled: ({ seconds }) => throttled(seconds),
  'invalid-refresh-token': ({ reason }) => errorResponse(401, { detail: REFRESH_PROBLEM_TEXTS[reason], code: 'token_not_valid' }),
  'not-found': () => NOT_FOUND,
  'invalid-id': () => errorResponse(400, { error: 'Invalid ID' }),
  'may-not-edit-plan': () => errorResponse(403, { error: 'User unauthorized to update this plan.' }),
  'may-not-delete-plan': () => errorResponse(403, { error: 'User unauthorized to delete this plan.' }),
  'ends-before-start': () => errorResponse(400, { end_time: ['End time must be after start time.'] }),
  'capacity-below-rsvps': ({ taken }) => errorResponse(400, { capacity: [`Ensure this value is greater than or equal to ${taken}.`] }),
  'plan-not-found': () => errorResponse(404, { error: 'Plan not found' }),
  'rsvp-exists': () => errorResponse(400, { error: "User has already RSVP'd to this plan" }),
  'plan-full': () => errorResponse(400, { error: 'Plan is full' }),
  'rsvp-not-found': () => errorResponse(404, { error: 'RSVP not found' }),
  'may-not-delete-rsvp': () => errorResponse(403, { error: 'User unauthorized to delete this RSVP.' }),
  'no-such-user': () => errorResponse(404, { detail: 'No User matches the given query.' }),
  'request-to-self': () => errorResponse(400, { detail: 'Cannot send request to yourself' }),
  'already-friends': () => errorResponse(400, { detail: 'Friend request already exists or already friends' }),
  'request-exists': () => errorResponse(400, { detail: 'Friend request already exists' }),
  'request-not-found': () => errorResponse(404, { detail: 'No Friend matches the given query.' }),
  'not-your-request': () => errorResponse(403, { detail: 'Not authorized' }),
  'friendship-not-found': () => errorResponse(404, { detail: 'Not found' }),
})
