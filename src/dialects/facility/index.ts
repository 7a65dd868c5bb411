import type { Dialect } from '../../http/dialect.ts'
import { invalidFields, unauthenticated } from './errors.ts'
import { sessions } from './sessions.ts'
import { users } from './users.ts'

export const facility: Dialect = {
  name: 'facility',
  title: 'Facility',
  description:
    'A curriculum app for facilities. Response bodies are `{"detail": …, "data": …}`. Clients authenticate with a session cookie.',
  prefixes: ['/api/sessions', '/api/users/me'],
  challenge: 'Token',
  resources: [users, sessions],
  unauthenticated,
  invalid: invalidFields,
  serverError: { detail: 'Internal server error.' },
}
