import { insertMasterType, type MasterType, type MasterTypeName } from '../../store/master.ts'
import type { Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { MasterType, MasterTypeName }

/** Creates one of the eight master lists. Each can be created once. */
export const addType = async (context: Context, type: MasterTypeName): Promise<MasterType | Failure<'type-exists'>> =>
  (await insertMasterType(context.store, type, context.now())) ?? fail('type-exists')
