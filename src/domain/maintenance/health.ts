import { findFormerNumbers } from '../../store/former-numbers.ts'
import type { Context } from '../context.ts'

/** `degraded`: requests are answered, but an alarm reaches only the support desk. */
type Health = 'ok' | 'degraded' | 'unavailable'

/**
 * Whether the database responds, and whether alarm messages can be sent. The result is never cached. A Worker that has lost
 * FORMER_IDS would take the numbers of people who moved in for those of others.
 */
export const healthOf = async (context: Context): Promise<Health> => {
  const former = await findFormerNumbers(context.store)
  if (!former || former.some(({ contract, nextId }) => context.settings.numbers[contract].end < nextId)) return 'unavailable'
  return hasAlarmChannel(context) ? 'ok' : 'degraded'
}

/** Whether there is a channel by which the recipients of an alarm can be notified. */
export const hasAlarmChannel = ({ settings }: Pick<Context, 'settings'>): boolean => settings.alarm.channels.length > 0
