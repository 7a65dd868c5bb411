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

/** Adds values to the master lists: all of them or none. Each gets the next code of its list. */
export const addValues = async (
  context: Context,
  values: readonly NewMasterValue[],
): Promise<readonly MasterValue[] | Failure<'invalid-values'>> => {
  const added = await insertMasterValues(context.store, values, context.now())
  return 'created' in added ? added.created : fail('invalid-values', { problems: added.problems })
}

/** Checks values without adding them. For a request that already fails because other values in it are malformed. */
export const checkValues = (context: Context, values: readonly NewMasterValue[]): Promise<readonly (MasterValueProblem | null)[]> =>
  checkMasterValues(context.store, values)
