import { type Auth, type BetterAuthOptions, betterAuth } from 'better-auth'
import { Hono } from 'hono'
import { optionsOf } from './better-auth-options.ts'

interface Env {
  readonly DB: D1Database
  readonly JWT_SECRET: string
  readonly JOINS?: string
}

/** One for the isolate: to make it anew at every request is the more usual shape, and a slower one. */
let made: Auth<BetterAuthOptions> | undefined
const authOf = ({ DB, JWT_SECRET, JOINS }: Env) => {
  made ??= betterAuth(optionsOf(DB, JWT_SECRET, JOINS === 'true'))
  return made
}

const app = new Hono<{ Bindings: Env }>()
app.on(['GET', 'POST'], '/api/auth/*', (c) => authOf(c.env).handler(c.req.raw))

/** What else one would take for accounts and sessions on this platform: better-auth on Hono, over D1. */
export default app
