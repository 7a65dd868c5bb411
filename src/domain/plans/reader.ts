import type { Account } from '../../model/account.ts'
import type { Reader } from '../../store/plans.ts'
import { isStaff } from '../access.ts'

/** The properties of an account that decide which plans it may see. */
export const readerOf = (account: Account): Reader => ({ id: account.id, isStaff: isStaff(account) })
