import type { Account } from '../../model/account.ts'
import type { PlanReader } from '../../model/plan.ts'
import { isStaff } from '../access.ts'

/** The properties of an account that decide which plans it may see. */
export const readerOf = (account: Account): PlanReader => ({ id: account.id, isStaff: isStaff(account) })
