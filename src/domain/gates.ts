/**
 * The gates of accounts, behind which reads may go to replicas of the database. A replica is late. The gate of an account keeps what
 * a replica must contain before it may answer this account: docs/adr/0023-read-replicas-behind-a-gate.md.
 */
export interface Gates {
  /** Handles a request, and leaves what it has seen or written at the gates before it is answered. Throws GateUnreachable. */
  during<T>(work: () => Promise<T>): Promise<T>
  /** From here on, a replica that contains enough for this account may answer the request's reads. */
  open(accountId: number): Promise<void>
  /**
   * Names an account that must see what the request writes: its next read contains it. The caller is named by the check of the
   * credential. A verb names the others: whose credentials or flags it changes, and the second person of a message, a block, a
   * friendship or an RSVP.
   */
  concern(accountId: number): void
  /** For a call for help: its response does not wait for a gate. */
  answerAnyway(): void
  /** For what was changed outside of a request: the gate forgets its bookmark, and the primary answers the next read. */
  clear(accountId: number): Promise<void>
}

/** Without replicas, all reads go to the primary, and nothing has to be kept. */
export const NO_GATES: Gates = {
  during: (work) => work(),
  open: async () => undefined,
  concern: () => undefined,
  answerAnyway: () => undefined,
  clear: async () => undefined,
}
