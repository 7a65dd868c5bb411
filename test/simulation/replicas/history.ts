/**
 * Checks every answer against what a single copy of the database could have answered. The single copy is the primary: after each
 * of its writes, the history notes what a read of each account that the write concerns would show from then on.
 */

interface State {
  /** The first version of the database that shows it. */
  readonly from: number
  readonly shown: string
}

/** What an account must see: a version, from the moment at which a response has confirmed or shown it. */
interface Obligation {
  readonly at: number
  readonly version: number
}

export class History {
  reads = 0
  revokedRequests = 0
  rejectedRequests = 0
  readonly #states = new Map<string, State[]>()
  readonly #obligations = new Map<number, Obligation[]>()
  /** When the revocation of a credential was answered. */
  readonly #revokedAt = new Map<string, number>()

  /** The primary shows this from `version` on: to one account, or to all readers of something. */
  noteState(key: string, version: number, shown: string): void {
    const states = this.#states.get(key) ?? []
    this.#states.set(key, states)
    if (states.at(-1)?.shown !== shown) states.push({ from: version, shown })
  }

  /** A response has confirmed the write of this version, or shown it. */
  noteAnswered(accounts: readonly number[], version: number, at: number): void {
    for (const account of accounts) {
      const known = this.#obligations.get(account) ?? []
      this.#obligations.set(account, known)
      if (version > (known.at(-1)?.version ?? 0)) known.push({ at, version })
    }
  }

  noteRevoked(credential: string, at: number): void {
    this.#revokedAt.set(credential, at)
  }

  isRevokedBefore(credential: string, at: number): boolean {
    return (this.#revokedAt.get(credential) ?? Number.POSITIVE_INFINITY) < at
  }

  /** The version that a read of this account must contain which is sent at this time. */
  requiredVersion(account: number, sentAt: number): number {
    return (this.#obligations.get(account) ?? []).findLast(({ at }) => at < sentAt)?.version ?? 0
  }

  /** Null if a single copy could have answered this. `key`: the states that the account could have been shown. */
  checkRead(
    {
      account,
      key,
      sentAt,
      shown,
      region,
    }: { readonly account: number; readonly key: string; readonly sentAt: number; readonly shown: string; readonly region: string },
    answeredAt: number,
  ): string | null {
    this.reads++
    const states = this.#states.get(key) ?? []
    const required = this.requiredVersion(account, sentAt)
    // The last state that began before the required version, and all that began later.
    const first = Math.max(
      0,
      states.findLastIndex(({ from }) => from <= required),
    )
    const index = states.findLastIndex((state) => state.shown === shown)
    const seen = states[index]
    if (!seen) return `account ${account} in ${region} was shown ${key} that no version of the database has`
    if (index < first) {
      return `account ${account} in ${region} was shown ${key} of version ${seen.from} at ${Math.round(sentAt)} ms, although version ${required} was known to it before: ${shown} instead of ${states[first]?.shown}`
    }
    // From here on it must not see anything older.
    this.noteAnswered([account], seen.from, answeredAt)
    return null
  }

  /** A request with a credential. Null if it was right to let it in, or to reject it. */
  checkLetIn(credential: string, sentAt: number, isLetIn: boolean): string | null {
    if (!this.isRevokedBefore(credential, sentAt)) return null
    this.revokedRequests++
    if (!isLetIn) this.rejectedRequests++
    return isLetIn ? `a request with the credential ${credential} was let in, although it was revoked before the request was sent` : null
  }
}
