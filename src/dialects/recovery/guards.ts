import type { MemberContext } from '../../domain/context.ts'
import { isOwnerOrStaff } from '../../domain/recovery/rules.ts'
import { type Answer, ResponseThrown } from '../../http/answers.ts'
import { signedIn } from '../../http/credentials.ts'

/**
 * Whose path it is, settled before the body is read: somebody who has no business here is told so whatever they sent.
 * The `{id}` is compared as it was written, so that what is no id is nobody's.
 */
const guarded = (allows: (context: MemberContext, id: string) => boolean, refusal: Answer): typeof signedIn => ({
  ...signedIn,
  middleware: (c, next) =>
    signedIn.middleware(c, async () => {
      if (!allows(c.var.context, c.req.param('id') ?? '')) throw new ResponseThrown(refusal)
      await next()
    }),
})

/** Spread into a route in place of `signedIn`: for the person whose id stands in the path, and for nobody else. */
export const ownerOnly = (refusal: Answer): typeof signedIn => guarded((context, id) => id === String(context.actor.account.id), refusal)

/** The same, and for staff. */
export const ownerOrStaff = (refusal: Answer): typeof signedIn =>
  guarded((context, id) => isOwnerOrStaff(context, id === String(context.actor.account.id) ? context.actor.account.id : 0), refusal)
