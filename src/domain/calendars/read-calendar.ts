import type { Account } from '../../model/account.ts'
import { MAX_CALENDAR_ENTRIES } from '../../model/calendar.ts'
import type { CancelledPlan, Plan } from '../../model/plan.ts'
import { RETENTION } from '../../model/retention.ts'
import { findCalendar } from '../../store/calendars.ts'
import type { Context } from '../context.ts'
import { readerOf } from '../plans/reader.ts'

/** Returns the plans that an account created or has an RSVP to, and those that were cancelled recently. */
export const readCalendar = (
  context: Context,
  account: Account,
): Promise<{ plans: readonly Plan[]; cancelled: readonly CancelledPlan[] }> =>
  findCalendar(context.store, readerOf(account), {
    limit: MAX_CALENDAR_ENTRIES,
    cancelledSince: context.now() - RETENTION.cancelledPlansMs,
  })
