import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createContext } from '../../src/compose.ts'
import type { Context } from '../../src/domain/context.ts'

/** Calls a verb as the Worker does, and waits for what it left for later. */
export const withWorkerContext = async <T>(work: (context: Context) => Promise<T>): Promise<T> => {
  const execution = createExecutionContext()
  const result = await work(createContext(env, execution))
  await waitOnExecutionContext(execution)
  return result
}
