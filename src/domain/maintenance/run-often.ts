import type { SystemContext } from '../access.ts'
import { sendNotices } from '../accounts/notices.ts'
import { rearmAlarms } from '../alarms/rearm.ts'

/** The cron of every five minutes. Alarms come first, and notices are sent even if that fails. */
export const runOften = async (context: SystemContext): Promise<void> => {
  await rearmAlarms(context).finally(() => sendNotices(context))
}
