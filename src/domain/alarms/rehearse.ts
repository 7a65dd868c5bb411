import { findAccount } from '../accounts/operate.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import { acknowledgeAlarm } from './acknowledge.ts'
import { triggerAlarm } from './trigger.ts'

/** Long enough for the outbox to have taken what is sent. */
const RINGS_FOR_MS = 2_000

/** Rings for somebody, and errorResponse soon after that they are safe: an alarm to look at. Null where it did not come to that. */
export const rehearse = async (context: Context, username: string): Promise<string | null> => {
  const account = await findAccount(context, username)
  if (!account) return null
  const member = { ...context, actor: { account, credential: { id: '', type: 'token' as const, expiresAt: 0 } } }
  const triggered = await triggerAlarm(member, account.id)
  if (triggered instanceof Failure) return null
  await context.sleep(RINGS_FOR_MS)
  const over = await acknowledgeAlarm(member, { accountId: account.id, alarmId: triggered.alarmId, note: 'A rehearsal.' })
  return over instanceof Failure ? null : over.alarmId
}
