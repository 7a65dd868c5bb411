import { MASTER_CODES, type MasterValue, type MasterValueProblem, type NewMasterValue } from '../../model/master.ts'
import { fail, type Result } from '../../model/result.ts'
import { checkMasterValues, insertMasterValues } from '../../store/master.ts'
import type { SuperuserContext } from '../access.ts'

/** Adds values to the master lists: all of them or none. Each gets the next code of its list. */
export const addValues = async (
  context: SuperuserContext,
  values: readonly NewMasterValue[],
): Promise<Result<readonly MasterValue[], 'invalid-values'>> => {
  const added = await insertMasterValues(context.store, values, MASTER_CODES, context.now())
  return 'created' in added ? added.created : fail('invalid-values', { problems: added.problems })
}

/** Checks values without adding them. For a request that already fails because other values in it are malformed. */
export const checkValues = (
  context: SuperuserContext,
  values: readonly NewMasterValue[],
): Promise<readonly (MasterValueProblem | null)[]> => checkMasterValues(context.store, values)
