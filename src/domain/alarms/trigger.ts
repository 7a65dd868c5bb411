import type { Triggered } from '../../model/alarm.ts'
import type { NewAuditEntry } from '../../model/audit.ts'
import { type AlarmScenario, DEFAULT_SCENARIO, MAX_CONTACTS } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { type AlarmSubject, findAlarmSubject, recordOpenAlarm } from '../../store/alarms.ts'
import { isOwnerOrStaff, type MemberContext, type OperatorContext, type SystemContext } from '../access.ts'
import { contactNumberReader } from '../accounts/phone-numbers.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'
import { buildTrigger } from './build-trigger.ts'

type Triggering = Promise<Result<Triggered, 'not-found' | 'no-scenario' | 'throttled'>>

/** Triggers an alarm. Returns as soon as the person's object has stored it; the notifications are sent afterwards. */
export const triggerAlarm = async (context: MemberContext, accountId: number): Triggering =>
  isOwnerOrStaff(context, accountId)
    ? start(context, accountId, accountId === context.actor.account.id ? null : auditEntry(context, 'alarm-triggered', accountId))
    : fail('not-found')

/**
 * A person calls for help. Unlike a trigger, it also works for a person who has not chosen a scenario: a call for help
 * always reaches at least the support desk. The page repeats a call until it gets a response, so the call has an id.
 */
export const callForHelp = async (context: MemberContext, callId: string | null): Promise<Result<Triggered, 'not-found' | 'throttled'>> => {
  const { id } = context.actor.account
  const subject = await findAlarmSubject(context.store, id, MAX_CONTACTS, null)
  return subject ? dispatch(context, id, { subject, scenario: subject.scenario ?? DEFAULT_SCENARIO, callId }) : fail('not-found')
}

/** A trigger without a caller whose rights have to be checked. */
export const startAlarm = (context: OperatorContext | SystemContext, accountId: number): Triggering => start(context, accountId, null)

const start = async (context: Context, accountId: number, audit: NewAuditEntry | null): Triggering => {
  const subject = await findAlarmSubject(context.store, accountId, MAX_CONTACTS, audit)
  if (!subject) return fail('not-found')
  return subject.scenario ? dispatch(context, accountId, { subject, scenario: subject.scenario, callId: null }) : fail('no-scenario')
}

const dispatch = async (
  context: Context,
  accountId: number,
  { subject, scenario, callId }: { subject: AlarmSubject; scenario: Omit<AlarmScenario, 'id'>; callId: string | null },
): Promise<Result<Triggered, 'throttled'>> => {
  // A person in need must not wait for a gate. The response shows nothing of the database.
  context.gates.answerAnyway()
  const dial = await contactNumberReader(context)
  const trigger = buildTrigger(accountId, subject, scenario, { usable: context.settings.alarm.channels, dial })
  const triggered = await context.alarms.dispatcher(accountId).trigger(trigger, callId)
  if ('throttledFor' in triggered) return fail('throttled', { seconds: triggered.throttledFor })
  // After the object has stored the alarm, never before. A row without an open alarm is harmless, and if this write is lost,
  // the object writes the row itself when its platform alarm runs.
  context.waitUntil(recordOpenAlarm(context.store, accountId, context.now()))
  return triggered
}
