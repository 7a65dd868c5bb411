import { findAccount } from '../accounts/operator-actions.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import { acknowledgeAlarm } from './acknowledge.ts'
import { triggerAlarm } from './trigger.ts'

/** Long enough for the messages to reach the outbox. */
const ALARM_DURATION_MS = 2_000

/** Triggers an alarm for a person and acknowledges it shortly after, for demo data. Returns the alarm's id; null if that failed. */
export const rehearse = async (context: Context, username: string): Promise<string | null> => {
  const account = await findAccount(context, username)
  if (!account) return null
  const member = { ...context, actor: { account, credential: { id: '', type: 'token' as const, expiresAt: 0 } } }
  const triggered = await triggerAlarm(member, account.id)
  if (triggered instanceof Failure) return null
  await context.sleep(ALARM_DURATION_MS)
  const acknowledged = await acknowledgeAlarm(member, { accountId: account.id, alarmId: triggered.alarmId, note: 'A rehearsal.' })
  return acknowledged instanceof Failure ? null : acknowledged.alarmId
}
