import type { AlarmView } from '../../model/alarm.ts'
import type { AuditAction } from '../../model/audit.ts'
import { fail, type Result } from '../../model/result.ts'
import { findRecoveryProfileRecorded } from '../../store/recovery-profiles.ts'
import { isOwnerOrStaff, type MemberContext } from '../access.ts'
import { auditEntry } from '../audit.ts'

/** A person's alarms with all their deliveries, newest first. */
export const listAlarms = async (context: MemberContext, accountId: number): Promise<Result<readonly AlarmView[], 'not-found'>> => {
  if (!(await mayAccessAlarms(context, accountId, 'alarms-read'))) return fail('not-found')
  return context.alarms.dispatcher(accountId).list()
}

/**
 * Whether the caller may read and acknowledge this person's alarms. What staff are about to do is recorded. A Durable Object
 * is created by the first call to it, so an id that does not exist must not reach it. The caller's own account is known to exist.
 */
export const mayAccessAlarms = async (context: MemberContext, accountId: number, action: AuditAction, detail = ''): Promise<boolean> => {
  if (!isOwnerOrStaff(context, accountId)) return false
  if (accountId === context.actor.account.id) {
    await context.actor.load() // the object does not check the caller
    return true
  }
  return (await findRecoveryProfileRecorded(context.store, accountId, auditEntry(context, action, accountId, detail))) !== null
}
