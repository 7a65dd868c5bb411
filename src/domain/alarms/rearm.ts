import { deleteOpenAlarm, findOpenAlarms, recordOpenAlarm, updateOpenAlarms } from '../../store/alarms.ts'
import type { SystemContext } from '../access.ts'

/** How many objects one cron run can call. Objects that this run does not reach come first in the next run. */
const BATCH_SIZE = 400

/**
 * Calls every object that should have work to do, so that it sets its platform alarm again. The platform stores an object's
 * alarm reliably; this is a safety net for the case that it was lost all the same. Returns when the oldest work is due.
 */
export const rearmAlarms = async (context: SystemContext): Promise<number | null> => {
  const called = await findOpenAlarms(context.store, BATCH_SIZE)
  const results = await Promise.allSettled(called.map((accountId) => context.alarms.dispatcher(accountId).rearm()))
  const done = called.filter((_, index) => {
    const result = results[index]
    return result?.status === 'fulfilled' && result.value === null
  })
  const due = results.flatMap((result) => (result.status === 'fulfilled' && result.value !== null ? [result.value] : []))
  const failed = results.filter(({ status }) => status === 'rejected').length
  if (called.length > 0) await updateOpenAlarms(context.store, { checked: called, done, now: context.now() })
  console.log(JSON.stringify({ cron: 'alarms', checked: called.length, done: done.length, failed }))
  return due.length === 0 ? null : Math.min(...due)
}

/** Called by the object itself: adds or deletes its row in the index of objects that have work to do. */
export const updateOpenAlarmIndex = (context: SystemContext, accountId: number, open: boolean): Promise<void> =>
  open ? recordOpenAlarm(context.store, accountId, context.now()) : deleteOpenAlarm(context.store, accountId)
