import type { Choice, ValidValues } from '../../model/master.ts'
import { findUnknownChoices } from '../../store/master.ts'
import type { MemberContext } from '../access.ts'

/** Returns the types for which the input has an unknown value, with their valid values. For a request that fails anyway. */
export const checkChoices = (context: MemberContext, chosen: readonly Choice[]): Promise<ValidValues> =>
  findUnknownChoices(context.store, chosen)
