import type { Dialect } from '../../http/dialect.ts'
import { invalidFields, unauthenticated } from './envelope.ts'
import { sessions } from './sessions.ts'
import { users } from './users.ts'

export const facility: Dialect = {
  name: 'facility',
  title: 'Facility',
  description: 'A curriculum app for facilities. Every answer is `{"detail": …, "data": …}`; a session cookie errorResponse who calls.',
  prefixes: ['/api/sessions', '/api/users/me'],
  challenge: 'Token',
  resources: [users, sessions],
  unauthenticated,
  invalid: invalidFields,
  serverError: { detail: 'Internal server error.' },
}
