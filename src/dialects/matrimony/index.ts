import type { Dialect } from '../../http/dialect.ts'
import { commonmatch } from './commonmatch.ts'
import { invalidFields, unauthenticated } from './errors.ts'
import { matching } from './matching.ts'
import { message } from './message.ts'
import { notification } from './notification.ts'
import { preference } from './preference.ts'
import { profile } from './profile.ts'
import { subscription } from './subscription.ts'
import { users, wrongUsersMethod } from './users.ts'
import { usersAdmin } from './users-admin.ts'

export const matrimony: Dialect = {
  name: 'matrimony',
  title: 'Matrimony',
  description: 'A matrimony service. Error responses have a sentence under `error` and the texts of each invalid field under its name.',
  prefixes: ['/users', '/profile', '/preference', '/matching', '/message', '/notification', '/subscription', '/commonmatch'],
  challenge: 'Token',
  resources: [users, usersAdmin, profile, preference, matching, commonmatch, subscription, notification, message],
  unauthenticated,
  invalid: invalidFields,
  serverError: { error: 'An unexpected error occurred. Please try again later.' },
  wrongMethod: (_method, path) => wrongUsersMethod(path),
}
