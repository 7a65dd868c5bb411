import { dropOpenAlarm, findOpenAlarms, noteOpenAlarm, settleOpenAlarms } from '../../store/alarms.ts'
import type { Context } from '../context.ts'

/** So many objects can be asked in one run of the cron; who is not asked now is first the next time. */
const ASKED_AT_ONCE = 400

/**
 * Asks every object that should have something to do whether it will ring. The platform keeps an object's alarm well;
 * this is for the day when it did not.
 */
export const rearmAlarms = async (context: Context): Promise<void> => {
  const asked = await findOpenAlarms(context.store, ASKED_AT_ONCE)
  const answers = await Promise.allSettled(asked.map((accountId) => context.alarms.of(accountId).rearm()))
  const done = asked.filter((_, index) => {
    const answer = answers[index]
    return answer?.status === 'fulfilled' && !answer.value
  })
  const failed = answers.filter(({ status }) => status === 'rejected').length
  if (asked.length > 0) await settleOpenAlarms(context.store, { asked, done, now: context.now() })
  console.log(JSON.stringify({ cron: 'alarms', asked: asked.length, done: done.length, failed }))
}

/** For the object itself: writes down, or strikes out, that it has something to do. */
export const noteAlarms = (context: Context, accountId: number, open: boolean): Promise<void> =>
  open ? noteOpenAlarm(context.store, accountId, context.now()) : dropOpenAlarm(context.store, accountId)
