import type { CredentialKind } from './credential.ts'
import { DAY } from './time.ts'

/** Log-ins of the former servers. An import stores them, and the Worker finds them by the same ids. */

const ID_DIGITS = 32

/** The id of the credential: from the SHA-256, in hexadecimal digits, of the key that the client holds. */
export const formerIdOf = (digest: string): string => digest.slice(0, ID_DIGITS)

/**
 * What stands for the key of a pair of tokens. The former server of meetups stored nothing of the pairs that it signed, and an
 * access token does not name its refresh token. So all pairs of an account share one credential, and end together.
 */
export const keyOfPairs = (objectId: string): string => `jwt:${objectId}`

/** Tokens of Django REST framework have no end there. Here they end a year after the import. */
export const FORMER_TOKEN_LIFETIME_MS = 365 * DAY

/** That of a refresh token of the former server. */
export const FORMER_PAIR_LIFETIME_MS = 7 * DAY

/** Of credentials that are adopted from a server that is still running, which does not reveal when its sessions end: after 14 days at most. */
export const FORMER_LIFETIME_MS: Readonly<Record<CredentialKind, number>> = {
  token: FORMER_TOKEN_LIFETIME_MS,
  session: 14 * DAY,
  pair: FORMER_PAIR_LIFETIME_MS,
}
