import { errorResponse } from '../../http/answers.ts'
import type { Dialect } from '../../http/dialect.ts'
import { calendar } from './calendar.ts'
import { unauthenticated } from './errors.ts'
import { friends } from './friends.ts'
import { plans } from './plans.ts'
import { profile } from './profile.ts'
import { register } from './register.ts'
import { rsvp } from './rsvp.ts'
import { token } from './token.ts'
import { users } from './users.ts'

export const meetups: Dialect = {
  name: 'meetups',
  title: 'Meetups',
  description: 'Plan meetups: users, friends, plans and RSVPs.',
  prefixes: ['/api'],
  challenge: 'Bearer realm="api"',
  resources: [token, register, profile, users, plans, friends, rsvp, calendar],
  unauthenticated,
  invalid: (errors) => errorResponse(400, errors),
  serverError: { detail: 'Internal server error.' },
}
