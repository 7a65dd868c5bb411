import { type Choice, findUnknownChoices, type ValidValues } from '../../store/master.ts'
import type { Context } from '../context.ts'

export type { Choice, ValidValues }

/** Returns the types for which the input has an unknown value, with their valid values. For a request that fails anyway. */
export const checkChoices = (context: Context, chosen: readonly Choice[]): Promise<ValidValues> => findUnknownChoices(context.store, chosen)
