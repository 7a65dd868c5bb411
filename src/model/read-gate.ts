/** What the gate of an account answers to a reader. */
export interface GateAnswer {
  /** Another one if the gate has lost its bookmark since. */
  readonly epoch: string
  /** What a replica must contain. Null: only the primary may answer. */
  readonly bookmark: string | null
}

/** Where one request reads, and what it has seen. */
export interface ReadPoint {
  /** What a replica must contain that answers; null if only the primary may. */
  from: string | null
  /** The newest bookmark of what was read or written; null before the first trip to the database. */
  seen: string | null
  hasWritten: boolean
  /** The response is on its way: what is read from now on is left at once. */
  isAnswered: boolean
}

/** What was seen could not be left at a gate. It must not be shown, or a later read could show less. */
export class GateUnreachable extends Error {}
