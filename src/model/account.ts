import type { FacilityProfile } from './facility.ts'

/** An account as the rest of the program sees it: without the password hash and without the normalised unique keys. */
export interface Account {
  readonly id: number
  readonly objectId: string
  readonly username: string
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

export type Flags = Pick<AccountChanges, 'isAdmin' | 'isStaff' | 'isSuperuser'>

/** The flags that give a rank, from the lowest to the highest. Who has none of them is a member, of rank 0. */
export const RANKS = ['isStaff', 'isAdmin', 'isSuperuser'] as const

/** The rank of the highest flag. Nobody may act on an account of a higher rank, or give a flag above their own rank. */
export const rankOf = (account: { readonly [flag in (typeof RANKS)[number]]: boolean }): number =>
  RANKS.findLastIndex((flag) => account[flag]) + 1

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

export const isSameUsername = (a: string, b: string): boolean => usernameKey(a) === usernameKey(b)

/** A picture that was uploaded to us is stored by this path. Any other value is a link that somebody typed. */
export const UPLOADED_PICTURE_PATH = '/media/'

export const isUploadedPicture = (picture: string | null): boolean => picture?.startsWith(UPLOADED_PICTURE_PATH) ?? false
