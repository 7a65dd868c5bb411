import type { Dispatcher } from './domain/alarms/dispatcher.ts'
import type { AssistantSettings, CarrierSettings, Settings } from './domain/settings.ts'
import type { Room, SupportDesk } from './domain/support/types.ts'

/** The bindings and settings of wrangler.toml. */
export interface Env extends Variables {
  readonly DB: D1Database
  readonly REVOKED: KVNamespace
  readonly MEDIA: R2Bucket
  readonly SUPPORT_ROOM: DurableObjectNamespace<Room & Rpc.DurableObjectBranded>
  readonly SUPPORT_DESK: DurableObjectNamespace<SupportDesk & Rpc.DurableObjectBranded>
  readonly ALARM_DISPATCHER: DurableObjectNamespace<Dispatcher & Rpc.DurableObjectBranded>
  readonly ADDRESS_LIMIT: RateLimit
  readonly ASSETS: Fetcher
  /** Only where an operator adds it: README.md, "Telling people". */
  readonly EMAIL?: SendEmail
  readonly AI?: Ai
}

/** What stands under `[vars]`, or is set as a secret. */
export interface Variables {
  readonly JWT_SECRET?: string
  readonly JWT_SECRET_PREVIOUS?: string
  readonly JWT_ISSUER?: string
  readonly ALLOWED_ORIGINS?: string
  readonly TOKEN_DAYS?: string
  readonly SESSION_DAYS?: string
  readonly ACCESS_MINUTES?: string
  readonly REFRESH_DAYS?: string
  readonly LOGIN_FAILURES?: string
  readonly LOGIN_WINDOW_MINUTES?: string
  readonly LOGIN_LOCK_SECONDS?: string
  readonly LOGIN_SLOWDOWN_MS?: string
  readonly CHAT_BURST?: string
  readonly CHAT_PER_SECOND?: string
  readonly ALARM_CANCEL_SECONDS?: string
  readonly ALARM_STEP_MINUTES?: string
  readonly ALARM_REMINDER_MINUTES?: string
  readonly CARRIER_TIMEOUT_SECONDS?: string
  readonly EMAIL_FROM?: string
  readonly EMAIL_API_KEY?: string
  readonly EMAIL_API_URL?: string
  readonly SMS_ACCOUNT_SID?: string
  readonly SMS_AUTH_TOKEN?: string
  readonly SMS_FROM?: string
  readonly SMS_API_URL?: string
  readonly ALARM_WEBHOOK_URL?: string
  readonly ALARM_WEBHOOK_SECRET?: string
  readonly ASSISTANT_URL?: string
  readonly ASSISTANT_KEY?: string
  readonly ASSISTANT_MODEL?: string
  readonly ASSISTANT_TIMEOUT_SECONDS?: string
  readonly MATCH_LISTS?: string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

/** The variables, and the bindings that stand in for some of them. */
type Given = Variables & Pick<Env, 'EMAIL' | 'AI'>

export const settingsFrom = (env: Given): Settings => {
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
    longestPasswordWaitMs: 10 * SECOND,
    loginLock: {
      failures: number(env.LOGIN_FAILURES, 10),
      windowMs: number(env.LOGIN_WINDOW_MINUTES, 15) * MINUTE,
      firstMs: number(env.LOGIN_LOCK_SECONDS, 60) * SECOND,
      longestMs: 15 * MINUTE,
      slowdownMs: number(env.LOGIN_SLOWDOWN_MS, 100),
    },
    matchLists: env.MATCH_LISTS === 'true',
    allowedOrigins: originsFrom(env.ALLOWED_ORIGINS ?? '*'),
    // None at all would be a chat in which nobody can ever speak.
    chat: { burst: Math.max(1, number(env.CHAT_BURST, 30)), perSecond: Math.max(0.1, number(env.CHAT_PER_SECOND, 2)) },
    alarm: {
      dedupeMs: 30 * SECOND,
      cancelMs: number(env.ALARM_CANCEL_SECONDS, 0) * SECOND,
      stepsMs: stepsFrom(env.ALARM_STEP_MINUTES ?? '5,15'),
      remindEveryMs: Math.max(1, number(env.ALARM_REMINDER_MINUTES, 15)) * MINUTE,
      remindForMs: DAY,
      retryForMs: DAY,
    },
    carriers: carriersFrom(env),
    assistant: assistantFrom(env),
  }
}

const assistantFrom = (env: Given): AssistantSettings => {
  const { ASSISTANT_URL: url, ASSISTANT_KEY: key, ASSISTANT_MODEL: model } = env
  if (url && !model) throw new Error('ASSISTANT_URL is set and ASSISTANT_MODEL is not')
  return {
    url: url ? url.replace(/\/$/, '') : null,
    key: key || null,
    model: model || null,
    timeoutMs: number(env.ASSISTANT_TIMEOUT_SECONDS, 20) * SECOND,
  }
}

/** Half a provider is a mistake that must be seen at once, and not when somebody is in trouble. */
const carriersFrom = (env: Given): CarrierSettings => {
  const { EMAIL_FROM: from, EMAIL_API_KEY: key, SMS_ACCOUNT_SID: account, SMS_AUTH_TOKEN: token, SMS_FROM: smsFrom } = env
  const { ALARM_WEBHOOK_URL: webhook, ALARM_WEBHOOK_SECRET: secret } = env
  if (key && !from) throw new Error('EMAIL_API_KEY is set and EMAIL_FROM is not')
  const sms = account && token && smsFrom ? { account, token, from: smsFrom } : null
  if ((account || token || smsFrom) && !sms) throw new Error('SMS_ACCOUNT_SID, SMS_AUTH_TOKEN and SMS_FROM go together')
  if (webhook && (secret ?? '').length < 16) throw new Error('ALARM_WEBHOOK_URL needs an ALARM_WEBHOOK_SECRET of 16 characters or more')
  return {
    timeoutMs: number(env.CARRIER_TIMEOUT_SECONDS, 10) * SECOND,
    email: from ? { from, key: key || null, url: address(env.EMAIL_API_URL, 'https://api.resend.com') } : null,
    sms: sms && { ...sms, url: address(env.SMS_API_URL, 'https://api.twilio.com') },
    webhook: webhook && secret ? { url: webhook, secret } : null,
  }
}

const address = (given: string | undefined, otherwise: string): string => (given || otherwise).replace(/\/$/, '')

/** `5,15`: the minutes after the trigger at which the second and the third step tell people again. */
const stepsFrom = (list: string): number[] =>
  list
    .split(',')
    .map((minutes) => Number(minutes.trim()) * MINUTE)
    .filter((ms) => Number.isFinite(ms) && ms > 0)
    .sort((a, b) => a - b)

const number = (given: string | undefined, otherwise: number): number => {
  const value = Number(given)
  return given && Number.isFinite(value) && value >= 0 ? value : otherwise
}

const originsFrom = (list: string): 'any' | ReadonlySet<string> => {
  const origins = list.split(',').map((origin) => origin.trim().replace(/\/$/, ''))
  return origins.includes('*') ? 'any' : new Set(origins.filter((origin) => origin !== ''))
}
