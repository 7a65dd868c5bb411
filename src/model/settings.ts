import type { AlarmSettings } from './alarm.ts'
import type { ContractNumberings } from './contract-numbers.ts'
import type { Escalation } from './escalation.ts'
import type { LockRule } from './login-lock.ts'
import type { SupportHours } from './support-hours.ts'
import type { Upstreams } from './upstream.ts'

/** The settings of an operator. Times are milliseconds. Names, defaults and bounds: src/env.ts, docs/settings.md. */
export interface Settings {
  readonly jwtSecret: string
  readonly jwtSecretPrevious: string | null
  /** The key of the former server of meetups, whose tokens are accepted until they expire. */
  readonly formerJwtSecret: string | null
  readonly jwtIssuer: string
  /** Where the platform keeps the Durable Objects; null: anywhere. */
  readonly jurisdiction: 'eu' | 'fedramp' | null
  readonly lifetimes: { readonly token: number; readonly session: number; readonly access: number; readonly refresh: number }
  /** A request that would wait longer than this for a password hash is rejected with 429. */
  readonly maxPasswordWaitMs: number
  readonly loginLock: LoginLock
  /** Whether an account of staff has no rights of staff until its log-in was confirmed with a passkey. */
  readonly requireStaffPasskey: boolean
  /** Whether reads may go to replicas of the database. */
  readonly readReplicas: boolean
  /** Whether religion and caste, which are lists in a preference, count as a match if the list contains the profile's value. */
  readonly matchLists: boolean
  /** The former servers of the contracts that are being taken over; null if there is none. */
  readonly upstreams: Upstreams | null
  /** How long a former server may take to begin its response. */
  readonly upstreamTimeoutMs: number
  /** How each contract counts its people. */
  readonly numbers: ContractNumberings
  /** `'any'`, or the origins that may call with credentials. */
  readonly allowedOrigins: 'any' | ReadonlySet<string>
  /** Where links in messages lead, without a slash at the end. Null: no message has a link. */
  readonly publicUrl: string | null
  /** A monitor that is notified every five minutes that the service works. */
  readonly heartbeatUrl: string | null
  /** Whether every response contains its cost (`Server-Timing`). Otherwise only responses to staff do. */
  readonly showsServerTiming: boolean
  readonly chat: ChatLimits
  /** After this time without an answer by staff, a claimed conversation goes back to the queue. */
  readonly holderSilenceMs: number
  readonly support: SupportSettings
  readonly retention: Retention
  readonly alarm: AlarmSettings
  /** Who else is notified of an alarm that no one acknowledges, and when. */
  readonly escalation: readonly Escalation[]
  readonly carriers: CarrierSettings
  readonly assistant: AssistantSettings
  /** Null: staff get no notifications on their devices. */
  readonly push: PushSettings | null
}

/** How the operator signs notifications (VAPID). The keys are Base64 in the alphabet of URLs. */
export interface PushSettings {
  readonly publicKey: string
  readonly privateKey: string
  /** Where push services report problems to: `mailto:…` or `https://…`. */
  readonly subject: string
  /** The push services that messages are sent to. */
  readonly origins: readonly string[]
}

/**
 * Which language model answers: the endpoint if `url` is set, the platform's model if only `model` is set, otherwise the
 * built-in one.
 */
export interface AssistantSettings {
  readonly url: string | null
  readonly key: string | null
  readonly model: string | null
  readonly timeoutMs: number
}

/** How long something is kept. */
interface Retention {
  readonly auditMs: number
  readonly outboxMs: number
  readonly alarmMessagesMs: number
  readonly deskAlarmsMs: number
  /** 0: closed accounts are kept. */
  readonly closedAccountsMs: number
}

/** Rate limit of the support chat: `burst` messages at once, then `perSecond` messages per second. */
interface ChatLimits {
  readonly burst: number
  readonly perSecond: number
}

interface SupportSettings {
  /** Null if the operator has not set support hours. */
  readonly hours: SupportHours | null
  /** How long after it was written a reply is announced that the person has not seen. */
  readonly announceReplyMs: number
}

/** How notifications are sent. Null means not configured: then the messages are stored in the outbox instead. */
export interface CarrierSettings {
  readonly timeoutMs: number
  /** Without a key, the platform's `send_email` binding sends. */
  readonly email: { readonly from: string; readonly url: string; readonly key: string | null } | null
  readonly sms: { readonly url: string; readonly account: string; readonly token: string; readonly from: string } | null
  readonly webhook: { readonly url: string; readonly secret: string } | null
}

export interface LoginLock extends LockRule {
  /** How many failed log-ins lock a wider network, whichever accounts they were for. */
  readonly networkFailures: number
  /** How long after its request a failed log-in is answered, unless checking the password takes even longer. */
  readonly failureResponseMs: number
  /** Delay that each failure after the third adds to the response. */
  readonly slowdownMs: number
}
