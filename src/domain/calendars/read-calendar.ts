import type { Account } from '../../model/account.ts'
import type { CancelledPlan, Plan } from '../../model/plan.ts'
import { DAY } from '../../model/time.ts'
import { findCalendar } from '../../store/calendars.ts'
import type { Context } from '../context.ts'
import { readerOf } from '../plans/reader.ts'

/** How long a cancelled plan stays in the feed. A calendar program that has not polled for longer is assumed to have stopped. */
export const CANCELLED_RETENTION_MS = 30 * DAY
const MAX_ENTRIES = 1000

/** Returns the plans that an account created or has an RSVP to, and those that were cancelled recently. */
export const readCalendar = (
  context: Context,
  account: Account,
): Promise<{ plans: readonly Plan[]; cancelled: readonly CancelledPlan[] }> =>
  findCalendar(context.store, readerOf(account), { limit: MAX_ENTRIES, cancelledSince: context.now() - CANCELLED_RETENTION_MS })
