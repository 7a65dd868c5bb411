import { errorResponse } from '../../http/answers.ts'
import type { Dialect } from '../../http/dialect.ts'
import { tokenAuthentication } from '../../http/token-authentication.ts'
import { session } from './session.ts'
import { user } from './user.ts'

export const mindharmony: Dialect = {
  name: 'mindharmony',
  title: 'Mindharmony',
  description: 'A mindfulness app: users record their practice sessions.',
  prefixes: ['/user', '/session', '/register', '/login', '/user-details'],
  challenge: 'Token',
  resources: [user, session],
  unauthenticated: tokenAuthentication,
  invalid: (errors) => errorResponse(400, errors),
  serverError: { detail: 'Internal server error.' },
}
