import type { MasterType, MasterValue } from '../../model/master.ts'
import { type NumberedPage, numberedPage, type PageNumber } from '../../model/page.ts'
import { findMasterTypes, findMasterValues } from '../../store/master.ts'
import type { SuperuserContext } from '../access.ts'

/** Lists the types of master values, oldest first. */
export const listTypes = (context: SuperuserContext, page: PageNumber, size: number): Promise<NumberedPage<MasterType>> =>
  numberedPage(page, size, (from) => findMasterTypes(context.store, from, size))

/** Lists all values of all types, oldest first. */
export const listValues = (context: SuperuserContext, page: PageNumber, size: number): Promise<NumberedPage<MasterValue>> =>
  numberedPage(page, size, (from) => findMasterValues(context.store, from, size))
