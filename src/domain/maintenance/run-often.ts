import { isReady } from '../../model/readiness.ts'
import { recordCronRun } from '../../store/cron-runs.ts'
import type { SystemContext } from '../access.ts'
import { sendNotices } from '../accounts/notices.ts'
import { rearmAlarms } from '../alarms/rearm.ts'
import { checkReadiness } from './readiness.ts'

/**
 * The cron of every five minutes. Alarms come first, and notices are sent even if that fails. Only a run that has done its work
 * counts as one.
 */
export const runOften = async (context: SystemContext): Promise<void> => {
  const oldestDueAt = await rearmAlarms(context).finally(() => sendNotices(context))
  await recordCronRun(context.store, 'alarms', context.now(), oldestDueAt)
  await reportReadiness(context)
}

/** The monitor notifies the operator if it gets no heartbeat. So none is sent while something is wrong. */
const reportReadiness = async (context: SystemContext): Promise<void> => {
  const readiness = await checkReadiness(context)
  const ready = isReady(readiness)
  console.log(JSON.stringify({ cron: 'readiness', ready, ...readiness }))
  if (!ready || context.heartbeat === null) return
  if (!(await context.heartbeat())) console.error(JSON.stringify({ fault: 'the heartbeat was not confirmed' }))
}
