import type { Acknowledged } from '../../model/alarm.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { mayReadAlarms } from './list-alarms.ts'

/** "I am safe", from the person or from staff: no further notification is sent. */
export const acknowledgeAlarm = async (
  context: MemberContext,
  { accountId, alarmId, note }: { accountId: number; alarmId: string; note: string },
): Promise<Acknowledged | Failure<'alarm-not-found'>> => {
  if (!(await mayReadAlarms(context, accountId))) return fail('alarm-not-found')
  const { id, username } = context.actor.account
  return (await context.alarms.dispatcher(accountId).acknowledge({ alarmId, by: { id, username }, note })) ?? fail('alarm-not-found')
}
