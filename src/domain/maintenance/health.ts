import { isReachable } from '../../store/store.ts'
import type { Context } from '../context.ts'

/** Whether the database responds. The result is never cached. */
export const isHealthy = (context: Context): Promise<boolean> => isReachable(context.store)
