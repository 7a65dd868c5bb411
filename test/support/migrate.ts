import { env } from 'cloudflare:workers'

// One batch instead of two round trips per migration: each test file has a database of its own.
await env.DB.batch(env.MIGRATIONS.flatMap(({ queries }) => queries.map((query) => env.DB.prepare(query))))
