/** How the core refuses what concerns a person's own facts, and whom they would have called. */
export interface RecoveryFailures {
  'scenario-not-found': null
  'therapist-not-found': null
  'track-not-found': null
  'contacts-full': { readonly atMost: number }
}

export const RECOVERY_EXAMPLES: RecoveryFailures = {
  'scenario-not-found': null,
  'therapist-not-found': null,
  'track-not-found': null,
  'contacts-full': { atMost: 10 },
}
