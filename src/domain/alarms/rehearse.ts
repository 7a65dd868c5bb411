import { Failure } from '../../model/result.ts'
import type { OperatorContext } from '../access.ts'
import { findAccount } from '../accounts/operator-actions.ts'
import { endAlarm } from './acknowledge.ts'
import { startAlarm } from './trigger.ts'

/** Long enough for the messages to reach the outbox. */
const ALARM_DURATION_MS = 2_000

/** Triggers an alarm for a person and acknowledges it shortly after, for demo data. Returns the alarm's id; null if that failed. */
export const rehearse = async (context: OperatorContext, username: string): Promise<string | null> => {
  const account = await findAccount(context, username)
  if (!account) return null
  const triggered = await startAlarm(context, account.id)
  if (triggered instanceof Failure) return null
  await context.sleep(ALARM_DURATION_MS)
  const by = { id: account.id, username: account.username }
  const ended = await endAlarm(context, account.id, { alarmId: triggered.alarmId, by, note: 'A rehearsal.' })
  return ended instanceof Failure ? null : ended.alarmId
}
