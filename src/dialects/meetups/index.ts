import { errorResponse } from '../../http/response/errors.ts'
import type { Contract } from '../../http/routing/contract.ts'
import { calendarRoutes } from './calendar.ts'
import { unauthenticated } from './errors.ts'
import { friendRoutes } from './friends.ts'
import { planDismissalRoutes } from './plan-dismissals.ts'
import { planRoutes } from './plans.ts'
import { profileRoutes } from './profile.ts'
import { registrationRoutes } from './register.ts'
import { rsvpRoutes } from './rsvp.ts'
import { tokenRoutes } from './token.ts'
import { userRoutes } from './users.ts'

export const meetups: Contract = {
  name: 'meetups',
  title: 'Meetups',
  prefixes: ['/api'],
  challenge: 'Bearer realm="api"',
  routes: [
    ...tokenRoutes,
    ...registrationRoutes,
    ...profileRoutes,
    ...userRoutes,
    ...planRoutes,
    ...planDismissalRoutes,
    ...friendRoutes,
    ...rsvpRoutes,
    ...calendarRoutes,
  ],
  unauthenticated,
  invalid: (errors) => errorResponse(400, errors),
  serverError: { detail: 'Internal server error.' },
}
