import type { Triggered } from '../../model/alarm.ts'
import type { NewAuditEntry } from '../../model/audit.ts'
import { MAX_CONTACTS } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { findAlarmSubject, recordOpenAlarm } from '../../store/alarms.ts'
import { isOwnerOrStaff, type MemberContext, type OperatorContext, type SystemContext } from '../access.ts'
import { auditEntry } from '../audit/entry.ts'
import type { Context } from '../context.ts'
import { buildTrigger } from './build-trigger.ts'

type Triggering = Promise<Result<Triggered, 'not-found' | 'no-scenario' | 'throttled'>>

/** Triggers an alarm. Returns as soon as the person's object has stored it; the notifications are sent afterwards. */
export const triggerAlarm = async (context: MemberContext, accountId: number): Triggering =>
  isOwnerOrStaff(context, accountId)
    ? start(context, accountId, accountId === context.actor.account.id ? null : auditEntry(context, 'alarm-triggered', accountId))
    : fail('not-found')

/** The same without a caller whose rights have to be checked. */
export const startAlarm = (context: OperatorContext | SystemContext, accountId: number): Triggering => start(context, accountId, null)

const start = async (context: Context, accountId: number, audit: NewAuditEntry | null): Triggering => {
  const subject = await findAlarmSubject(context.store, accountId, MAX_CONTACTS, audit)
  if (!subject) return fail('not-found')
  if (!subject.scenario) return fail('no-scenario')
  const triggered = await context.alarms.dispatcher(accountId).trigger(buildTrigger(accountId, subject, subject.scenario))
  if ('throttledFor' in triggered) return fail('throttled', { seconds: triggered.throttledFor })
  // After the object has stored the alarm, never before. A row without an open alarm is harmless, and if this write is lost,
  // the object writes the row itself when its platform alarm runs.
  context.waitUntil(recordOpenAlarm(context.store, accountId, context.now()))
  return triggered
}
