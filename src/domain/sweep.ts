import { sweepCredentials } from '../store/credentials.ts'
import { sweepClosings } from '../store/seats.ts'
import type { Ctx } from './context.ts'

const DAY_MS = 24 * 60 * 60_000

/** What the daily cron does: takes away what no longer means anything, so that old data stays small. */
export const sweep = async (ctx: Ctx): Promise<void> => {
  const swept = await sweepCredentials(ctx.store, ctx.now())
  const closings = await sweepClosings(ctx.store, ctx.now() - DAY_MS)
  console.log(JSON.stringify({ cron: 'sweep', ...swept, closings }))
}
