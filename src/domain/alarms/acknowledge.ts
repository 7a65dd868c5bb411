import type { Acknowledged, Acknowledgement } from '../../model/alarm.ts'
import { fail, type Result } from '../../model/result.ts'
import type { MemberContext, OperatorContext, SystemContext } from '../access.ts'
import type { Context } from '../context.ts'
import { mayAccessAlarms } from './list-alarms.ts'

type Acknowledging = Promise<Result<Acknowledged, 'alarm-not-found'>>

/** "I am safe", from the person or from staff: no further notification is sent. */
export const acknowledgeAlarm = async (
  context: MemberContext,
  { accountId, alarmId, note }: { accountId: number; alarmId: string; note: string },
): Acknowledging => {
  if (!(await mayAccessAlarms(context, accountId, 'alarm-acknowledged', alarmId))) return fail('alarm-not-found')
  const { id, username } = await context.actor.load()
  return acknowledge(context, accountId, { alarmId, by: { id, username }, note })
}

/** The same without a caller whose rights have to be checked. */
export const endAlarm = (context: OperatorContext | SystemContext, accountId: number, acknowledgement: Acknowledgement): Acknowledging =>
  acknowledge(context, accountId, acknowledgement)

const acknowledge = async (context: Context, accountId: number, acknowledgement: Acknowledgement): Acknowledging =>
  (await context.alarms.dispatcher(accountId).acknowledge(acknowledgement)) ?? fail('alarm-not-found')
