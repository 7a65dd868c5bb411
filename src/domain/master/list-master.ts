import { findMasterTypes, findMasterValues, type MasterType, type MasterValue } from '../../store/master.ts'
import type { Ctx } from '../context.ts'
import { type NumberedPage, numberedPage, type PageNumber } from '../numbered-page.ts'

/** The kinds of values, oldest first. */
export const listTypes = (ctx: Ctx, page: PageNumber, size: number): Promise<NumberedPage<MasterType>> =>
  numberedPage(page, size, (from) => findMasterTypes(ctx.store, from, size))

/** All values of all kinds, oldest first. */
export const listValues = (ctx: Ctx, page: PageNumber, size: number): Promise<NumberedPage<MasterValue>> =>
  numberedPage(page, size, (from) => findMasterValues(ctx.store, from, size))
