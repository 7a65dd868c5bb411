import { type CancelledPlan, findCalendar } from '../../store/calendars.ts'
import type { Plan } from '../../store/plans.ts'
import type { Account, Context } from '../context.ts'
import { readerOf } from '../plans/reader.ts'

export type { CancelledPlan }

const DAY = 24 * 60 * 60 * 1000
/** Calendar programs that have not looked for so long have forgotten the event, or will not come back. */
export const CANCELLED_SHOWN_MS = 30 * DAY
const ENTRIES = 1000

/** What somebody made or answered, and what of it was called off of late. */
export const readCalendar = (
  context: Context,
  account: Account,
): Promise<{ plans: readonly Plan[]; cancelled: readonly CancelledPlan[] }> =>
  findCalendar(context.store, readerOf(account), { limit: ENTRIES, cancelledSince: context.now() - CANCELLED_SHOWN_MS })
