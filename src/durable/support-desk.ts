import { DurableObject } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import {
  ackFrame,
  deskMessageFrame,
  errorFrame,
  type Heard,
  presenceFrame,
  readFrame,
  roomFrame,
  SLOW_DOWN,
} from '../dialects/recovery/frames.ts'
import type { DeskEvent } from '../domain/alarms/dispatcher.ts'
import { newTokenId } from '../domain/object-id.ts'
import { type AccessLoss, accessRightsOf, isExpired, revokedSince } from '../domain/support/access-rights.ts'
import { sendFromDesk } from '../domain/support/send-from-desk.ts'
import type { AlarmLine, InboxCursor, InboxPage, NewMessage, PersonRef, RoomEvent, RoomReport } from '../domain/support/types.ts'
import type { Env } from '../env.ts'
import { type ConnectionState, Connections, seatFrom } from './connections.ts'
import { DeskTables, type KeptEvent } from './desk-tables.ts'
import { MicroBatch } from './micro-batch.ts'
import { TokenBuckets } from './token-buckets.ts'
import { withTimeout } from './with-timeout.ts'

/** What the desk is made of besides its tables and sockets. A field and no method, so that nobody reaches it from outside. */
interface Parts {
  readonly now: () => number
  readonly standing: (seats: readonly ConnectionState[]) => Promise<(AccessLoss | null)[]>
  readonly revokedSince: (since: number | null) => Promise<{ readonly accounts: readonly number[]; readonly upTo: number }>
  readonly recheckRoom: (accountId: number) => Promise<void>
  /** Null where there is nobody of that id. */
  readonly say: (userId: number, message: NewMessage) => Promise<{ readonly id: number } | 'slow-down' | null>
}

const ACCESS_CACHE_MS = 5000
const ACCESS_TIMEOUT_MS = 1500
const WATCH_TIMEOUT_MS = 10_000
/**
 * While anybody sits here or in a room, the desk asks the database so often who lost a credential: what the Worker could
 * not push, since an operator's command did it, or because the push was lost. One small question for all rooms together,
 * so that they may go on sleeping.
 */
const WATCH_MS = 5000
const EVENTS_KEPT_MS = 30 * 24 * 60 * 60_000

/**
 * Where staff watch all rooms. What it is told is on disk before whoever tells it hears that it was, and is shown to
 * everybody who sits here; a desk at which nobody sits loses nothing. It is told by the rooms and is not in the way of
 * what is said in them.
 */
export class SupportDesk extends DurableObject<Env> {
  parts: Parts
  readonly #seats: Connections
  readonly #buckets: TokenBuckets
  readonly #ledger: DeskTables
  /** What one socket errorResponse is delivered in its order; a room that is slow keeps nobody else waiting. */
  readonly #queues = new WeakMap<WebSocket, Promise<unknown>>()
  /** Of many rooms that tell something at once: each by itself, and all of it in one write. */
  readonly #reports = new MicroBatch<RoomReport>({ now: () => this.parts.now(), serve: (report) => this.#take(report) })
  #checkedAt = 0

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const context = createContext(env, state)
    this.parts = {
      now: context.now,
      standing: (seats) => accessRightsOf(context, seats),
      revokedSince: (since) => revokedSince(context, since),
      recheckRoom: (accountId) => context.support.room(accountId).recheck(),
      say: (userId, message) => sendFromDesk(context, userId, message),
    }
    this.#seats = new Connections(state)
    this.#buckets = new TokenBuckets(context.settings.chat)
    this.#ledger = new DeskTables(state.storage.sql)
  }

  override async fetch(request: Request): Promise<Response> {
    const { seat } = seatFrom(request)
    const { response, socket } = this.#seats.accept(seat, 'staff')
    if (seat.since !== null) this.ctx.waitUntil(this.#catchUp(socket, seat.since))
    await this.#watch()
    this.ctx.waitUntil(this.#recheckDesk())
    return response
  }

  async announce(key: string, event: DeskEvent): Promise<void> {
    const userId = Number(event.user_id)
    const shown = this.ctx.storage.transactionSync(() => {
      const kept = this.#ledger.addEvent(key, userId, event, this.parts.now())
      if (!kept) return []
      if (event.event !== 'alarm') return [kept]
      this.#ledger.setAlarm(event, this.parts.now())
      return [kept, this.#line(userId)]
    })
    for (const kept of shown) this.#show(kept)
  }

  /** What a room tells: each thing once, however often it is told; and the room's line, unless it is older than what is known. */
  async report(report: RoomReport): Promise<void> {
    await this.#reports.serve(report)
    await this.#watch()
  }

  #take(report: RoomReport): void {
    const { person, happened } = report
    const shown = this.ctx.storage.transactionSync(() => {
      const kept: [KeptEvent | null, string][] = happened.map(({ key, from, event }) => [
        this.#ledger.addEvent(key, person.id, wordFrame(person, event), this.parts.now()),
        from,
      ])
      if (this.#ledger.setLine(report)) kept.push([this.#line(person.id), ''])
      return kept
    })
    for (const [kept, from] of shown) this.#show(kept, from)
  }

  async inbox(from: InboxCursor | null, limit: number): Promise<InboxPage> {
    return this.#ledger.inbox(from, limit)
  }

  async alarms(limit: number): Promise<readonly AlarmLine[]> {
    return this.#ledger.alarms(limit)
  }

  async forget(accountId: number): Promise<number> {
    return this.ctx.storage.transactionSync(() => this.#ledger.forget(accountId))
  }

  /** Closes whoever may not sit any more: here, and in the rooms where one of these sits. */
  async recheck(accounts: readonly number[]): Promise<void> {
    if (this.#seats.all().some(({ seat }) => accounts.includes(seat.id))) await this.#recheckDesk()
    await Promise.all(this.#ledger.roomsWith(accounts).map((accountId) => this.parts.recheckRoom(accountId)))
  }

  override webSocketMessage(socket: WebSocket, given: string | ArrayBuffer): Promise<void> {
    const served = (this.#queues.get(socket) ?? Promise.resolve()).then(() => this.#serve(socket, given))
    this.#queues.set(
      socket,
      served.catch(() => undefined),
    )
    return served
  }

  async #serve(socket: WebSocket, given: string | ArrayBuffer): Promise<void> {
    const seat = this.#seats.at(socket)
    if (!seat) return
    const now = this.parts.now()
    if (isExpired(seat, now)) return this.#seats.close(socket, 'revoked')
    const verdict = this.#buckets.take(seat.id, now)
    if (verdict === 'flood') return this.#seats.close(socket, 'flood')
    if (verdict === 'slow-down') return this.#seats.send(socket, SLOW_DOWN)
    if (now - this.#checkedAt >= ACCESS_CACHE_MS) await this.#recheckDesk()
    if (!this.#seats.at(socket)) return

    const heard = readFrame(given)
    const wrong = await this.#do(socket, seat, heard)
    if (wrong && seat.modern) this.#seats.send(socket, errorFrame(wrong))
  }

  /** What is wrong with it; null where nothing is. */
  async #do(socket: WebSocket, seat: ConnectionState, heard: Heard): Promise<string | null> {
    if (heard.is === 'wrong') return heard.detail
    if (heard.is === 'resume') {
      this.#seats.learn(socket, seat)
      this.ctx.waitUntil(this.#catchUp(socket, heard.since))
      return null
    }
    if (heard.is !== 'message') return 'That is said in a room.'
    if (heard.userId === null) return 'user_id: A valid integer is required.'
    if (heard.clientId !== null) this.#seats.learn(socket, seat)
    const said = await this.parts
      .say(heard.userId, {
        sender: { id: seat.id, username: seat.username },
        fromAdmin: true,
        message: heard.message,
        // A room may be asked twice where its answer is lost: so it must have a name to know it by.
        clientId: heard.clientId ?? `desk.${newTokenId()}`,
        connectionId: seat.connectionId,
      })
      .catch(() => 'failed' as const)
    if (said === null) return 'User not found.'
    if (said === 'failed') return 'It could not be delivered. Send it again.'
    if (said === 'slow-down') this.#seats.send(socket, SLOW_DOWN)
    else if (heard.clientId !== null) this.#seats.send(socket, ackFrame(said.id, heard.clientId))
    return null
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    this.#seats.closed(socket, code)
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#seats.closed(socket, 1011)
  }

  /** Looks after those who sit here and in the rooms; when nobody does, it does not ring again. */
  override async alarm(): Promise<void> {
    const now = this.parts.now()
    for (const { socket, seat } of this.#seats.all()) if (isExpired(seat, now)) this.#seats.close(socket, 'revoked')
    try {
      const { accounts, upTo } = await withTimeout(this.parts.revokedSince(this.#ledger.fact('closings')), WATCH_TIMEOUT_MS)
      if (accounts.length > 0) await this.recheck(accounts)
      // Only now: what failed half way is asked again.
      this.#ledger.keepFact('closings', upTo)
    } catch {
      console.error(JSON.stringify({ fault: 'the desk could not ask who lost a credential' }))
    }
    this.#ledger.prune(now - EVENTS_KEPT_MS)
    if (this.#isNeeded()) await this.ctx.storage.setAlarm(Date.now() + WATCH_MS)
    else this.#ledger.keepFact('closings', null)
  }

  #isNeeded(): boolean {
    return this.#seats.all().length > 0 || this.#ledger.isAnybodyThere()
  }

  async #watch(): Promise<void> {
    if (this.#isNeeded() && (await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + WATCH_MS)
  }

  async #recheckDesk(): Promise<void> {
    const sitting = this.#seats.all()
    if (sitting.length === 0) return
    this.#checkedAt = this.parts.now()
    try {
      const standing = await withTimeout(this.parts.standing(sitting.map(({ seat }) => seat)), ACCESS_TIMEOUT_MS)
      for (const [index, { socket }] of sitting.entries()) {
        const why = standing[index]
        if (why && this.#seats.at(socket)) this.#seats.close(socket, why)
      }
    } catch {
      console.error(JSON.stringify({ fault: 'the credentials at the desk could not be looked up' }))
    }
  }

  #line(userId: number): KeptEvent | null {
    const room = this.#ledger.place(userId)
    return room && this.#ledger.addLine(room, roomFrame(room))
  }

  #show(kept: KeptEvent | null, from = ''): void {
    if (!kept) return
    const frame = frameOf(kept)
    this.#seats.broadcast((seat) => ((from !== '' && seat.connectionId === from) || !isFor(seat, kept) ? null : frame))
  }

  #catchUp(socket: WebSocket, since: number): Promise<void> {
    return this.#seats.catchUp(socket, since, (after, limit) =>
      this.#ledger.after(after, limit).map((kept) => {
        const seat = this.#seats.at(socket)
        return { id: kept.id, frame: seat && isFor(seat, kept) ? frameOf(kept) : null }
      }),
    )
  }
}

/** Old clients know nothing of the inbox. */
const isFor = (seat: ConnectionState, { event }: KeptEvent): boolean => event.event !== 'room' || seat.knowsMore

const frameOf = ({ id, event }: KeptEvent): object => ({ ...event, event_id: id })

const wordFrame = ({ id, username }: PersonRef, word: RoomEvent) =>
  word.is === 'message' ? deskMessageFrame(id, username, word.message) : presenceFrame(id, username, word.is === 'connected')
