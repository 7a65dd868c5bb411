import { sweepCancelledPlans } from '../store/calendars.ts'
import { sweepCredentials } from '../store/credentials.ts'
import { CANCELLED_SHOWN_MS } from './calendars/read-calendar.ts'
import type { Ctx } from './context.ts'

/** What the daily cron does: takes away what no longer means anything, so that old data stays small. */
export const sweep = async (ctx: Ctx): Promise<void> => {
  const swept = await sweepCredentials(ctx.store, ctx.now())
  const cancelledPlans = await sweepCancelledPlans(ctx.store, ctx.now() - CANCELLED_SHOWN_MS)
  console.log(JSON.stringify({ cron: 'sweep', ...swept, cancelledPlans }))
}
