import { isReachable } from '../store/store.ts'
import type { Context } from './context.ts'

/** Whether what everything depends on answers: asked anew each time. */
export const isHealthy = (context: Context): Promise<boolean> => isReachable(context.store)
