import type { MiddlewareHandler } from 'hono'
import { isStaff } from '../../domain/accounts/staff.ts'
import type { Account, MemberContext } from '../../domain/context.ts'
import { type Answer, errorResponse, ResponseThrown } from '../../http/answers.ts'
import type { AppEnv } from '../../http/app-env.ts'
import { signedIn } from '../../http/credentials.ts'
import { forbidden, NO_PERMISSION } from './envelope.ts'

type MemberEnv = AppEnv & { Variables: { context: MemberContext } }

/** Who may call is settled before the body is read, as Django's permissions are: nobody learns the fields of what is not theirs. */
const onlyFor = (may: (account: Account) => boolean, answer: Answer) => {
  const middleware: MiddlewareHandler<MemberEnv> = (c, next) =>
    signedIn.middleware(c, async () => {
      if (!may(c.var.context.actor.account)) throw new ResponseThrown(answer)
      await next()
    })
  return { security: signedIn.security, middleware }
}

export const FORBIDDEN = { name: 'not-allowed', answer: forbidden() }
export const NO_VIEW = { name: 'not-allowed', answer: errorResponse(403, { error: 'You do not have permission to view this data.' }) }
export const NO_MASTER = { name: 'not-allowed', answer: errorResponse(403, { error: NO_PERMISSION, detail: NO_PERMISSION }) }

/** Spread into a route, in the place of `signedIn`. */
export const adminOnly = onlyFor(({ isAdmin }) => isAdmin, FORBIDDEN.answer)
export const staffOnly = onlyFor(isStaff, FORBIDDEN.answer)
export const viewers = onlyFor(({ isAdmin }) => isAdmin, NO_VIEW.answer)
/** All three flags, or the one that stands for all. */
export const superusers = onlyFor(({ isSuperuser }) => isSuperuser, NO_MASTER.answer)
