import { tokenError } from '../http/request/token-errors.ts'
import { errorResponse } from '../http/response/errors.ts'
import type { Contract } from '../http/routing/contract.ts'
import { alarmRoutes } from './alarms.ts'
import { contactRoutes } from './contacts.ts'
import { fileRoutes } from './files.ts'
import { helpRoutes } from './help.ts'
import { messageRoutes } from './messages.ts'
import { noteRoutes } from './notes.ts'
import { outboxRoutes } from './outbox.ts'
import { passkeyRoutes } from './passkeys.ts'
import { personRoutes } from './person.ts'
import { pushRoutes } from './push.ts'
import { reportRoutes } from './reports.ts'
import { roomRoutes } from './rooms.ts'

/** The API of the console and the support page. It is private: it changes together with the pages, and no published document describes it. */
export const consoleApi: Contract = {
  name: 'console',
  title: 'Console',
  prefixes: ['/console/api', '/support/help', '/support/files', '/support/messages'],
  challenge: 'Token',
  routes: [
    ...roomRoutes,
    ...personRoutes,
    ...noteRoutes,
    ...alarmRoutes,
    ...outboxRoutes,
    ...reportRoutes,
    ...helpRoutes,
    ...messageRoutes,
    ...fileRoutes,
    ...pushRoutes,
    ...contactRoutes,
    ...passkeyRoutes,
  ],
  unauthenticated: tokenError,
  invalid: (errors) => errorResponse(400, errors),
  serverError: { detail: 'Internal server error.' },
}
