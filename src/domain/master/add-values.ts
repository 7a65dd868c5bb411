import {
  checkMasterValues,
  insertMasterValues,
  type MasterValue,
  type MasterValueProblem,
  type NewMasterValue,
} from '../../store/master.ts'
import type { Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { MasterValue, MasterValueProblem, NewMasterValue }

/** Adds values to the lists, each with the next code of its list: all of them or none. */
export const addValues = async (
  context: Context,
  values: readonly NewMasterValue[],
): Promise<readonly MasterValue[] | Failure<'values-refused'>> => {
  const added = await insertMasterValues(context.store, values, context.now())
  return 'made' in added ? added.made : fail('values-refused', { problems: added.problems })
}

/** What would be wrong with these values, for when others beside them can't even be read. */
export const checkValues = (context: Context, values: readonly NewMasterValue[]): Promise<readonly (MasterValueProblem | null)[]> =>
  checkMasterValues(context.store, values)
