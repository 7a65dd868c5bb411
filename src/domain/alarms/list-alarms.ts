import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { isOwnerOrStaff } from '../recovery/rules.ts'
import type { AlarmView } from './dispatcher.ts'

/** A person's alarms with what became of every message, the newest first. */
export const listAlarms = async (context: MemberContext, accountId: number): Promise<readonly AlarmView[] | Failure<'not-found'>> => {
  if (!(await isSomebody(context, accountId))) return fail('not-found')
  return context.alarms.of(accountId).list()
}

/** An object comes into being when it is asked, so nobody's is asked. Who asks for their own exists already. */
export const isSomebody = async (context: MemberContext, accountId: number): Promise<boolean> => {
  if (!isOwnerOrStaff(context, accountId)) return false
  return accountId === context.actor.account.id || (await findRecoveryProfile(context.store, accountId)) !== null
}
