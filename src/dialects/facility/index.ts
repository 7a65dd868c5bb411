import type { Contract } from '../../http/routing/contract.ts'
import { invalidFields, unauthenticated } from './errors.ts'
import { sessionRoutes } from './sessions.ts'
import { userRoutes } from './users.ts'

export const facility: Contract = {
  name: 'facility',
  title: 'Facility',
  prefixes: ['/api/sessions', '/api/users/me'],
  challenge: 'Token',
  routes: [...userRoutes, ...sessionRoutes],
  unauthenticated,
  invalid: invalidFields,
  serverError: { detail: 'Internal server error.' },
}
