import { handleRequest } from '../../../src/app.ts'
import { createContext } from '../../../src/compose.ts'
import type { Env } from '../../../src/env.ts'
import { createSockets } from '../../../src/rpc/sockets.ts'
import { REPEAT_HEADER, replayedDatabase } from '../repeated.ts'

/**
 * Concord without what is around it: a request is handled many times, and the database answers from memory after the first time. So
 * the CPU time is that of the Worker's own code, without D1, KV, rate limits, and reading from and writing to the network.
 */

export * from '../../../src/index.ts'

const unlimited = { limit: async () => ({ success: true }) }

/** One request has to be handled after the other: each environment has a context of its own, with its caches. */
const environments = new Map<string, Env>()

const environmentFor = (route: string, env: Env): Env => {
  const known = environments.get(route) ?? { ...env, DB: replayedDatabase(env.DB), ADDRESS_LIMIT: unlimited, NETWORK_LIMIT: unlimited }
  environments.set(route, known)
  return known
}

export default {
  fetch: async (request, env) => {
    const { method, url } = request
    const headers = new Headers(request.headers)
    const times = Number(headers.get(REPEAT_HEADER) ?? 1)
    headers.delete(REPEAT_HEADER)
    const body = method === 'GET' ? null : await request.text()
    const own = environmentFor(`${method} ${url}`, env)
    let response = new Response()
    for (let time = 0; time < times; time++) {
      const context = createContext(own, { waitUntil: () => undefined })
      response = await handleRequest(new Request(url, { method, headers, body }), { context, sockets: createSockets(own, null) })
    }
    return response
  },
} satisfies ExportedHandler<Env>
