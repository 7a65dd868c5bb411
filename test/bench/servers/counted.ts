import { handleRequest } from '../../../src/app.ts'
import { createContext } from '../../../src/compose.ts'
import type { Env } from '../../../src/env.ts'
import { createSockets } from '../../../src/rpc/sockets.ts'
import { countingDatabase } from '../../support/counting-database.ts'

/** Concord with a response header that contains the number of D1 round trips and statements. Its time is not measured. */

export * from '../../../src/index.ts'

export default {
  fetch: async (request, env, execution) => {
    const { database, counts } = countingDatabase(env.DB)
    const response = await handleRequest(request, {
      context: createContext({ ...env, DB: database }, execution),
      sockets: createSockets(env, null),
    })
    const headers = new Headers(response.headers)
    headers.set('X-D1', `${counts.roundTrips} / ${counts.statements}`)
    return new Response(response.body, { status: response.status, headers })
  },
} satisfies ExportedHandler<Env>
