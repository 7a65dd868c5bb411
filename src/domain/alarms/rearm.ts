import { dropOpenAlarm, findOpenAlarms, noteOpenAlarm, settleOpenAlarms } from '../../store/alarms.ts'
import type { Ctx } from '../context.ts'

/** So many objects can be asked in one run of the cron; who is not asked now is first the next time. */
const ASKED_AT_ONCE = 400

/**
 * Asks every object that should have something to do whether it will ring. The platform keeps an object's alarm well;
 * this is for the day when it did not.
 */
export const rearmAlarms = async (ctx: Ctx): Promise<void> => {
  const asked = await findOpenAlarms(ctx.store, ASKED_AT_ONCE)
  const answers = await Promise.allSettled(asked.map((accountId) => ctx.alarms.of(accountId).rearm()))
  const done = asked.filter((_, index) => {
    const answer = answers[index]
    return answer?.status === 'fulfilled' && !answer.value
  })
  const failed = answers.filter(({ status }) => status === 'rejected').length
  if (asked.length > 0) await settleOpenAlarms(ctx.store, { asked, done, now: ctx.now() })
  console.log(JSON.stringify({ cron: 'alarms', asked: asked.length, done: done.length, failed }))
}

/** For the object itself: writes down, or strikes out, that it has something to do. */
export const noteAlarms = (ctx: Ctx, accountId: number, open: boolean): Promise<void> =>
  open ? noteOpenAlarm(ctx.store, accountId, ctx.now()) : dropOpenAlarm(ctx.store, accountId)
