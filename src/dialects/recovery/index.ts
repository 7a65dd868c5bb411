import { says } from '../../http/answers.ts'
import type { Dialect } from '../../http/dialect.ts'
import { tokenAuthentication } from '../../http/token-authentication.ts'
import { sessions } from './sessions.ts'
import { user } from './user.ts'

export const recovery: Dialect = {
  name: 'recovery',
  title: 'Recovery',
  description: 'A PTSD recovery app.',
  prefixes: ['/api/v1', '/ws'],
  challenge: 'Token',
  resources: [user, sessions],
  unauthenticated: tokenAuthentication,
  invalid: (errors) => says(400, errors),
  serverError: { error: 'Internal server error.' },
}
