import { type Account, type RankedAccount, rankOf, STAFF_FLAGS, type StaffFlag } from '../model/account.ts'
import type { AuditSource } from '../model/audit.ts'
import type { TokenType } from '../tokens/jwt.ts'
import type { Context } from './context.ts'

/**
 * Who may call what. A verb that only some callers may use takes one of the narrower contexts below, so it cannot be called
 * without the check. Each context carries a symbol that this file does not export: no other file can create one. Who may
 * call the functions that create them is held by test/architecture.test.ts.
 */

const MEMBER = Symbol('member')
const STAFF = Symbol('staff')
const ADMIN = Symbol('admin')
const SUPERUSER = Symbol('superuser')
const OPERATOR = Symbol('operator')
const SYSTEM = Symbol('system')

/** The account and the credential that make a request. */
export interface Actor {
  /**
   * What is available to a verb before its first statement. The flags are assumed; the first statement checks them. They are the
   * flags that this log-in may use: none, if it has to be confirmed with a passkey first.
   */
  readonly account: RankedAccount
  readonly credential: { readonly id: string; readonly type: TokenType; readonly expiresAt: number }
  /**
   * The whole account. Checks the caller, if no statement of the request has done so: this costs a round trip only for a
   * verb that calls it first.
   */
  load(): Promise<Account>
}

/** Any account that presented a valid credential. */
export interface MemberContext extends Context {
  readonly actor: Actor
  readonly [MEMBER]: true
}

/** An account with one of the three flags. */
export interface StaffContext extends MemberContext {
  readonly [STAFF]: true
}

/** An account with the flag `isAdmin`. Admins and superusers are staff as well. */
export interface AdminContext extends StaffContext {
  readonly [ADMIN]: true
}

/** An account with the flag `isSuperuser`. */
export interface SuperuserContext extends StaffContext {
  readonly [SUPERUSER]: true
}

/** The operator at the command line. */
export interface OperatorContext extends Context {
  readonly [OPERATOR]: true
}

/** Crons and Durable Objects, which act for no account. */
export interface SystemContext extends Context {
  readonly [SYSTEM]: true
}

/** For sessions/authenticate.ts alone, which checks the credential. */
export const memberContext = (context: Context, actor: Actor): MemberContext => ({ ...context, actor, [MEMBER]: true })

export const isStaff = (account: Pick<Account, StaffFlag>): boolean => STAFF_FLAGS.some((flag) => account[flag])

/** Null if the actor is not staff. */
export const asStaff = (context: MemberContext): StaffContext | null =>
  isStaff(context.actor.account) ? { ...context, [STAFF]: true } : null

/** Null if the actor is not an admin. */
export const asAdmin = (context: MemberContext): AdminContext | null =>
  context.actor.account.isAdmin ? { ...context, [STAFF]: true, [ADMIN]: true } : null

/** Null if the actor is not a superuser. */
export const asSuperuser = (context: MemberContext): SuperuserContext | null =>
  context.actor.account.isSuperuser ? { ...context, [STAFF]: true, [SUPERUSER]: true } : null

/** For the command line and its entrypoint in the Worker. */
export const operatorContext = (context: Context): OperatorContext => ({ ...context, [OPERATOR]: true })

/** The operator acts as a member, for demo data. Its credential is not stored, so no request can use it. */
export const actAs = (context: OperatorContext, account: Account): MemberContext =>
  memberContext(context, { account, credential: { id: '', type: 'token', expiresAt: 0 }, load: async () => account })

/** For crons and Durable Objects. */
export const systemContext = (context: Context): SystemContext => ({ ...context, [SYSTEM]: true })

/** The actor and the ranks, for a statement that checks that the actor is not outranked. */
export const actingAccount = (context: MemberContext) => ({ id: context.actor.account.id, ranks: STAFF_FLAGS })

const isMember = (context: Context): context is MemberContext => MEMBER in context

/** Who acts, for the audit trail. An operator who acts as a member counts as the operator. */
export const sourceOf = (context: Context): AuditSource => {
  const { address } = context
  if (isMember(context) && !(OPERATOR in context)) {
    const { account, credential } = context.actor
    return { role: isStaff(account) ? 'staff' : 'member', actorId: account.id, credentialId: credential.id, address }
  }
  const role = OPERATOR in context ? 'operator' : SYSTEM in context ? 'system' : 'anyone'
  return { role, actorId: null, credentialId: null, address }
}

/** Whether the other account has a higher rank than the actor. Then the actor may not act on it. No account outranks itself. */
export const isOutranked = ({ actor }: MemberContext, other: Account): boolean =>
  other.id !== actor.account.id && rankOf(other) > rankOf(actor.account)

/** Health data is visible to the person it is about and to staff only. */
export const isOwnerOrStaff = (context: MemberContext, accountId: number): boolean =>
  context.actor.account.id === accountId || isStaff(context.actor.account)
