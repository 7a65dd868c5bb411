import type { AlarmView } from '../../model/alarm.ts'
import { DAY } from '../../model/time.ts'
import type { MemberContext } from '../access.ts'

/** The caller's alarms that still matter to them: those that are open, and those of the last day. Newest first. */
export const readOwnAlarms = async (context: MemberContext): Promise<readonly AlarmView[]> => {
  const { id } = await context.actor.load() // the object does not check the caller
  const alarms = await context.alarms.dispatcher(id).list()
  return alarms.filter(({ status, triggeredAt }) => status === 'open' || triggeredAt > context.now() - DAY)
}
