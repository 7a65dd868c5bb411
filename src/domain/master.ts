import {
  type Choice,
  MASTER_CODES,
  type MasterType,
  type MasterTypeName,
  type MasterValue,
  type MasterValueProblem,
  type NewMasterValue,
  type ValidValues,
} from '../model/master.ts'
import { type NumberedPage, numberedPage, type PageNumber } from '../model/page.ts'
import { fail, type Result } from '../model/result.ts'
import {
  checkMasterValues,
  findMasterTypes,
  findMasterValues,
  findUnknownChoices,
  insertMasterType,
  insertMasterValues,
} from '../store/master.ts'
import type { MemberContext, SuperuserContext } from './access.ts'

/** Creates one of the eight master lists. Each can be created once. */
export const addType = async (context: SuperuserContext, type: MasterTypeName): Promise<Result<MasterType, 'type-exists'>> =>
  (await insertMasterType(context.store, type, context.now())) ?? fail('type-exists')

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

/** Lists the types of master values, oldest first. */
export const listTypes = (context: SuperuserContext, page: PageNumber, size: number): Promise<NumberedPage<MasterType>> =>
  numberedPage(page, size, (from) => findMasterTypes(context.store, from, size))

/** Lists all values of all types, oldest first. */
export const listValues = (context: SuperuserContext, page: PageNumber, size: number): Promise<NumberedPage<MasterValue>> =>
  numberedPage(page, size, (from) => findMasterValues(context.store, from, size))

/** Returns the types for which the input has an unknown value, with their valid values. For a request that fails anyway. */
export const checkChoices = (context: MemberContext, chosen: readonly Choice[]): Promise<ValidValues> =>
  findUnknownChoices(context.store, chosen)
