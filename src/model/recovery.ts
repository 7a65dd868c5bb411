import type { Range } from './range.ts'

/** What a contact has answered. `asked`: nothing yet. Only contacts who have declined are not notified. */
export const CONTACT_ANSWERS = ['asked', 'agreed', 'declined'] as const

export type ContactAnswer = (typeof CONTACT_ANSWERS)[number]

export interface EmergencyContact {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly phone: string
  readonly relationship: string
  /** Null if the contact was never asked. */
  readonly answer: ContactAnswer | null
}

export interface NewContact {
  readonly accountId: number
  readonly name: string
  readonly phone: string
  readonly email: string
  readonly relationship: string
  readonly createdAt: number
  /** Digests of the addresses; '' for one that the contact does not have. */
  readonly emailDigest: string
  readonly phoneDigest: string
}

export interface Therapist {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly phone: string
}

export interface NewTherapist {
  readonly accountId: number
  readonly name: string
  readonly phone: string
  readonly email: string
  readonly createdAt: number
}

export interface TherapistChanges {
  readonly name?: string | undefined
  readonly phone?: string | undefined
  readonly email?: string | undefined
}

export interface RecoveryProfile {
  readonly accountId: number
  readonly username: string
  /** The person's name in this contract. Staff see the username, which is unique. */
  readonly shownName: string
  readonly age: number | null
  readonly location: string
  readonly militaryStatus: boolean
  readonly ptsdLevel: number | null
  readonly musicId: number | null
  readonly therapistId: number | null
  readonly scenarioId: number | null
}

/** Fields that are missing or undefined stay unchanged. */
export interface RecoveryChanges {
  readonly age?: number | null | undefined
  readonly location?: string | undefined
  readonly militaryStatus?: boolean | undefined
  readonly ptsdLevel?: number | null | undefined
  readonly therapistId?: number | null | undefined
  readonly scenarioId?: number | null | undefined
}

export interface MusicTrack {
  readonly id: number
  readonly name: string
  readonly url: string
}

export interface AlarmScenario {
  readonly id: number
  readonly name: string
  readonly playMusic: boolean
  readonly notifyContact: boolean
  readonly notifyTherapist: boolean
}

export const RECOVERY_AGE: Range = { min: 0, max: 150 }

export const PTSD_LEVEL: Range = { min: 1, max: 5 }

/** Tracks and scenarios are short lists that an operator maintains. The limit makes sure that no response grows without bound. */
export const MAX_LISTED_CHOICES = 1000

/** No request deletes a therapist, so only the newest are stored per person. The newest of all is the chosen one. */
export const MAX_STORED_THERAPISTS = 10

/** A call for help by a person who has not chosen a scenario: the therapist and all contacts who have not declined are notified. */
export const DEFAULT_SCENARIO: Omit<AlarmScenario, 'id'> = {
  name: 'No scenario',
  playMusic: true,
  notifyContact: true,
  notifyTherapist: true,
}

/** How many emergency contacts a person may have. */
export const MAX_CONTACTS = 10

/** What staff need to know about a person who calls for help. */
export interface PersonDetails {
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly phone: string | null
  readonly location: string
  /** The name of the scenario that the person has chosen. */
  readonly scenario: string | null
  readonly therapist: Therapist | null
  readonly contacts: readonly EmergencyContact[]
}
