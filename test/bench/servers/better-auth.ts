import { type Auth, type BetterAuthOptions, betterAuth } from 'better-auth'
import { Hono } from 'hono'
import { optionsOf } from './better-auth-options.ts'

interface Env {
  readonly DB: D1Database
  readonly JWT_SECRET: string
  readonly JOINS?: string
}

/** One instance per isolate. Creating it at every request is more common, and slower. */
let instance: Auth<BetterAuthOptions> | undefined
const authOf = ({ DB, JWT_SECRET, JOINS }: Env) => {
  instance ??= betterAuth(optionsOf(DB, JWT_SECRET, JOINS === 'true'))
  return instance
}

const app = new Hono<{ Bindings: Env }>()
app.on(['GET', 'POST'], '/api/auth/*', (c) => authOf(c.env).handler(c.req.raw))

/** A common alternative for accounts and sessions on this platform: better-auth on Hono and D1. */
export default app
