import type { MasterValueProblem, ValidValues } from '../../store/master.ts'

export interface MasterFailures {
  'type-exists': null
  /** For each value of the input, in the same order: its problem, or null. */
  'invalid-values': { readonly problems: readonly (MasterValueProblem | null)[] }
  /** The types for which the input has an unknown value, with their valid values. */
  'unknown-values': { readonly valid: ValidValues }
}

export const MASTER_EXAMPLES: MasterFailures = {
  'type-exists': null,
  'invalid-values': { problems: [{ noSuchType: true, taken: false }, null] },
  'unknown-values': { valid: { gender: ['Male', 'Female', 'Others'] } },
}
