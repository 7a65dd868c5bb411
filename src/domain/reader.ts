import type { RankedAccount, Reader } from '../model/account.ts'
import { isStaff } from './access.ts'

/** The properties of an account that decide what it may see of others. */
export const readerOf = (account: RankedAccount): Reader => ({ id: account.id, isStaff: isStaff(account) })
