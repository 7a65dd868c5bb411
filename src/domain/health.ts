import { isReachable } from '../store/store.ts'
import type { Ctx } from './context.ts'

/** Whether what everything depends on answers: asked anew each time. */
export const isHealthy = (ctx: Ctx): Promise<boolean> => isReachable(ctx.store)
