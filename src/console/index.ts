import { errorResponse } from '../http/answers.ts'
import type { Dialect } from '../http/dialect.ts'
import { tokenAuthentication } from '../http/token-authentication.ts'
import { alarms } from './alarms.ts'
import { outbox } from './outbox.ts'
import { reports } from './reports.ts'
import { rooms } from './rooms.ts'

/** What the staff's page asks for. No contract of anybody else's: it changes with the page, and stands in no reference. */
export const consoleApi: Dialect = {
  name: 'console',
  title: 'Console',
  description: 'What the console of the support staff asks for.',
  prefixes: ['/console/api'],
  challenge: 'Token',
  resources: [rooms, alarms, outbox, reports],
  unauthenticated: tokenAuthentication,
  invalid: (errors) => errorResponse(400, errors),
  serverError: { detail: 'Internal server error.' },
}
