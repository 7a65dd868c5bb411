import { origin } from '../../../src/app.ts'
import { createContext } from '../../../src/compose.ts'
import type { Env } from '../../../src/env.ts'
import { countingDatabase } from '../../support/counting-database.ts'

/** The program, which tells with each answer what it asked of D1. Nobody measures its time. */

export * from '../../../src/index.ts'

export default {
  fetch: async (request, env, execution) => {
    const { database, counts } = countingDatabase(env.DB)
    const answer = await origin(request, createContext({ ...env, DB: database }, execution))
    const headers = new Headers(answer.headers)
    headers.set('X-D1', `${counts.roundTrips} / ${counts.statements}`)
    return new Response(answer.body, { status: answer.status, headers })
  },
} satisfies ExportedHandler<Env>
