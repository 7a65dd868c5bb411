import { errorResponse } from '../http/answers.ts'
import type { Dialect } from '../http/dialect.ts'
import { tokenAuthentication } from '../http/token-authentication.ts'
import { alarms } from './alarms.ts'
import { outbox } from './outbox.ts'
import { reports } from './reports.ts'
import { rooms } from './rooms.ts'

/** The API of the staff console. It is private: it changes together with the console page, and no published document describes it. */
export const consoleApi: Dialect = {
  name: 'console',
  title: 'Console',
  description: "The API of the support staff's console.",
  prefixes: ['/console/api'],
  challenge: 'Token',
  resources: [rooms, alarms, outbox, reports],
  unauthenticated: tokenAuthentication,
  invalid: (errors) => errorResponse(400, errors),
  serverError: { detail: 'Internal server error.' },
}
