/** The failure codes of a person's settings, contacts and therapist. */
export interface RecoveryFailures {
  'scenario-not-found': null
  'therapist-not-found': null
  'track-not-found': null
  'contacts-full': { readonly max: number }
}

export const RECOVERY_EXAMPLES: RecoveryFailures = {
  'scenario-not-found': null,
  'therapist-not-found': null,
  'track-not-found': null,
  'contacts-full': { max: 10 },
}
