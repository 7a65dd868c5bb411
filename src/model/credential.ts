export const CREDENTIAL_KINDS = ['token', 'session', 'pair'] as const

export type CredentialKind = (typeof CREDENTIAL_KINDS)[number]

/** What a credential is, apart from whether it is alive. It never changes. */
export interface StoredCredential {
  readonly accountId: number
  readonly kind: CredentialKind
  readonly createdAt: number
  readonly expiresAt: number
}

export interface NewCredential {
  readonly id: string
  readonly kind: CredentialKind
  readonly createdAt: number
  readonly expiresAt: number
  readonly day: string
  readonly userAgent: string
}

/** What the revocation list needs to know about a deleted credential. */
export interface RevokedCredential {
  readonly id: string
  readonly expiresAt: number
  /** Whether its account has ever opened a WebSocket, so that it may have open connections now. */
  readonly isSocketUser: boolean
}
