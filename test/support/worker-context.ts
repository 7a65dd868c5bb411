import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { handleRequest } from '../../src/app.ts'
import { createContext } from '../../src/compose.ts'
import { type OperatorContext, operatorContext, type SystemContext, systemContext } from '../../src/domain/access.ts'
import type { Context } from '../../src/domain/context.ts'
import { createSockets } from '../../src/rpc/sockets.ts'
import { documented } from './documented.ts'

/** Calls a verb with the Worker's context, and waits for its `waitUntil` work. */
export const withWorkerContext = async <T>(work: (context: Context) => Promise<T>): Promise<T> => {
  const execution = createExecutionContext()
  const result = await work(createContext(env, execution))
  await waitOnExecutionContext(execution)
  return result
}

export const withOperatorContext = <T>(work: (context: OperatorContext) => Promise<T>): Promise<T> =>
  withWorkerContext((context) => work(operatorContext(context)))

export const withSystemContext = <T>(work: (context: SystemContext) => Promise<T>): Promise<T> =>
  withWorkerContext((context) => work(systemContext(context)))

/** One request to the Worker with a context of the test's own. */
export const handleWith = async (request: Request, context: Context): Promise<Response> =>
  documented(request, await handleRequest(request, { context, sockets: createSockets(env, context.settings.jurisdiction) }))
