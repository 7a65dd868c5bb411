import type { DatabaseSync } from 'node:sqlite'
import type { BetterAuthOptions } from 'better-auth'

/** Where the side believes that it is served: what asks with a cookie has to come from here. */
export const ORIGIN = 'http://bench.local'

/**
 * better-auth as its documentation has it for e-mail addresses and passwords, with everything on its own default but:
 *
 * - no rate limit, since one client stands for everybody;
 * - where asked for, joins, which it offers for speed: a session and its user are then one question to the database in the
 *   place of two.
 *
 * Its cookie cache stays off, as it is by default: with it a session that was ended is believed in for minutes, and the
 * program asks its database at every request, too. Passwords are hashed with its own scrypt (N = 16384, r = 16, p = 1),
 * which is `node:crypto`'s in a Worker that has `nodejs_compat`.
 */
export const optionsOf = (database: D1Database | DatabaseSync, secret: string, joins = false): BetterAuthOptions => ({
  database,
  secret,
  baseURL: ORIGIN,
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  ...(joins && { advanced: { database: { joins } } }),
})
