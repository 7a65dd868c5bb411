import type { AlarmRule } from './alarms/schedule.ts'

/** What an operator may set. Times are milliseconds. Names and defaults: README.md, "Settings". */
export interface Settings {
  readonly jwtSecret: string
  readonly jwtSecretPrevious: string | null
  readonly jwtIssuer: string
  readonly lifetimes: { readonly token: number; readonly session: number; readonly access: number; readonly refresh: number }
  /** Whoever would have to wait longer for a password to be hashed is turned away. */
  readonly longestPasswordWaitMs: number
  readonly loginLock: LoginLock
  /** Whether religion and caste, which are lists in a preference, count as matched where the list has them. */
  readonly matchLists: boolean
  /** `'any'`, or the origins that may call with credentials. */
  readonly allowedOrigins: 'any' | ReadonlySet<string>
  readonly chat: ChatLimits
  readonly alarm: AlarmRule
  readonly carriers: CarrierSettings
  readonly assistant: AssistantSettings
}

/** Who answers: an endpoint where there is an address, the platform's model where there is only its name, else the builtin. */
export interface AssistantSettings {
  readonly url: string | null
  readonly key: string | null
  readonly model: string | null
  readonly timeoutMs: number
}

/** What somebody may say in the support chat: so many words at once, then so many a second. */
export interface ChatLimits {
  readonly burst: number
  readonly perSecond: number
}

/** How people are told. Null where nothing is set: then the outbox keeps what would have been sent. */
export interface CarrierSettings {
  readonly timeoutMs: number
  /** Without a key, the platform's binding sends. */
  readonly email: { readonly from: string; readonly url: string; readonly key: string | null } | null
  readonly sms: { readonly url: string; readonly account: string; readonly token: string; readonly from: string } | null
  readonly webhook: { readonly url: string; readonly secret: string } | null
}

export interface LoginLock {
  readonly failures: number
  readonly windowMs: number
  /** The first lock; each further one is twice as long, up to the longest. */
  readonly firstMs: number
  readonly longestMs: number
  /** What each failure after the third adds to the answer's time. */
  readonly slowdownMs: number
}
