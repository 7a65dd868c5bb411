import type { Dispatcher, Room, SupportDesk } from './domain/ports.ts'
import type { AssistantSettings, CarrierSettings, Settings } from './domain/settings.ts'
import { DAY, MINUTE, SECOND } from './model/time.ts'

/** The bindings and settings of wrangler.toml. */
export interface Env extends Variables {
  readonly DB: D1Database
  readonly REVOKED: KVNamespace
  readonly MEDIA: R2Bucket
  readonly SUPPORT_ROOM: DurableObjectNamespace<Room & Rpc.DurableObjectBranded>
  readonly SUPPORT_DESK: DurableObjectNamespace<SupportDesk & Rpc.DurableObjectBranded>
  readonly ALARM_DISPATCHER: DurableObjectNamespace<Dispatcher & Rpc.DurableObjectBranded>
  readonly ADDRESS_LIMIT: RateLimit
  readonly NETWORK_LIMIT: RateLimit
  readonly ASSETS: Fetcher
  /** Optional bindings, added by the operator: docs/settings.md. */
  readonly EMAIL?: SendEmail
  readonly AI?: Ai
}

/** Set under `[vars]` in wrangler.toml, or as a secret. */
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
  readonly LOGIN_FAILURE_RESPONSE_MS?: string
  readonly LOGIN_NETWORK_FAILURES?: string
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

/** The variables, and the bindings that can replace some of them. */
type SettingsEnv = Variables & Pick<Env, 'EMAIL' | 'AI'>

export const settingsFrom = (env: SettingsEnv): Settings => {
  if (!env.JWT_SECRET || env.JWT_SECRET.length < 32) {
    throw new Error(
      'JWT_SECRET is missing or shorter than 32 characters: `npm run dev` creates one, `wrangler secret put JWT_SECRET` sets it',
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
    maxPasswordWaitMs: 10 * SECOND,
    loginLock: {
      failures: number(env.LOGIN_FAILURES, 10),
      windowMs: number(env.LOGIN_WINDOW_MINUTES, 15) * MINUTE,
      firstMs: number(env.LOGIN_LOCK_SECONDS, 60) * SECOND,
      longestMs: 15 * MINUTE,
      slowdownMs: number(env.LOGIN_SLOWDOWN_MS, 100),
      failureResponseMs: number(env.LOGIN_FAILURE_RESPONSE_MS, 1500),
      networkFailures: number(env.LOGIN_NETWORK_FAILURES, 100),
    },
    matchLists: env.MATCH_LISTS === 'true',
    allowedOrigins: originsFrom(env.ALLOWED_ORIGINS ?? '*'),
    // At least one message: with a limit of zero, no message could ever be sent.
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

const assistantFrom = (env: SettingsEnv): AssistantSettings => {
  const { ASSISTANT_URL: url, ASSISTANT_KEY: key, ASSISTANT_MODEL: model } = env
  if (url && !model) throw new Error('ASSISTANT_URL requires ASSISTANT_MODEL')
  return {
    url: url ? url.replace(/\/$/, '') : null,
    key: key || null,
    model: model || null,
    timeoutMs: number(env.ASSISTANT_TIMEOUT_SECONDS, 20) * SECOND,
  }
}

/** Incomplete provider settings fail at the first request, and not only when an alarm has to be sent. */
const carriersFrom = (env: SettingsEnv): CarrierSettings => {
  const { EMAIL_FROM: from, EMAIL_API_KEY: key, SMS_ACCOUNT_SID: account, SMS_AUTH_TOKEN: token, SMS_FROM: smsFrom } = env
  const { ALARM_WEBHOOK_URL: webhook, ALARM_WEBHOOK_SECRET: secret } = env
  if (key && !from) throw new Error('EMAIL_API_KEY requires EMAIL_FROM')
  const sms = account && token && smsFrom ? { account, token, from: smsFrom } : null
  if ((account || token || smsFrom) && !sms) throw new Error('SMS_ACCOUNT_SID, SMS_AUTH_TOKEN and SMS_FROM must be set together')
  if (webhook && (secret ?? '').length < 16) throw new Error('ALARM_WEBHOOK_URL requires an ALARM_WEBHOOK_SECRET of at least 16 characters')
  return {
    timeoutMs: number(env.CARRIER_TIMEOUT_SECONDS, 10) * SECOND,
    email: from ? { from, key: key || null, url: baseUrl(env.EMAIL_API_URL, 'https://api.resend.com') } : null,
    sms: sms && { ...sms, url: baseUrl(env.SMS_API_URL, 'https://api.twilio.com') },
    webhook: webhook && secret ? { url: webhook, secret } : null,
  }
}

const baseUrl = (value: string | undefined, defaultValue: string): string => (value || defaultValue).replace(/\/$/, '')

/** `5,15`: how many minutes after the trigger the second and the third step notify the recipients again. */
const stepsFrom = (list: string): number[] =>
  list
    .split(',')
    .map((minutes) => Number(minutes.trim()) * MINUTE)
    .filter((ms) => Number.isFinite(ms) && ms > 0)
    .sort((a, b) => a - b)

const number = (text: string | undefined, defaultValue: number): number => {
  const value = Number(text)
  return text && Number.isFinite(value) && value >= 0 ? value : defaultValue
}

const originsFrom = (list: string): 'any' | ReadonlySet<string> => {
  const origins = list.split(',').map((origin) => origin.trim().replace(/\/$/, ''))
  return origins.includes('*') ? 'any' : new Set(origins.filter((origin) => origin !== ''))
}
