import type { Account } from './account.ts'

export interface PracticeProfile {
  readonly account: Account
  readonly bio: string
  readonly location: string
}

export interface PracticeChanges {
  readonly bio?: string | undefined
  readonly location?: string | undefined
}

export interface MeetupProfile {
  readonly dateOfBirth: string | null
  readonly bio: string
}

export interface PublicPerson {
  readonly id: number
  readonly objectId: string
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly bio: string
}
