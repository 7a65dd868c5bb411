import type { Client } from '../model/client.ts'
import type { StoredCredential } from '../model/credential.ts'
import type { DataPoint } from '../model/data-point.ts'
import type { RequestCost } from '../model/request-cost.ts'
import type { Settings } from '../model/settings.ts'
import type { RoomReport } from '../model/support.ts'
import type { FormerServer } from '../model/upstream.ts'
import type { DeskPresence } from '../model/waiting.ts'
import type { Carriers, WebPush } from '../providers/carrier.ts'
import type { Model } from '../providers/model.ts'
import type { Media } from '../store/media.ts'
import type { Store } from '../store/store.ts'
import type { Tokens } from '../tokens/jwt.ts'
import type { Passwords } from '../tokens/passwords.ts'
import type { Revocations } from '../tokens/revocations.ts'
import type { Gates } from './gates.ts'
import type { Dispatcher, Room, SupportDesk } from './ports.ts'

/** Everything that a verb may use beside its input. compose.ts creates it once per request. */
export interface Context {
  readonly settings: Settings
  /** The IP address of the client that sent the request; null outside of a request. */
  readonly address: string | null
  readonly store: Store
  readonly gates: Gates
  readonly media: Media
  readonly tokens: Tokens
  /** The flags of the accounts that have some, as this isolate saw them last, by account id. */
  readonly knownFlags: Map<number, number>
  /** Credentials of former servers, whose tokens do not name their account, as this isolate read them: by id. */
  readonly formerCredentials: Map<string, StoredCredential>
  readonly revocations: Revocations
  readonly passwords: Passwords
  readonly limits: Limits
  /** Who sent the request; `UNKNOWN_CLIENT` for work that no request has started. */
  readonly client: Client
  readonly readReferenceFile: ReadReferenceFile
  readonly alarms: Alarms
  readonly carriers: Carriers
  /** Null if it is not set up. */
  readonly push: WebPush | null
  readonly model: Model
  readonly formerServer: FormerServer
  readonly support: Support
  /** Counts an event, if the operator has bound a place for statistics. */
  count(point: DataPoint): void
  /** Notifies the operator's monitor that the service works. Null if there is none. */
  readonly heartbeat: (() => Promise<boolean>) | null
  /** Runs the handling of a request, and adds to `cost` what it costs. */
  measured<T>(cost: RequestCost, work: () => T): T
  now(): number
  sleep(ms: number): Promise<void>
  /** Background work: the response does not wait for it. */
  waitUntil(work: Promise<unknown>): void
}

export interface Alarms {
  /** The object that stores this person's alarms and sends their notifications. */
  dispatcher(accountId: number): Dispatcher
}

export interface Support {
  room(accountId: number): Room
  /** The desk that lists this person's room. If several desks do, the returned object addresses all of them. */
  desk(accountId: number): SupportDesk
  /** Sends a room's report to one desk, once: the room itself repeats it. */
  reportTo(desk: string, report: RoomReport): Promise<DeskPresence>
  /** Deletes the oldest alarms that are over from the list at each desk, `limit` at most of each. Returns how many. */
  deleteOldDeskAlarms(before: number, limit: number): Promise<number>
  /** For an account that lost a credential or a flag: closes the connections that are no longer allowed. */
  closeRevokedConnections(accountId: number): Promise<void>
}

/** Reads data that is too big for the bundle and rarely needed. It is stored with the static assets. */
export type ReferenceFile =
  | 'assistant-replies.json'
  | 'common-passwords.txt'
  | 'phone-numbers.json'
  | `openapi/${string}.json`
  | `pages/${StaticPage}.html`

/** The pages that links in messages open, and what their buttons lead to. */
export type LinkPage =
  | `link-alarm${'' | '-done' | '-invalid'}`
  | `link-contact${'' | '-agreed' | '-declined' | '-invalid'}`
  | `link-password${'' | '-unavailable' | '-sent' | '-new' | '-busy' | '-done' | '-invalid'}`

/** Pages whose HTML is the same for every request. Those in the bundle depend on the request or the settings. */
export type StaticPage = 'home' | 'docs' | 'join' | 'console' | 'console-without-channel' | 'support' | LinkPage
export type ReadReferenceFile = (name: ReferenceFile) => Promise<string>

export interface Limits {
  /** False when this network sent too many requests recently. Approximate, and counted per location: exact counts are in the store. */
  allowsAddress(network: string): Promise<boolean>
  /** The same for a wider network, which may send more. */
  allowsWiderNetwork(widerNetwork: string): Promise<boolean>
  /** False when the alarms of all accounts sent too many messages in the last minute. Always true if no limit is set. */
  allowsAlarmMessage(): Promise<boolean>
}
