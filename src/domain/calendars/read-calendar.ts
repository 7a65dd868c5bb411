import type { Account } from '../../model/account.ts'
import type { CancelledPlan, Plan } from '../../model/plan.ts'
import { findCalendar } from '../../store/calendars.ts'
import type { Context } from '../context.ts'
import { readerOf } from '../plans/reader.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** How long a cancelled plan stays in the feed. A calendar program that has not polled for longer is assumed to have stopped. */
export const CANCELLED_RETENTION_MS = 30 * DAY_MS
const MAX_ENTRIES = 1000

/** Returns the plans that an account created or has an RSVP to, and those that were cancelled recently. */
export const readCalendar = (
  context: Context,
  account: Account,
): Promise<{ plans: readonly Plan[]; cancelled: readonly CancelledPlan[] }> =>
  findCalendar(context.store, readerOf(account), { limit: MAX_ENTRIES, cancelledSince: context.now() - CANCELLED_RETENTION_MS })
