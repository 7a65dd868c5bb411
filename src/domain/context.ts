import type { Model } from '../providers/model.ts'
import type { Account } from '../store/account-row.ts'
import type { Media } from '../store/media.ts'
import type { Store } from '../store/store.ts'
import type { Tokens, TokenType } from '../tokens/jwt.ts'
import type { Passwords } from '../tokens/passwords.ts'
import type { Revocations } from '../tokens/revocations.ts'
import type { Carriers } from './alarms/carriers.ts'
import type { Dispatcher } from './alarms/dispatcher.ts'
import type { Settings } from './settings.ts'
import type { Connection, PersonRef, Room, SupportDesk } from './support/types.ts'

export type { Account }

/** Everything a verb may touch besides its input. Made once per request, by compose.ts. */
export interface Context {
  readonly settings: Settings
  readonly store: Store
  readonly media: Media
  readonly tokens: Tokens
  readonly revocations: Revocations
  readonly passwords: Passwords
  readonly limits: Limits
  readonly reference: Reference
  readonly alarms: Alarms
  readonly carriers: Carriers
  readonly model: Model
  readonly support: Support
  now(): number
  sleep(ms: number): Promise<void>
  /** Work that the answer does not wait for. */
  waitUntil(work: Promise<unknown>): void
}

export interface Alarms {
  /** What keeps this person's alarms, and rings. */
  of(accountId: number): Dispatcher
}

export interface Support {
  room(accountId: number): Room
  /** The desk that watches this person's room; of several, all as one. */
  desk(accountId: number): SupportDesk
  /** Sits somebody down in a room, or at the desk where they sit: the handshake goes there as it came. */
  seat(handshake: Request, at: PersonRef | 'desk', seat: Connection): Promise<Response>
  /** Somebody lost a credential, or a right: closes the sockets that they sat at by it. */
  revoked(accountId: number): Promise<void>
}

/** What is too big for the bundle and asked for seldom: kept with the files that the platform serves. */
export type Reference = (name: 'common-passwords.txt' | 'phone-numbers.json') => Promise<string>

export interface Limits {
  /** False when this address has asked too often of late. Approximate and per place: the exact counts are in the store. */
  allowsAddress(address: string): Promise<boolean>
}

/** Who asks, and with what. */
export interface Actor {
  readonly account: Account
  readonly credential: { readonly id: string; readonly type: TokenType; readonly expiresAt: number }
}

/** The context of a request that somebody signed in makes: a verb that needs an account asks for this one. */
export interface MemberContext extends Context {
  readonly actor: Actor
}
