import type { Reader } from '../../store/plans.ts'
import { isStaff } from '../accounts/staff.ts'
import type { Account } from '../context.ts'

/** Whoever asks, as far as it matters for which plans they may see. */
export const readerOf = (account: Account): Reader => ({ id: account.id, isStaff: isStaff(account) })
