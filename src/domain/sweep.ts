import { sweepCancelledPlans } from '../store/calendars.ts'
import { sweepCredentials } from '../store/credentials.ts'
import { sweepClosings } from '../store/socket-users.ts'
import { CANCELLED_SHOWN_MS } from './calendars/read-calendar.ts'
import type { Context } from './context.ts'
import { remindOfEnds } from './notifications/announce.ts'
import { sweepPictures } from './profiles/sweep-pictures.ts'

const DAY_MS = 24 * 60 * 60_000

const CHORES: Readonly<Record<string, (context: Context) => Promise<unknown>>> = {
  credentials: (context) => sweepCredentials(context.store, context.now()),
  cancelledPlans: (context) => sweepCancelledPlans(context.store, context.now() - CANCELLED_SHOWN_MS),
  pictures: sweepPictures,
  closings: (context) => sweepClosings(context.store, context.now() - DAY_MS),
  reminders: remindOfEnds,
}

/**
 * What the daily cron does: takes away what no longer means anything, so that old data stays small, and reminds whose
 * plan ends. One chore that fails keeps none of the others from being done, and is told at the end.
 */
export const sweep = async (context: Context): Promise<void> => {
  const done: Record<string, unknown> = {}
  const failures: unknown[] = []
  for (const [name, chore] of Object.entries(CHORES)) {
    try {
      done[name] = await chore(context)
    } catch (error) {
      done[name] = 'failed'
      failures.push(error)
    }
  }
  console.log(JSON.stringify({ cron: 'sweep', ...done }))
  if (failures.length > 0) throw failures[0]
}
