import type { MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { AlarmStatus } from './dispatcher.ts'
import { isSomebody } from './list-alarms.ts'

/** "I am safe", said by the person or by staff: from here on nobody is told any more. */
export const acknowledgeAlarm = async (
  ctx: MemberCtx,
  { accountId, alarmId, note }: { accountId: number; alarmId: string; note: string },
): Promise<{ readonly alarmId: string; readonly status: AlarmStatus } | Refusal<'alarm-not-found'>> => {
  if (!(await isSomebody(ctx, accountId))) return refuse('alarm-not-found')
  const { id, username } = ctx.actor.account
  return (await ctx.alarms.of(accountId).acknowledge({ alarmId, by: { id, username }, note })) ?? refuse('alarm-not-found')
}
