import { isStaff } from '../accounts/staff.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** Only staff may use the desk and read what it shows of all rooms. */
export const openDesk = (context: MemberContext): null | Failure<'forbidden'> => (isStaff(context.actor.account) ? null : fail('forbidden'))
