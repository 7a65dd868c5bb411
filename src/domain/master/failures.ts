import type { MasterValueProblem, ValidValues } from '../../store/master.ts'

export interface MasterFailures {
  'type-exists': null
  /** Beside each value that was given: what is wrong with it, or null. */
  'values-refused': { readonly problems: readonly (MasterValueProblem | null)[] }
  /** Types of which an unknown value was given, with the values that they have. */
  'unknown-values': { readonly valid: ValidValues }
}

export const MASTER_EXAMPLES: MasterFailures = {
  'type-exists': null,
  'values-refused': { problems: [{ noSuchType: true, taken: false }, null] },
  'unknown-values': { valid: { gender: ['Male', 'Female', 'Others'] } },
}
