import type { Reader } from '../../store/plans.ts'
import { isStaff } from '../accounts/staff.ts'
import type { Account } from '../context.ts'

/** The properties of an account that decide which plans it may see. */
export const readerOf = (account: Account): Reader => ({ id: account.id, isStaff: isStaff(account) })
