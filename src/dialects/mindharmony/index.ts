import { tokenError } from '../../http/request/token-errors.ts'
import { errorResponse } from '../../http/response/errors.ts'
import type { Contract } from '../../http/routing/contract.ts'
import { sessionRoutes } from './session.ts'
import { userRoutes } from './user.ts'

export const mindharmony: Contract = {
  name: 'mindharmony',
  title: 'Mindharmony',
  prefixes: ['/user', '/session', '/register', '/login', '/user-details'],
  challenge: 'Token',
  routes: [...userRoutes, ...sessionRoutes],
  unauthenticated: tokenError,
  invalid: (errors) => errorResponse(400, errors),
  serverError: { detail: 'Internal server error.' },
}
