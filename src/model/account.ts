import type { ContractName } from './contract.ts'
import type { FacilityProfile } from './facility.ts'

/** An account as the rest of the program sees it: without the password hash and without the normalised unique keys. */
export interface Account {
  readonly id: number
  readonly objectId: string
  /** The username in every contract for which `contractNames` has no other one. */
  readonly username: string
  readonly contractNames: ContractNames
  readonly email: string
  readonly phoneNumber: string | null
  readonly firstName: string
  readonly lastName: string
  readonly profilePicture: string | null
  readonly subscriptionPlanId: number | null
  readonly isActive: boolean
  readonly isSuspended: boolean
  readonly isAdmin: boolean
  readonly isStaff: boolean
  readonly isSuperuser: boolean
  readonly createdAt: number
  readonly updatedAt: number
  readonly lastLoginAt: number | null
}

/**
 * The former usernames of people who moved in from a contract's original server and whose username another account already has.
 * They log in to that contract with the former username, and it is the name that the contract shows.
 */
export type ContractNames = Readonly<Partial<Record<ContractName, string>>>

export const usernameIn = (contract: ContractName, account: Pick<Account, 'username' | 'contractNames'>): string =>
  account.contractNames[contract] ?? account.username

/** A row in the operator's list of accounts. */
export type AccountSummary = Pick<Account, 'id' | 'username' | 'email' | 'isActive' | 'isAdmin' | 'isStaff' | 'isSuperuser'>

export interface NewAccount {
  readonly objectId: string
  readonly username: string
  readonly usernameKey: string
  readonly email: string
  readonly emailKey: string | null
  readonly phoneNumber: string | null
  readonly password: string
  readonly firstName: string
  readonly lastName: string
  readonly subscriptionPlanId: number | null
  readonly isActive: boolean
  readonly isAdmin: boolean
  readonly isSuspended: boolean
  readonly createdAt: number
  /** The profile fields that one contract stores beside the account. */
  readonly facility?: FacilityProfile
  readonly meetups?: { readonly dateOfBirth: string | null; readonly bio: string }
}

export type UniqueField = 'username' | 'email' | 'phone_number'

export interface UniqueKeys {
  readonly usernameKey: string | null
  readonly emailKey: string | null
  readonly phoneNumber: string | null
}

/** Why the requested values cannot be used. */
export interface AccountConflicts {
  readonly taken: UniqueField[]
  readonly noSuchPlan: boolean
}

export interface AccountChanges {
  readonly username?: string
  readonly email?: string
  readonly phoneNumber?: string | null
  readonly firstName?: string
  readonly lastName?: string
  readonly profilePicture?: string | null
  readonly subscriptionPlanId?: number | null
  readonly isActive?: boolean
  readonly isSuspended?: boolean
  readonly isAdmin?: boolean
  readonly isStaff?: boolean
  readonly isSuperuser?: boolean
}

type AccountState = 'isActive' | 'isSuspended' | 'isAdmin' | 'isStaff' | 'isSuperuser'

/** `T` without what members may not decide for themselves. The type `never` also rejects a variable that has it. */
export type WithoutAccountState<T> = Omit<T, AccountState> & { readonly [K in AccountState]?: never }

/** The lists of accounts without flags: all of them, or those that are active. */
export type UserList = 'users' | 'active-users'

/** An account with one of these is staff. Their order is that of the ranks, from the lowest to the highest. */
export const STAFF_FLAGS = ['isStaff', 'isAdmin', 'isSuperuser'] as const

export type StaffFlag = (typeof STAFF_FLAGS)[number]

export type Flags = Pick<AccountChanges, StaffFlag>

/** An account as far as its rights go. */
export type RankedAccount = Pick<Account, 'id' | StaffFlag>

/** The rank of the highest flag; 0 without one. No one may act on an account of a higher rank. */
export const rankOf = (account: Pick<RankedAccount, StaffFlag>): number => STAFF_FLAGS.findLastIndex((flag) => account[flag]) + 1

export interface ErasureTarget {
  readonly id: number
  readonly username: string
}

export interface StoredPictures {
  /** The path of a person's picture; null if another account uses the same path, because any account may set any path. */
  readonly picture: string | null
  /** The name of the picture in their matrimony profile, which belongs to no other account. */
  readonly image: string | null
}

/** The key by which usernames are compared: `Ross` and `ross` are equal, and so are two encodings of one accented letter. */
export const usernameKey = (username: string): string => username.normalize('NFKC').toLowerCase()

/** The same for e-mail addresses. Null for an empty one, because many accounts may have none. */
export const emailKey = (email: string): string | null => (email === '' ? null : email.normalize('NFKC').toLowerCase())

export const USERNAME_MAX = 150
export const isUsername = (text: string): boolean => /^[\p{L}\p{M}\p{N}@.+_-]+$/u.test(text)

/** Who reads what belongs to others. Staff can read the records that they manage in spite of a block. */
export interface Reader {
  readonly id: number
  readonly isStaff: boolean
}

export const EMAIL_MAX = 254
/** Django's rule, with host names in any script. */
const EMAIL =
  /^[-!#$%&'*+/=?^_`{}|~0-9A-Z]+(?:\.[-!#$%&'*+/=?^_`{}|~0-9A-Z]+)*@(?:localhost|(?:[A-Z0-9\u00a1-\uffff](?:[A-Z0-9\u00a1-\uffff-]{0,61}[A-Z0-9\u00a1-\uffff])?\.)+[A-Z0-9\u00a1-\uffff](?:[A-Z0-9\u00a1-\uffff-]{0,61}[A-Z0-9\u00a1-\uffff]))$/i
export const isEmail = (text: string): boolean => EMAIL.test(text)

export const isSameUsername = (a: string, b: string): boolean => usernameKey(a) === usernameKey(b)
