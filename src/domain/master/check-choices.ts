import { type Chosen, findUnknownChoices, type ValidValues } from '../../store/master.ts'
import type { Context } from '../context.ts'

export type { Chosen, ValidValues }

/** Of which types an unknown value was given, and what they would take: for a request that is refused anyway. */
export const checkChoices = (context: Context, chosen: readonly Chosen[]): Promise<ValidValues> => findUnknownChoices(context.store, chosen)
