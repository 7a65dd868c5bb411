import { type Answer, errorResponse } from './answers.ts'
import type { CredentialProblem } from './credentials.ts'

/** What Django REST Framework's TokenAuthentication errorResponse: the texts of two dialects, and where a third has none of its own. */
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

export const tokenAuthentication = (problem: CredentialProblem): Answer => errorResponse(401, { detail: DETAILS[problem] })
