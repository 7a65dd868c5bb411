import { fail, type Result } from '../../model/result.ts'
import { findAlarmLinkRecorded, markLinkUsed } from '../../store/alarm-links.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'
import { linkKey } from '../links/create.ts'

/**
 * Acknowledges an alarm with the link in a message. The person's object decides whether that changes anything; so of two uses
 * at the same time, one does. The link is used up afterwards: if the object cannot be reached, it can be tried again.
 */
export const acknowledgeByLink = async (context: Context, token: string): Promise<Result<null, 'invalid-link'>> => {
  const key = await linkKey(context, 'alarm', token)
  const link = await findAlarmLinkRecorded(context.store, key, auditEntry(context, 'alarm-acknowledged', null, 'link'))
  if (!link) return fail('invalid-link')
  const { accountId, alarmId, by, via } = link
  const acknowledged = await context.alarms.dispatcher(accountId).acknowledge({ alarmId, by, note: '', via })
  await markLinkUsed(context.store, key)
  return acknowledged ? null : fail('invalid-link')
}
