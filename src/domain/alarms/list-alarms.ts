import type { AlarmView } from '../../model/alarm.ts'
import { fail, type Result } from '../../model/result.ts'
import { findRecoveryProfile } from '../../store/recovery-profiles.ts'
import { isOwnerOrStaff, type MemberContext } from '../access.ts'

/** A person's alarms with all their deliveries, newest first. */
export const listAlarms = async (context: MemberContext, accountId: number): Promise<Result<readonly AlarmView[], 'not-found'>> => {
  if (!(await mayReadAlarms(context, accountId))) return fail('not-found')
  return context.alarms.dispatcher(accountId).list()
}

/**
 * Whether the caller may read this person's alarms. A Durable Object is created by the first call to it, so an id that does
 * not exist must not reach it. The caller's own account is known to exist.
 */
export const mayReadAlarms = async (context: MemberContext, accountId: number): Promise<boolean> => {
  if (!isOwnerOrStaff(context, accountId)) return false
  return accountId === context.actor.account.id || (await findRecoveryProfile(context.store, accountId)) !== null
}
