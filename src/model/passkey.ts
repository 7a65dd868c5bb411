import { DAY, MINUTE } from './time.ts'

/** Passkeys (WebAuthn): with one, staff confirm a log-in that they have made with their password. */

/** `add`: a new passkey is registered. `confirm`: a log-in is confirmed with one. */
export const CHALLENGE_PURPOSES = ['add', 'confirm'] as const

export type ChallengePurpose = (typeof CHALLENGE_PURPOSES)[number]

export const CHALLENGE_LIFETIME_MS = 5 * MINUTE

/** How long the operator's code for an account's first passkey can be used. */
export const ENROLMENT_LIFETIME_MS = DAY

export const MAX_PASSKEYS = 10

export const PASSKEY_NAME_MAX = 64

/** As its owner and the operator see it. */
export interface Passkey {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** What a signature is checked with. */
export interface PasskeyKey {
  readonly id: string
  /** Chosen by the authenticator; Base64 in the alphabet of URLs. */
  readonly webauthnId: string
  /** SPKI, in the same form. */
  readonly publicKey: string
  /** A number of COSE. */
  readonly algorithm: number
  readonly signCount: number
}

/**
 * What a log-in may do. `open`: all that the account may. `confirm`: it has to be confirmed with a passkey first. `enrol`: the
 * account has none, and needs a code of the operator for the first.
 */
export type PasskeyState = 'open' | 'confirm' | 'enrol'

/** Why a passkey is not added or removed. */
export type PasskeyRefusal = 'confirm' | 'enrol' | 'full' | 'last'

/** What the database decides about who may add a passkey. */
export interface PasskeyRules {
  /** Whether every account of staff needs a passkey. */
  readonly isRequired: boolean
  readonly max: number
}
