import type { MiddlewareHandler } from 'hono'
import { isStaff } from '../../domain/accounts/staff.ts'
import type { Account, MemberContext } from '../../domain/context.ts'
import { type Answer, errorResponse, ResponseThrown } from '../../http/answers.ts'
import type { AppEnv } from '../../http/app-env.ts'
import { signedIn } from '../../http/credentials.ts'
import { forbidden, NO_PERMISSION } from './errors.ts'

type MemberEnv = AppEnv & { Variables: { context: MemberContext } }

/**
 * Checks the caller's flags before the body is read, as Django's permissions do. So a caller without access does not
 * learn which fields the route has.
 */
const onlyFor = (isAllowed: (account: Account) => boolean, answer: Answer) => {
  const middleware: MiddlewareHandler<MemberEnv> = (c, next) =>
    signedIn.middleware(c, async () => {
      if (!isAllowed(c.var.context.actor.account)) throw new ResponseThrown(answer)
      await next()
    })
  return { security: signedIn.security, middleware }
}

export const FORBIDDEN = { name: 'forbidden', answer: forbidden() }
export const VIEW_FORBIDDEN = { name: 'forbidden', answer: errorResponse(403, { error: 'You do not have permission to view this data.' }) }
export const MASTER_DATA_FORBIDDEN = { name: 'forbidden', answer: errorResponse(403, { error: NO_PERMISSION, detail: NO_PERMISSION }) }

/** Spread one of these into a route instead of `signedIn`. They differ in who may call and in the body of the 403. */
export const adminOnly = onlyFor(({ isAdmin }) => isAdmin, FORBIDDEN.answer)
export const staffOnly = onlyFor(isStaff, FORBIDDEN.answer)
export const adminViewOnly = onlyFor(({ isAdmin }) => isAdmin, VIEW_FORBIDDEN.answer)
/** The contract asks for all three flags or for `is_superuser`. Both mean that `is_superuser` is set. */
export const superuserOnly = onlyFor(({ isSuperuser }) => isSuperuser, MASTER_DATA_FORBIDDEN.answer)
