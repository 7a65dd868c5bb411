import type { Triggered } from '../../model/alarm.ts'
import { findAlarmSubject, recordOpenAlarm } from '../../store/alarms.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { MAX_CONTACTS } from '../recovery/contacts.ts'
import { isOwnerOrStaff } from '../recovery/rules.ts'
import { buildTrigger } from './build-trigger.ts'

/** Triggers an alarm. Returns as soon as the person's object has stored it; the notifications are sent afterwards. */
export const triggerAlarm = async (
  context: MemberContext,
  accountId: number,
): Promise<Triggered | Failure<'not-found' | 'no-scenario' | 'throttled'>> => {
  if (!isOwnerOrStaff(context, accountId)) return fail('not-found')
  const subject = await findAlarmSubject(context.store, accountId, MAX_CONTACTS)
  if (!subject) return fail('not-found')
  if (!subject.scenario) return fail('no-scenario')
  const triggered = await context.alarms.dispatcher(accountId).trigger(buildTrigger(accountId, subject, subject.scenario))
  if ('throttledFor' in triggered) return fail('throttled', { seconds: triggered.throttledFor })
  // After the object has stored the alarm, never before. A row without an open alarm is harmless, and if this write is lost,
  // the object writes the row itself when its platform alarm runs.
  context.waitUntil(recordOpenAlarm(context.store, accountId, context.now()))
  return triggered
}
