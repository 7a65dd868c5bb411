import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

// Each test file starts with empty storage, although it shares its workerd with other files. One batch instead of two round
// trips per migration.
await reset()
await env.DB.batch(env.MIGRATIONS.flatMap(({ queries }) => queries.map((query) => env.DB.prepare(query))))
