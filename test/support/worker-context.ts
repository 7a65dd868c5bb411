import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createContext } from '../../src/compose.ts'
import type { Context } from '../../src/domain/context.ts'

/** Calls a verb with the Worker's context, and waits for its `waitUntil` work. */
export const withWorkerContext = async <T>(work: (context: Context) => Promise<T>): Promise<T> => {
  const execution = createExecutionContext()
  const result = await work(createContext(env, execution))
  await waitOnExecutionContext(execution)
  return result
}
