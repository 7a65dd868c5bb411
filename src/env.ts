import * as z from 'zod/mini'
import { PERSONAL_CHANNELS } from './model/alarm.ts'
import { fromBase64Url } from './model/base64url.ts'
import { numberingsOf, parseFormerIds } from './model/contract-numbers.ts'
import { parseEscalation } from './model/escalation.ts'
import { isPublicKey, isPushOrigin } from './model/push.ts'
import type { CarrierSettings, Settings } from './model/settings.ts'
import { parseSupportHours } from './model/support-hours.ts'
import { DAY, MINUTE, SECOND } from './model/time.ts'
import { parseUpstream, upstreamsOf } from './model/upstream.ts'

/** What the Worker gets: the bindings of wrangler.toml (bindings.d.ts is generated from it), and the variables and secrets. */
export type Env = Bindings & OptionalBindings & Variables

/** Not in wrangler.toml, because the service works without them. The operator adds them: docs/settings.md. */
interface OptionalBindings {
  readonly EMAIL?: SendEmail
  readonly AI?: Ai
  readonly METRICS?: AnalyticsEngineDataset
  readonly ALARM_LIMIT?: RateLimit
}

/** Set under `[vars]` in wrangler.toml, or as a secret. */
export type Variables = z.input<typeof settingsSchema>

/** A shorter secret could be guessed: HS256 wants a key at least as long as its hash. */
export const JWT_SECRET_MIN = 32

const JWT_SECRET_RULE = `JWT_SECRET is missing or shorter than ${JWT_SECRET_MIN} characters: \`npm run dev\` creates one, \`wrangler secret put JWT_SECRET\` sets it`

/** TOML has other types than text. A value without quotes must not silently mean something else. */
const wrongType = { error: ({ path }: { path?: PropertyKey[] | undefined }) => `${path?.join('.')} must be text: put the value in quotes` }

const text = z.string(wrongType)

/** An empty value counts as not set, so that a deployment can leave a variable blank. */
const optionalText = z.pipe(
  z.optional(text),
  z.transform((value) => value || null),
)

const flag = z.pipe(
  z.optional(text),
  z.transform((value) => value === 'true'),
)

/**
 * A number of `unit`. A value that is not a number of zero or more counts as not set; a number below `min` counts as `min`.
 * There is no upper bound.
 */
const number = (defaultValue: number, { unit = 1, min = 0 } = {}) =>
  z.pipe(
    z.optional(z.union([text, z.number()], wrongType)),
    z.transform((value) => {
      const parsed = Number(value)
      const isNumber = value !== '' && Number.isFinite(parsed) && parsed >= 0
      return Math.max(min, isNumber ? parsed : defaultValue) * unit
    }),
  )

const withoutTrailingSlash = (url: string): string => url.replace(/\/$/, '')

const isWebAddress = (url: string): boolean => /^https?:\/\/[^/?#]+\/?$/.test(url) && URL.canParse(url)

const baseUrl = (defaultValue: string) =>
  z.pipe(
    z.optional(text),
    z.transform((value) => withoutTrailingSlash(value || defaultValue)),
  )

const ESCALATION_RULE =
  'ESCALATION must be a JSON list of objects: "after" (minutes), and "staff" (a list of usernames) or "webhook" (a URL); "hours" as in docs/settings.md'

/** `5,15`: how many minutes after the trigger the second and the third step notify the recipients again. */
const stepsFrom = (list: string): number[] =>
  list
    .split(',')
    .map((minutes) => Number(minutes.trim()) * MINUTE)
    .filter((ms) => Number.isFinite(ms) && ms > 0)
    .sort((a, b) => a - b)

const HOURS_RULE = 'SUPPORT_HOURS must be written like `Mon-Fri 09:00-17:00, Sat 10:00-14:00 Europe/Berlin`'

const FORMER_IDS_RULE =
  'FORMER_IDS must be written like `recovery:59, facility:62`: a contract, and the first number that its former server has not given out'

const UPSTREAM_RULE = 'UPSTREAM_… must be written like `proxy https://old.example.com`: proxy, shadow, adopt or own, and an origin'

const upstream = () =>
  z.pipe(
    z._default(text, '').check(z.refine((value) => parseUpstream(value) !== null, UPSTREAM_RULE)),
    z.transform((value) => parseUpstream(value) ?? undefined),
  )

const originsFrom = (list: string): Settings['allowedOrigins'] => {
  const origins = list.split(',').map((origin) => withoutTrailingSlash(origin.trim()))
  return origins.includes('*') ? 'any' : new Set(origins.filter((origin) => origin !== ''))
}

/** The push services of Chrome, Firefox, Safari and Edge. */
const PUSH_ORIGINS =
  'https://fcm.googleapis.com,https://updates.push.services.mozilla.com,https://*.push.apple.com,https://*.notify.windows.com'

const pushOriginsFrom = (list: string): string[] => list.split(',').map((origin) => withoutTrailingSlash(origin.trim()))

/** Every variable with its default and its bounds, the rules between them, and what they become. */
export const settingsSchema = z.pipe(
  z
    .object({
      JWT_SECRET: z.string(JWT_SECRET_RULE).check(z.refine((secret) => secret.length >= JWT_SECRET_MIN, JWT_SECRET_RULE)),
      JWT_SECRET_PREVIOUS: optionalText,
      FORMER_JWT_SECRET: optionalText,
      JWT_ISSUER: z._default(text, 'concord'),
      JURISDICTION: z.pipe(z._default(text, ''), z.enum(['', 'eu', 'fedramp'], 'JURISDICTION must be eu, fedramp or empty')),
      ALLOWED_ORIGINS: z.pipe(z._default(text, '*'), z.transform(originsFrom)),
      PUBLIC_URL: optionalText,
      TOKEN_DAYS: number(30, { unit: DAY }),
      SESSION_DAYS: number(14, { unit: DAY }),
      ACCESS_MINUTES: number(60, { unit: MINUTE }),
      REFRESH_DAYS: number(7, { unit: DAY }),
      LOGIN_FAILURES: number(10),
      LOGIN_WINDOW_MINUTES: number(15, { unit: MINUTE }),
      LOGIN_LOCK_SECONDS: number(60, { unit: SECOND }),
      LOGIN_SLOWDOWN_MS: number(100),
      LOGIN_FAILURE_RESPONSE_MS: number(2000),
      LOGIN_NETWORK_FAILURES: number(1000),
      REQUIRE_STAFF_PASSKEY: flag,
      READ_REPLICAS: flag,
      // With a limit of zero, no message could ever be sent.
      CHAT_BURST: number(30, { min: 1 }),
      CHAT_PER_SECOND: number(2, { min: 0.1 }),
      CHAT_HOLDER_MINUTES: number(10, { unit: MINUTE, min: 1 }),
      SUPPORT_HOURS: z.pipe(
        optionalText.check(z.refine((value) => value === null || parseSupportHours(value) !== null, HOURS_RULE)),
        z.transform((value) => (value === null ? null : parseSupportHours(value))),
      ),
      SUPPORT_REPLY_MINUTES: number(5, { unit: MINUTE }),
      // The database itself keeps entries of the audit trail for 30 days.
      AUDIT_DAYS: number(365, { unit: DAY, min: 30 }),
      OUTBOX_DAYS: number(90, { unit: DAY, min: 1 }),
      // The limits of a day and the notices at the end of an alarm need the messages of the last days.
      ALARM_MESSAGE_DAYS: number(365, { unit: DAY, min: 7 }),
      DESK_ALARM_DAYS: number(365, { unit: DAY, min: 7 }),
      CLOSED_ACCOUNT_DAYS: number(0, { unit: DAY }),
      MATCH_LISTS: flag,
      UPSTREAM_FACILITY: upstream(),
      UPSTREAM_MATRIMONY: upstream(),
      UPSTREAM_MEETUPS: upstream(),
      UPSTREAM_MINDHARMONY: upstream(),
      UPSTREAM_RECOVERY: upstream(),
      UPSTREAM_TIMEOUT_SECONDS: number(30, { unit: SECOND, min: 1 }),
      FORMER_IDS: z.pipe(
        z._default(text, '').check(z.refine((value) => parseFormerIds(value) !== null, FORMER_IDS_RULE)),
        z.transform((value) => numberingsOf(parseFormerIds(value) ?? {})),
      ),
      ALARM_CANCEL_SECONDS: number(0, { unit: SECOND }),
      ALARM_STEP_MINUTES: z.pipe(z._default(text, '5,15'), z.transform(stepsFrom)),
      ALARM_REMINDER_MINUTES: number(15, { unit: MINUTE, min: 1 }),
      ESCALATION: optionalText,
      OUTBOX_IS_CHANNEL: flag,
      CARRIER_TIMEOUT_SECONDS: number(10, { unit: SECOND }),
      EMAIL_FROM: optionalText,
      EMAIL_API_KEY: optionalText,
      EMAIL_API_URL: baseUrl('https://api.resend.com'),
      SMS_ACCOUNT_SID: optionalText,
      SMS_AUTH_TOKEN: optionalText,
      SMS_FROM: optionalText,
      SMS_API_URL: baseUrl('https://api.twilio.com'),
      ALARM_WEBHOOK_URL: optionalText,
      ALARM_WEBHOOK_SECRET: optionalText,
      VAPID_PUBLIC_KEY: optionalText,
      VAPID_PRIVATE_KEY: optionalText,
      VAPID_SUBJECT: optionalText,
      PUSH_ORIGINS: z.pipe(
        z._default(text, PUSH_ORIGINS),
        z
          .transform(pushOriginsFrom)
          .check(z.refine((origins) => origins.every(isPushOrigin), 'PUSH_ORIGINS must be a list of origins that start with https://')),
      ),
      HEARTBEAT_URL: optionalText,
      SERVER_TIMING: flag,
      ASSISTANT_URL: optionalText,
      ASSISTANT_KEY: optionalText,
      ASSISTANT_MODEL: optionalText,
      ASSISTANT_TIMEOUT_SECONDS: number(20, { unit: SECOND }),
    })
    .check(
      z.refine(
        ({ FORMER_JWT_SECRET: secret }) => secret === null || secret.length >= JWT_SECRET_MIN,
        `FORMER_JWT_SECRET must have at least ${JWT_SECRET_MIN} characters`,
      ),
      // Incomplete provider settings fail at the first request, and not only when an alarm has to be sent.
      z.refine(({ EMAIL_API_KEY: key, EMAIL_FROM: from }) => !key || from, 'EMAIL_API_KEY requires EMAIL_FROM'),
      z.refine(
        ({ SMS_ACCOUNT_SID: account, SMS_AUTH_TOKEN: token, SMS_FROM: from }) => (account && token && from) || !(account || token || from),
        'SMS_ACCOUNT_SID, SMS_AUTH_TOKEN and SMS_FROM must be set together',
      ),
      z.refine(
        ({ ALARM_WEBHOOK_URL: url, ALARM_WEBHOOK_SECRET: secret }) => !url || (secret ?? '').length >= 16,
        'ALARM_WEBHOOK_URL requires an ALARM_WEBHOOK_SECRET of at least 16 characters',
      ),
      z.refine(
        ({ VAPID_PUBLIC_KEY: key, VAPID_PRIVATE_KEY: secret, VAPID_SUBJECT: subject }) =>
          (key && secret && subject) || !(key || secret || subject),
        'VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY and VAPID_SUBJECT must be set together',
      ),
      z.refine(
        ({ VAPID_PUBLIC_KEY: key, VAPID_PRIVATE_KEY: secret }) => !key || (isPublicKey(key) && fromBase64Url(secret ?? '')?.length === 32),
        'VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY must be a pair of keys of the curve P-256',
      ),
      z.refine(
        ({ VAPID_SUBJECT: subject }) => !subject || /^(?:mailto:|https:)/.test(subject),
        'VAPID_SUBJECT must start with mailto: or https:',
      ),
      z.refine(({ ESCALATION: order }) => order === null || parseEscalation(order) !== null, ESCALATION_RULE),
      z.refine(({ ESCALATION: order, PUBLIC_URL: url }) => order === null || url, 'ESCALATION requires PUBLIC_URL'),
      z.refine(
        ({ ESCALATION: order, ALARM_WEBHOOK_URL: url }) => url || !parseEscalation(order ?? '')?.some(({ webhook }) => webhook !== null),
        'A webhook in ESCALATION requires ALARM_WEBHOOK_URL, whose secret signs its requests',
      ),
      z.refine(
        ({ REQUIRE_STAFF_PASSKEY: isRequired, PUBLIC_URL: url }) => !isRequired || url,
        'REQUIRE_STAFF_PASSKEY requires PUBLIC_URL, the address that passkeys are bound to',
      ),
      z.refine(({ PUBLIC_URL: url }) => !url || isWebAddress(url), 'PUBLIC_URL must be an address that begins with https:// or http://'),
      z.refine(({ HEARTBEAT_URL: url }) => !url || URL.canParse(url), 'HEARTBEAT_URL must be an address'),
      z.refine(({ ASSISTANT_URL: url, ASSISTANT_MODEL: model }) => !url || model, 'ASSISTANT_URL requires ASSISTANT_MODEL'),
    ),
  z.transform((variables): Settings => {
    const { EMAIL_FROM: emailFrom, SMS_ACCOUNT_SID: account, SMS_AUTH_TOKEN: token, SMS_FROM: smsFrom } = variables
    const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject, PUSH_ORIGINS: origins } = variables
    const { ALARM_WEBHOOK_URL: webhookUrl, ALARM_WEBHOOK_SECRET: webhookSecret, ASSISTANT_URL: assistantUrl } = variables
    const carriers: CarrierSettings = {
      timeoutMs: variables.CARRIER_TIMEOUT_SECONDS,
      email: emailFrom ? { from: emailFrom, key: variables.EMAIL_API_KEY, url: variables.EMAIL_API_URL } : null,
      sms: account && token && smsFrom ? { account, token, from: smsFrom, url: variables.SMS_API_URL } : null,
      webhook: webhookUrl && webhookSecret ? { url: webhookUrl, secret: webhookSecret } : null,
    }
    return {
      jwtSecret: variables.JWT_SECRET,
      jwtSecretPrevious: variables.JWT_SECRET_PREVIOUS,
      formerJwtSecret: variables.FORMER_JWT_SECRET,
      jwtIssuer: variables.JWT_ISSUER,
      jurisdiction: variables.JURISDICTION || null,
      lifetimes: {
        token: variables.TOKEN_DAYS,
        session: variables.SESSION_DAYS,
        access: variables.ACCESS_MINUTES,
        refresh: variables.REFRESH_DAYS,
      },
      maxPasswordWaitMs: 10 * SECOND,
      loginLock: {
        failures: variables.LOGIN_FAILURES,
        windowMs: variables.LOGIN_WINDOW_MINUTES,
        firstMs: variables.LOGIN_LOCK_SECONDS,
        longestMs: 15 * MINUTE,
        slowdownMs: variables.LOGIN_SLOWDOWN_MS,
        failureResponseMs: variables.LOGIN_FAILURE_RESPONSE_MS,
        networkFailures: variables.LOGIN_NETWORK_FAILURES,
      },
      requireStaffPasskey: variables.REQUIRE_STAFF_PASSKEY,
      readReplicas: variables.READ_REPLICAS,
      matchLists: variables.MATCH_LISTS,
      upstreams: upstreamsOf({
        facility: variables.UPSTREAM_FACILITY,
        matrimony: variables.UPSTREAM_MATRIMONY,
        meetups: variables.UPSTREAM_MEETUPS,
        mindharmony: variables.UPSTREAM_MINDHARMONY,
        recovery: variables.UPSTREAM_RECOVERY,
      }),
      upstreamTimeoutMs: variables.UPSTREAM_TIMEOUT_SECONDS,
      numbers: variables.FORMER_IDS,
      allowedOrigins: variables.ALLOWED_ORIGINS,
      retention: {
        auditMs: variables.AUDIT_DAYS,
        outboxMs: variables.OUTBOX_DAYS,
        alarmMessagesMs: variables.ALARM_MESSAGE_DAYS,
        deskAlarmsMs: variables.DESK_ALARM_DAYS,
        closedAccountsMs: variables.CLOSED_ACCOUNT_DAYS,
      },
      heartbeatUrl: variables.HEARTBEAT_URL,
      showsServerTiming: variables.SERVER_TIMING,
      publicUrl: variables.PUBLIC_URL && withoutTrailingSlash(variables.PUBLIC_URL),
      chat: { burst: variables.CHAT_BURST, perSecond: variables.CHAT_PER_SECOND },
      holderSilenceMs: variables.CHAT_HOLDER_MINUTES,
      support: { hours: variables.SUPPORT_HOURS, announceReplyMs: variables.SUPPORT_REPLY_MINUTES },
      alarm: {
        dedupeMs: 30 * SECOND,
        cancelMs: variables.ALARM_CANCEL_SECONDS,
        stepsMs: variables.ALARM_STEP_MINUTES,
        remindEveryMs: variables.ALARM_REMINDER_MINUTES,
        remindForMs: DAY,
        retryForMs: DAY,
        channels: PERSONAL_CHANNELS.filter((channel) => variables.OUTBOX_IS_CHANNEL || carriers[channel] !== null),
        outboxIsChannel: variables.OUTBOX_IS_CHANNEL,
      },
      escalation: parseEscalation(variables.ESCALATION ?? '[]') ?? [],
      carriers,
      push: publicKey && privateKey && subject ? { publicKey, privateKey, subject, origins } : null,
      assistant: {
        url: assistantUrl && withoutTrailingSlash(assistantUrl),
        key: variables.ASSISTANT_KEY,
        model: variables.ASSISTANT_MODEL,
        timeoutMs: variables.ASSISTANT_TIMEOUT_SECONDS,
      },
    }
  }),
)

/** Throws the first broken rule. The message never contains a value. */
export const settingsFrom = (variables: Variables): Settings => {
  const parsed = settingsSchema.safeParse(variables)
  if (!parsed.success) throw new Error(parsed.error.issues[0]?.message)
  return parsed.data
}
