import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

// Each file starts with empty storage, although it may share its workerd with others. One batch for all migrations takes one
// round trip instead of two for each.
await reset()
await env.DB.batch(env.MIGRATIONS.flatMap(({ queries }) => queries.map((query) => env.DB.prepare(query))))
