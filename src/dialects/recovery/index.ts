import { errorResponse } from '../../http/answers.ts'
import type { Dialect } from '../../http/dialect.ts'
import { tokenAuthentication } from '../../http/token-authentication.ts'
import { chat } from './chat.ts'
import { contacts } from './contacts.ts'
import { event } from './event.ts'
import { music } from './music.ts'
import { sessions } from './sessions.ts'
import { therapist } from './therapist.ts'
import { user } from './user.ts'
import { userInfo } from './user-info.ts'
import { ws } from './ws.ts'

export const recovery: Dialect = {
  name: 'recovery',
  title: 'Recovery',
  description: 'A PTSD recovery app.',
  prefixes: ['/api/v1', '/ws'],
  challenge: 'Token',
  resources: [user, sessions, userInfo, contacts, therapist, music, event, chat, ws],
  unauthenticated: tokenAuthentication,
  invalid: (errors) => errorResponse(400, errors),
  serverError: { error: 'Internal server error.' },
}
