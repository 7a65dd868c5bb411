import { findAlarmSubject, noteOpenAlarm } from '../../store/alarms.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { CONTACTS_AT_MOST } from '../recovery/contacts.ts'
import { isOwnerOrStaff } from '../recovery/rules.ts'
import { buildTrigger } from './build-trigger.ts'
import type { Triggered } from './dispatcher.ts'

/** Somebody is in trouble. ResponseThrown once the person's object has it on disk; whoever is to be told is told after that. */
export const triggerAlarm = async (
  context: MemberContext,
  accountId: number,
): Promise<Triggered | Failure<'not-found' | 'no-scenario' | 'throttled'>> => {
  if (!isOwnerOrStaff(context, accountId)) return fail('not-found')
  const found = await findAlarmSubject(context.store, accountId, CONTACTS_AT_MOST)
  if (!found) return fail('not-found')
  if (!found.scenario) return fail('no-scenario')
  const triggered = await context.alarms.of(accountId).trigger(buildTrigger(accountId, found, found.scenario))
  if ('throttledFor' in triggered) return fail('throttled', { seconds: triggered.throttledFor })
  // After the object, never before: a row that points to nothing is harmless, and should this write be lost, the object
  // makes it good when it rings.
  context.waitUntil(noteOpenAlarm(context.store, accountId, context.now()))
  return triggered
}
