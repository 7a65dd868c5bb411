import { isReachable } from '../../store/store.ts'
import type { Context } from '../context.ts'

/** `degraded`: requests are answered, but an alarm reaches nobody except the support desk. */
type Health = 'ok' | 'degraded' | 'unavailable'

/** Whether the database responds, and whether alarm messages can be sent. The result is never cached. */
export const healthOf = async (context: Context): Promise<Health> => {
  if (!(await isReachable(context.store))) return 'unavailable'
  return hasAlarmChannel(context) ? 'ok' : 'degraded'
}

/** Whether there is a channel by which the recipients of an alarm can be notified. */
export const hasAlarmChannel = ({ settings }: Pick<Context, 'settings'>): boolean => settings.alarm.channels.length > 0
