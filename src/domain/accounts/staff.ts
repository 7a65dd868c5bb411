import type { Account } from '../context.ts'

/** *Staff* is an account with any of the three flags. */
export const isStaff = (account: Account): boolean => account.isAdmin || account.isStaff || account.isSuperuser
