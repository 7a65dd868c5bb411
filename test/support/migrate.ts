import { listDurableObjectIds, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createContext } from '../../src/compose.ts'

const MAX_ATTEMPTS = 10

const SCHEMA = env.MIGRATIONS.flatMap(({ queries }) => queries).join('\n;\n')

const load = async <T extends Rpc.DurableObjectBranded>(namespace: DurableObjectNamespace<T>): Promise<void> => {
  const ids = await listDurableObjectIds(namespace)
  await Promise.all(ids.map((id) => runInDurableObject(namespace.get(id), () => undefined)))
}

/**
 * `reset` deletes the storage only of objects that are in memory, and the local database, bucket and KV are objects, too. One that
 * crashed or was evicted would keep its storage, and the next file would find it again: the ids of accounts begin at 1 in each.
 */
const loadAll = () =>
  Promise.all([
    load(env.SUPPORT_ROOM),
    load(env.SUPPORT_DESK),
    load(env.ALARM_DISPATCHER),
    env.DB.prepare('SELECT 1').run(),
    env.MEDIA.head('any'),
    env.REVOKED.get('any'),
  ])

/**
 * Each file starts with empty storage, although it may share its workerd with others. A request of the file before may still be
 * running and keep its database open, which then is not empty: the next attempt resets that one, too. The local D1 runs several
 * statements in one, which takes a third of the time of a batch.
 */
const migrate = async (attempt = 1): Promise<void> => {
  await reset()
  try {
    await env.DB.prepare(SCHEMA).run()
  } catch (error) {
    if (attempt === MAX_ATTEMPTS || !String(error).includes('already exists')) throw error
    await new Promise((resolve) => setTimeout(resolve, 20))
    await migrate(attempt + 1)
  }
}

await loadAll()
await migrate()
// The ids of accounts begin at 1 again, so what the isolate knew about them is wrong.
createContext(env, { waitUntil: () => undefined }).knownFlags.clear()
