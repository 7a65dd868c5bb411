import type { Settings } from './domain/settings.ts'

/** The bindings and settings of wrangler.toml. */
export interface Env {
  readonly DB: D1Database
  readonly REVOKED: KVNamespace
  readonly MEDIA: R2Bucket
  readonly SUPPORT_ROOM: DurableObjectNamespace
  readonly SUPPORT_DESK: DurableObjectNamespace
  readonly ALARM_DISPATCHER: DurableObjectNamespace
  readonly ADDRESS_LIMIT: RateLimit

  readonly JWT_SECRET?: string
  readonly JWT_SECRET_PREVIOUS?: string
  readonly JWT_ISSUER?: string
  readonly ALLOWED_ORIGINS?: string
  readonly TOKEN_DAYS?: string
  readonly SESSION_DAYS?: string
  readonly ACCESS_MINUTES?: string
  readonly REFRESH_DAYS?: string
  readonly PASSWORD_SLOT_MS?: string
  readonly LOGIN_FAILURES?: string
  readonly LOGIN_WINDOW_MINUTES?: string
  readonly LOGIN_LOCK_SECONDS?: string
  readonly LOGIN_SLOWDOWN_MS?: string
  readonly MATCH_LISTS?: string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

export const settingsFrom = (env: Env): Settings => {
  if (!env.JWT_SECRET || env.JWT_SECRET.length < 32) {
    throw new Error(
      'JWT_SECRET is missing or shorter than 32 characters: `npm run dev` makes one, `wrangler secret put JWT_SECRET` sets it',
    )
  }
  return {
    jwtSecret: env.JWT_SECRET,
    jwtSecretPrevious: env.JWT_SECRET_PREVIOUS || null,
    jwtIssuer: env.JWT_ISSUER ?? 'concord',
    lifetimes: {
      token: number(env.TOKEN_DAYS, 30) * DAY,
      session: number(env.SESSION_DAYS, 14) * DAY,
      access: number(env.ACCESS_MINUTES, 60) * MINUTE,
      refresh: number(env.REFRESH_DAYS, 7) * DAY,
    },
    passwordPacing: { slotMs: number(env.PASSWORD_SLOT_MS, 45), longestWaitMs: 10 * SECOND },
    loginLock: {
      failures: number(env.LOGIN_FAILURES, 10),
      windowMs: number(env.LOGIN_WINDOW_MINUTES, 15) * MINUTE,
      firstMs: number(env.LOGIN_LOCK_SECONDS, 60) * SECOND,
      longestMs: 15 * MINUTE,
      slowdownMs: number(env.LOGIN_SLOWDOWN_MS, 100),
    },
    matchLists: env.MATCH_LISTS === 'true',
    allowedOrigins: originsFrom(env.ALLOWED_ORIGINS ?? '*'),
  }
}

const number = (given: string | undefined, otherwise: number): number => {
  const value = Number(given)
  return given && Number.isFinite(value) && value >= 0 ? value : otherwise
}

const originsFrom = (list: string): 'any' | ReadonlySet<string> => {
  const origins = list.split(',').map((origin) => origin.trim().replace(/\/$/, ''))
  return origins.includes('*') ? 'any' : new Set(origins.filter((origin) => origin !== ''))
}
