import type { DatabaseSync } from 'node:sqlite'
import type { BetterAuthOptions } from 'better-auth'

/** The base URL of the server. Requests with a cookie must come from this origin. */
export const ORIGIN = 'http://bench.local'

/**
 * better-auth as documented for e-mail address and password, with its defaults except for:
 *
 * - no rate limit, because one client sends all requests;
 * - optionally `joins`, which it offers for speed: it then reads a session and its user in one query instead of two.
 *
 * Its cookie cache is off, which is the default. With the cache, an ended session stays valid for minutes; and Concord also
 * queries its database at every request. Passwords are hashed with its own scrypt (N = 16384, r = 16, p = 1), which uses
 * `node:crypto` in a Worker with `nodejs_compat`.
 */
export const optionsOf = (database: D1Database | DatabaseSync, secret: string, joins = false): BetterAuthOptions => ({
  database,
  secret,
  baseURL: ORIGIN,
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  ...(joins && { advanced: { database: { joins } } }),
})
