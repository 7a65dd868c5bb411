import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createCtx } from '../../src/compose.ts'
import type { Ctx } from '../../src/domain/context.ts'

/** Calls a verb as the Worker does, and waits for what it left for later. */
export const workerCtx = async <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> => {
  const execution = createExecutionContext()
  const result = await work(createCtx(env, execution))
  await waitOnExecutionContext(execution)
  return result
}
