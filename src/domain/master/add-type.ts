import { insertMasterType, type MasterType, type MasterTypeName } from '../../store/master.ts'
import type { Ctx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { MasterType, MasterTypeName }

/** Opens a list of values, of one of the eight kinds, once each. */
export const addType = async (ctx: Ctx, type: MasterTypeName): Promise<MasterType | Refusal<'type-exists'>> =>
  (await insertMasterType(ctx.store, type, ctx.now())) ?? refuse('type-exists')
