import { isStaff } from '../accounts/staff.ts'
import type { MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

/** The desk, and whatever it knows of everybody, is for staff. */
export const openDesk = (context: MemberContext): null | Failure<'not-yours'> => (isStaff(context.actor.account) ? null : fail('not-yours'))
