import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createContext } from '../../src/compose.ts'

const MAX_ATTEMPTS = 10

/**
 * Each file starts with empty storage, although it may share its workerd with others. A request of the file before may still be
 * running and keep its database open, which then is not empty: the next attempt resets that one, too. One batch for all
 * migrations takes one round trip instead of two for each.
 */
const migrate = async (attempt = 1): Promise<void> => {
  await reset()
  try {
    await env.DB.batch(env.MIGRATIONS.flatMap(({ queries }) => queries.map((query) => env.DB.prepare(query))))
  } catch (error) {
    if (attempt === MAX_ATTEMPTS || !String(error).includes('already exists')) throw error
    await new Promise((resolve) => setTimeout(resolve, 20))
    await migrate(attempt + 1)
  }
}

await migrate()
// The ids of accounts begin at 1 again, so what the isolate knew about them is wrong.
createContext(env, { waitUntil: () => undefined }).knownFlags.clear()
