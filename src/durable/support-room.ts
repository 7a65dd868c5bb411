import { DurableObject } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import {
  ackFrame,
  errorFrame,
  type Heard,
  messageFrame,
  readFrame,
  readMarkFrame,
  SLOW_DOWN,
  typingFrame,
} from '../dialects/recovery/frames.ts'
import type { Context } from '../domain/context.ts'
import { type AccessLoss, accessRightsOf, isExpired } from '../domain/support/access-rights.ts'
import { desksOf } from '../domain/support/desks.ts'
import type { History, HistoryQuery, NewMessage, PersonRef, RoomEvent, RoomReport, StoredMessage } from '../domain/support/types.ts'
import type { Env } from '../env.ts'
import { type ConnectionState, Connections, seatFrom } from './connections.ts'
import { eraseAll } from './erase-all.ts'
import { MicroBatch } from './micro-batch.ts'
import { RoomTables } from './room-tables.ts'
import { TokenBuckets } from './token-buckets.ts'
import { withTimeout } from './with-timeout.ts'

/** What the room is made of besides its tables and sockets. A field and no method, so that nobody reaches it from outside. */
interface Parts {
  readonly now: () => number
  readonly report: (desk: string, report: RoomReport) => Promise<void>
  readonly standing: (seats: readonly ConnectionState[]) => Promise<(AccessLoss | null)[]>
}

interface Given {
  readonly socket: WebSocket
  readonly frame: string | ArrayBuffer
}

/**
 * Whoever revokes a credential tells the room, and that is at once. What nobody told it is asked before something is
 * said, but not more often than this: as often as the desk asks for everybody.
 */
const ACCESS_CACHE_MS = 5000
/** Nobody's words wait longer than this for the answer. */
const ACCESS_TIMEOUT_MS = 1500
/** The alarm that tells the desk should this object end before it has. Not sooner, so that a lively room rings seldom. */
const TOLD_BY_MS = 10_000
/** How soon the desk is told again what it did not take, and how long it takes between two tries at most. */
const RETELL_MS = 3000
const RETELL_MAX_MS = 5 * 60_000
const REPORT_TIMEOUT_MS = 10_000
/** After telling it something, the desk is told no more for so long: then at once what was said meanwhile. */
const TELL_PAUSE_MS = 30
/**
 * While somebody sits here the room looks around so often: for sockets that a crash took without a word, and for
 * credentials that were revoked while nobody could tell it. A room in which nobody sits never wakes.
 */
const LOOK_AROUND_MS = 10 * 60_000

/**
 * One per person: the conversation with support staff. What is said here is on disk before anybody sees it, and goes from
 * here to everybody in the room at once. The desk is told afterwards, out of a table and by the room's own alarm: a desk
 * that is slow or away keeps nobody waiting, and misses nothing.
 */
export class SupportRoom extends DurableObject<Env> {
  parts: Parts
  readonly #seats: Connections
  readonly #buckets: TokenBuckets
  #opened: RoomTables | null = null
  readonly #rounds = new MicroBatch<Given>({
    now: () => this.parts.now(),
    before: () => this.#checkStanding(),
    serve: (given) => this.#serve(given),
  })
  #checkedAt = 0
  readonly #telling = new Set<string>()
  /** When the alarm rings at the latest, so that not every word asks the storage; null where that is not known. */
  #ringsAt: number | null = null
  #failures = 0

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const context: Context = createContext(env, state)
    this.parts = {
      now: context.now,
      report: (desk, report) => env.SUPPORT_DESK.getByName(desk).report(report),
      standing: (seats) => accessRightsOf(context, seats),
    }
    this.#seats = new Connections(state)
    this.#buckets = new TokenBuckets(context.settings.chat)
  }

  /** Made when there is something to keep: a room that was only asked whether somebody sits in it leaves nothing behind. */
  get #ledger(): RoomTables {
    this.#opened ??= new RoomTables(this.ctx.storage.sql)
    return this.#opened
  }

  override async fetch(request: Request): Promise<Response> {
    const { person, seat } = seatFrom(request)
    const { response, socket } = this.#seats.accept(seat, seat.staff ? 'staff' : 'person')
    this.#ledger.keepPerson(person)
    if (seat.staff) this.#tell(null)
    else if (!this.#ledger.isOnline()) this.#presence(true)
    // Before anything is awaited: what is said meanwhile must not overtake what was missed.
    if (seat.since !== null) this.ctx.waitUntil(this.#catchUp(socket, seat.since))
    await this.#arm(LOOK_AROUND_MS)
    // It was let in a moment ago, and may have been revoked since: whoever revoked it did not find it here yet.
    this.ctx.waitUntil(this.recheck())
    return response
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): Promise<void> {
    return this.#rounds.serve({ socket, frame })
  }

  #serve({ socket, frame }: Given): void {
    const seat = this.#seats.at(socket)
    if (!seat) return
    const now = this.parts.now()
    const verdict = isExpired(seat, now) ? 'revoked' : this.#buckets.take(seat.id, now)
    if (verdict === 'fine') this.#do(socket, seat, readFrame(frame))
    else if (verdict === 'slow-down') this.#seats.send(socket, SLOW_DOWN)
    else this.#leave(socket, verdict)
  }

  #do(socket: WebSocket, seat: ConnectionState, heard: Heard): void {
    if (heard.is === 'wrong') {
      if (seat.modern) this.#seats.send(socket, errorFrame(heard.detail))
      return
    }
    if (heard.is !== 'message' || heard.clientId !== null) this.#seats.learn(socket, seat)
    const { id, username, staff, connectionId } = seat
    if (heard.is === 'message') {
      const { message, clientId } = heard
      const taken = this.#take({ sender: { id, username }, fromAdmin: staff, message, clientId, connectionId })
      if (clientId !== null) this.#seats.send(socket, ackFrame(taken.id, clientId))
    } else if (heard.is === 'typing') {
      this.#toOthersWhoKnowMore(seat, typingFrame(this.#personId(), staff))
    } else if (heard.is === 'resume') {
      this.ctx.waitUntil(this.#catchUp(socket, heard.since))
    } else if (this.#ledger.markRead(staff, heard.id)) {
      if (staff) this.#tell(null)
      this.#toOthersWhoKnowMore(seat, readMarkFrame(this.#personId(), heard.id, staff))
    }
  }

  #toOthersWhoKnowMore(seat: ConnectionState, frame: object): void {
    this.#seats.broadcast((other) => (other.knowsMore && other.connectionId !== seat.connectionId ? frame : null))
  }

  /** Stored first, then seen; there is no await in between, so what is seen is in the order in which it is stored. */
  #take(given: NewMessage): StoredMessage {
    const { message, isNew } = this.ctx.storage.transactionSync(() => {
      const added = this.#ledger.addMessage(given, this.parts.now())
      if (added.isNew) {
        const { id, message, fromAdmin, sentAt } = added.message
        this.#ledger.tell(this.#desks(), { is: 'message', message: { id, message, fromAdmin, sentAt } }, given.connectionId)
      }
      return added
    })
    if (!isNew) return message
    const personId = this.#personId()
    const [told, toldToThemselves] = [messageFrame(personId, message), messageFrame(personId, message, message.clientId)]
    this.#seats.broadcast((other) => {
      if (other.connectionId === given.connectionId) return null
      return other.id === message.senderId ? toldToThemselves : told
    })
    this.#tellNow()
    return message
  }

  async say(person: PersonRef, message: NewMessage): Promise<{ readonly id: number } | 'slow-down'> {
    if (this.#buckets.take(message.sender.id, this.parts.now()) !== 'fine') return 'slow-down'
    this.#ledger.keepPerson(person)
    return { id: this.#take(message).id }
  }

  async history({ before, limit, asStaff }: HistoryQuery): Promise<History> {
    return { messages: this.#ledger.before(before, limit), unread: this.#ledger.unread(asStaff).count }
  }

  async after(id: number, upTo: number, limit: number): Promise<readonly StoredMessage[]> {
    return this.#ledger.after(id, upTo, limit)
  }

  async newest(): Promise<number> {
    return this.#ledger.newest()
  }

  async take(person: PersonRef, staff: PersonRef): Promise<PersonRef> {
    this.#ledger.keepPerson(person)
    const holder = this.#ledger.takenBy()
    if (holder) return holder
    this.#ledger.take(staff)
    this.#tell(null)
    return staff
  }

  async release(person: PersonRef): Promise<void> {
    if (!this.#ledger.takenBy()) return
    this.#ledger.keepPerson(person)
    this.#ledger.take(null)
    this.#tell(null)
  }

  async #checkStanding(): Promise<void> {
    if (this.parts.now() - this.#checkedAt >= ACCESS_CACHE_MS) await this.recheck()
  }

  /** One question for everybody in the room. Where it can't be answered, they stay: they were let in with good credentials. */
  async recheck(): Promise<void> {
    const sitting = this.#seats.all()
    if (sitting.length === 0) return
    this.#checkedAt = this.parts.now()
    try {
      const standing = await withTimeout(this.parts.standing(sitting.map(({ seat }) => seat)), ACCESS_TIMEOUT_MS)
      for (const [index, { socket }] of sitting.entries()) {
        const why = standing[index]
        if (why && this.#seats.at(socket)) this.#leave(socket, why)
      }
    } catch {
      console.error(JSON.stringify({ fault: 'the credentials in a room could not be looked up' }))
    }
  }

  async erase(): Promise<number> {
    for (const { socket } of this.#seats.all()) this.#seats.close(socket, 'revoked')
    const rows = await eraseAll(this.ctx.storage)
    this.#opened = null
    this.#ringsAt = null
    return rows
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    this.#left(socket, this.#seats.closed(socket, code))
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#left(socket, this.#seats.closed(socket, 1011))
  }

  #leave(socket: WebSocket, why: AccessLoss | 'flood'): void {
    const seat = this.#seats.at(socket)
    this.#seats.close(socket, why)
    this.#left(socket, seat)
  }

  #left(socket: WebSocket, seat: ConnectionState | null): void {
    if (!seat) return
    if (seat.staff) this.#tell(null)
    else if (this.#ledger.isOnline() && !this.#seats.all('person').some((other) => other.socket !== socket)) this.#presence(false)
  }

  #presence(online: boolean): void {
    this.ctx.storage.transactionSync(() => {
      this.#ledger.setOnline(online, this.parts.now())
      this.#ledger.tell(this.#desks(), { is: online ? 'connected' : 'disconnected' })
    })
    this.#tellNow()
  }

  /** What is due: the desk's news, and a look around while somebody sits here. */
  override async alarm(): Promise<void> {
    const { now } = this.parts
    this.#ringsAt = null
    for (const { socket, seat } of this.#seats.all()) if (isExpired(seat, now())) this.#leave(socket, 'revoked')
    await this.#checkStanding()
    // A crash takes sockets without a word. Somebody who is back already has a socket, and was never away.
    if (this.#ledger.isOnline() && this.#seats.all('person').length === 0) this.#presence(false)
    else if (!this.#ledger.isToldOf(this.#staff())) this.#ledger.tell(this.#desks(), null)
    await Promise.all(this.#ledger.waiting().map((desk) => this.#report(desk)))
    const soonest = Math.min(...this.#seats.all().map(({ seat }) => seat.expiresAt - now()), LOOK_AROUND_MS)
    // Where nothing has failed, somebody is just being told.
    if (this.#ledger.waiting().length > 0) await this.#arm(this.#failures > 0 ? this.#retellIn() : TOLD_BY_MS)
    else if (this.#seats.all().length > 0) await this.#arm(Math.max(1000, soonest))
  }

  #catchUp(socket: WebSocket, since: number): Promise<void> {
    const seat = this.#seats.at(socket)
    const personId = this.#personId()
    return this.#seats.catchUp(socket, since, (after, limit) =>
      this.#ledger.after(after, Number.MAX_SAFE_INTEGER, limit).map((message) => ({
        id: message.id,
        frame: messageFrame(personId, message, message.senderId === seat?.id ? message.clientId : null),
      })),
    )
  }

  #personId(): number {
    return this.#ledger.person()?.id ?? 0
  }

  #staff(): number[] {
    return this.#seats.all('staff').map(({ seat }) => seat.id)
  }

  #desks(): readonly string[] {
    return desksOf(this.#personId())
  }

  #tell(word: RoomEvent | null): void {
    this.#ledger.tell(this.#desks(), word)
    this.#tellNow()
  }

  /** At once, and without anybody waiting for it. Should it fail, or this object end here, the alarm tells it again. */
  #tellNow(): void {
    this.ctx.waitUntil(this.#arm(TOLD_BY_MS))
    for (const desk of this.#desks()) this.ctx.waitUntil(this.#report(desk))
  }

  /** One report at a time to each desk, so that they arrive in their order. What is taken twice is kept once. */
  async #report(desk: string): Promise<void> {
    if (this.#telling.has(desk)) return
    this.#telling.add(desk)
    const ledger = this.#ledger
    try {
      for (;;) {
        const staff = this.#staff()
        const next = ledger.report(desk, staff)
        if (!next) break
        // Should it have heard after all, it knows the same words again.
        await withTimeout(this.parts.report(desk, next.report), REPORT_TIMEOUT_MS)
        if (ledger !== this.#opened) break // erased meanwhile
        ledger.told(desk, next.upTo, staff)
        this.#failures = 0
        if (!next.isFull) await new Promise((resolve) => setTimeout(resolve, TELL_PAUSE_MS))
        if (ledger !== this.#opened) break
      }
    } catch {
      this.#failures++
      this.ctx.waitUntil(this.#arm(this.#retellIn()))
    } finally {
      this.#telling.delete(desk)
    }
  }

  #retellIn(): number {
    return Math.min(RETELL_MAX_MS, RETELL_MS * 2 ** Math.min(this.#failures, 10))
  }

  /** Rings no later than so long from now. What rings sooner stands. */
  async #arm(inMs: number): Promise<void> {
    const at = Date.now() + inMs
    // One that should have rung by now is not counted on.
    if (this.#ringsAt !== null && this.#ringsAt > Date.now() && this.#ringsAt <= at) return
    const set = await this.ctx.storage.getAlarm()
    this.#ringsAt = set === null ? at : Math.min(set, at)
    if (set === null || set > at) await this.ctx.storage.setAlarm(at)
  }
}
