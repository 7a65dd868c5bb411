import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { MemberCtx } from '../context.ts'
import { isTheirs } from '../recovery/rules.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { AlarmView } from './dispatcher.ts'

/** A person's alarms with what became of every message, the newest first. */
export const listAlarms = async (ctx: MemberCtx, accountId: number): Promise<readonly AlarmView[] | Refusal<'not-found'>> => {
  if (!(await isSomebody(ctx, accountId))) return refuse('not-found')
  return ctx.alarms.of(accountId).list()
}

/** An object comes into being when it is asked, so nobody's is asked. Who asks for their own exists already. */
export const isSomebody = async (ctx: MemberCtx, accountId: number): Promise<boolean> => {
  if (!isTheirs(ctx, accountId)) return false
  return accountId === ctx.actor.account.id || (await findRecoveryProfile(ctx.store, accountId)) !== null
}
