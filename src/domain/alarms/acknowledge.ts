import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import type { AlarmStatus } from './dispatcher.ts'
import { isSomebody } from './list-alarms.ts'

/** "I am safe", said by the person or by staff: from here on nobody is told any more. */
export const acknowledgeAlarm = async (
  context: MemberContext,
  { accountId, alarmId, note }: { accountId: number; alarmId: string; note: string },
): Promise<{ readonly alarmId: string; readonly status: AlarmStatus } | Failure<'alarm-not-found'>> => {
  if (!(await isSomebody(context, accountId))) return fail('alarm-not-found')
  const { id, username } = context.actor.account
  return (await context.alarms.of(accountId).acknowledge({ alarmId, by: { id, username }, note })) ?? fail('alarm-not-found')
}
