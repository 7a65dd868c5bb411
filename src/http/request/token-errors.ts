import { errorResponse } from '../response/errors.ts'
import type { ErrorResponse } from '../response/specs.ts'
import type { CredentialProblem } from './credentials.ts'

/** The texts of Django REST Framework's TokenAuthentication, which several contracts share. */
const DETAILS: Readonly<Record<CredentialProblem, string>> = {
  absent: 'Authentication credentials were not provided.',
  empty: 'Invalid token header. No credentials provided.',
  malformed: 'Invalid token header. Token string should not contain spaces.',
  invalid: 'Invalid token.',
  expired: 'Invalid token.',
  'wrong-type': 'Invalid token.',
  revoked: 'Invalid token.',
  'account-not-found': 'Invalid token.',
  inactive: 'User inactive or deleted.',
}

export const tokenError = (problem: CredentialProblem): ErrorResponse => errorResponse(401, { detail: DETAILS[problem] })
