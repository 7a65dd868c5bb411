import { tokenError } from '../../http/request/token-errors.ts'
import { errorResponse } from '../../http/response/errors.ts'
import type { Contract } from '../../http/routing/contract.ts'
import { chatRoutes } from './chat.ts'
import { contactRoutes } from './contacts.ts'
import { eventRoutes } from './event.ts'
import { musicRoutes } from './music.ts'
import { sessionRoutes } from './sessions.ts'
import { therapistRoutes } from './therapist.ts'
import { userRoutes } from './user.ts'
import { userInfoRoutes } from './user-info.ts'
import { socketRoutes } from './ws.ts'

export const recovery: Contract = {
  name: 'recovery',
  title: 'Recovery',
  prefixes: ['/api/v1', '/ws'],
  challenge: 'Token',
  routes: [
    ...userRoutes,
    ...sessionRoutes,
    ...userInfoRoutes,
    ...contactRoutes,
    ...therapistRoutes,
    ...musicRoutes,
    ...eventRoutes,
    ...chatRoutes,
    ...socketRoutes,
  ],
  unauthenticated: tokenError,
  invalid: (errors) => errorResponse(400, errors),
  serverError: { error: 'Internal server error.' },
}
