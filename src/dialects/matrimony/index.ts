import type { Contract } from '../../http/routing/contract.ts'
import { commonmatchRoutes } from './commonmatch.ts'
import { invalidFields, unauthenticated } from './errors.ts'
import { matchingRoutes } from './matching.ts'
import { messageRoutes } from './message.ts'
import { notificationRoutes } from './notification.ts'
import { preferenceRoutes } from './preference.ts'
import { profileRoutes } from './profile.ts'
import { subscriptionRoutes } from './subscription.ts'
import { userRoutes, wrongUsersMethod } from './users.ts'
import { userAdminRoutes } from './users-admin.ts'
import { passwordResetRoutes } from './users-reset.ts'

export const matrimony: Contract = {
  name: 'matrimony',
  title: 'Matrimony',
  prefixes: ['/users', '/profile', '/preference', '/matching', '/message', '/notification', '/subscription', '/commonmatch'],
  challenge: 'Token',
  routes: [
    ...userRoutes,
    ...passwordResetRoutes,
    ...userAdminRoutes,
    ...profileRoutes,
    ...preferenceRoutes,
    ...matchingRoutes,
    ...commonmatchRoutes,
    ...subscriptionRoutes,
    ...notificationRoutes,
    ...messageRoutes,
  ],
  unauthenticated,
  invalid: invalidFields,
  serverError: { error: 'An unexpected error occurred. Please try again later.' },
  wrongMethod: (_method, path) => wrongUsersMethod(path),
}
