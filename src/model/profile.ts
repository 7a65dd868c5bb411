import type { Account } from './account.ts'

export interface PracticeProfile {
  readonly account: Account
  readonly bio: string
  readonly location: string
  /** The id that the profile had at the former server. */
  readonly formerId: number | null
}

/** Which profile: that of the account with this id, or the one that had an id at the former server. */
export type PracticeProfileRef = number | { readonly formerId: number }

export interface PracticeChanges {
  readonly bio?: string | undefined
  readonly location?: string | undefined
}

export interface MeetupProfile {
  readonly dateOfBirth: string | null
  readonly bio: string
}

/** What reading returns until there is something stored. */
export const EMPTY_MEETUP_PROFILE: MeetupProfile = { dateOfBirth: null, bio: '' }

/** Names are found by their first letters. The prefixes up to this length are stored, so a search for one reads only its results. */
export const NAME_PREFIX_MAX = 32

export interface PublicPerson {
  readonly id: number
  readonly objectId: string
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly bio: string
}
