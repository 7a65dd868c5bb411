import {
  checkMasterValues,
  insertMasterValues,
  type MasterValue,
  type MasterValueProblem,
  type NewMasterValue,
} from '../../store/master.ts'
import type { Ctx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { MasterValue, MasterValueProblem, NewMasterValue }

/** Adds values to the lists, each with the next code of its list: all of them or none. */
export const addValues = async (
  ctx: Ctx,
  values: readonly NewMasterValue[],
): Promise<readonly MasterValue[] | Refusal<'values-refused'>> => {
  const added = await insertMasterValues(ctx.store, values, ctx.now())
  return 'made' in added ? added.made : refuse('values-refused', { problems: added.problems })
}

/** What would be wrong with these values, for when others beside them can't even be read. */
export const checkValues = (ctx: Ctx, values: readonly NewMasterValue[]): Promise<readonly (MasterValueProblem | null)[]> =>
  checkMasterValues(ctx.store, values)
