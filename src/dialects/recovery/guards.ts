import type { MemberContext } from '../../domain/context.ts'
import { isOwnerOrStaff } from '../../domain/recovery/rules.ts'
import { type Answer, ResponseThrown } from '../../http/answers.ts'
import { signedIn } from '../../http/credentials.ts'

/**
 * Checks the `{id}` of the path before the body is read, so that a caller without permission always gets the same
 * response, whatever the body holds. The `{id}` is compared as text: an invalid id never matches an account.
 */
const withPathCheck = (isAllowed: (context: MemberContext, id: string) => boolean, rejection: Answer): typeof signedIn => ({
  ...signedIn,
  middleware: (c, next) =>
    signedIn.middleware(c, async () => {
      if (!isAllowed(c.var.context, c.req.param('id') ?? '')) throw new ResponseThrown(rejection)
      await next()
    }),
})

/** Spread into a route in place of `signedIn`: only the person whose id is in the path may call it, not even staff. */
export const ownerOnly = (rejection: Answer): typeof signedIn =>
  withPathCheck((context, id) => id === String(context.actor.account.id), rejection)

/** The same, but staff may call it, too. The id 0 matches no account, so only staff pass the check with it. */
export const ownerOrStaff = (rejection: Answer): typeof signedIn =>
  withPathCheck((context, id) => isOwnerOrStaff(context, id === String(context.actor.account.id) ? context.actor.account.id : 0), rejection)
