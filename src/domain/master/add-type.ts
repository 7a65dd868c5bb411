import type { MasterType, MasterTypeName } from '../../model/master.ts'
import { fail, type Result } from '../../model/result.ts'
import { insertMasterType } from '../../store/master.ts'
import type { SuperuserContext } from '../access.ts'

/** Creates one of the eight master lists. Each can be created once. */
export const addType = async (context: SuperuserContext, type: MasterTypeName): Promise<Result<MasterType, 'type-exists'>> =>
  (await insertMasterType(context.store, type, context.now())) ?? fail('type-exists')
