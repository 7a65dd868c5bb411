import { DurableObject } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import {
  ackFrame,
  type ClientFrame,
  errorFrame,
  messageFrame,
  parseFrame,
  readReceiptFrame,
  SLOW_DOWN,
  typingFrame,
} from '../dialects/recovery/frames.ts'
import { systemContext } from '../domain/access.ts'
import { type AccessLoss, accessRightsOf, isExpired } from '../domain/support/access-rights.ts'
import { desksOf } from '../domain/support/desks.ts'
import type { Env } from '../env.ts'
import type { History, HistoryQuery, NewMessage, PersonRef, RoomEvent, RoomReport, StoredMessage } from '../model/support.ts'
import { type ConnectionState, Connections, connectionFrom } from './connections.ts'
import { eraseAll } from './erase-all.ts'
import { MicroBatch } from './micro-batch.ts'
import { RoomTables } from './room-tables.ts'
import { TokenBuckets } from './token-buckets.ts'
import { withTimeout } from './with-timeout.ts'

/** What the room uses besides its tables and sockets. A field and not a method, because methods are callable through RPC. */
interface Dependencies {
  readonly now: () => number
  readonly report: (desk: string, report: RoomReport) => Promise<void>
  readonly findAccessLoss: (connections: readonly ConnectionState[]) => Promise<(AccessLoss | null)[]>
}

interface ReceivedFrame {
  readonly socket: WebSocket
  readonly data: string | ArrayBuffer
}

/**
 * When a credential is revoked, the room is notified at once. For revocations that it was not notified of, the room checks
 * the access rights before it handles frames, but at most once in this time: as often as the desk checks all rooms.
 */
const ACCESS_CACHE_MS = 5000
/** Frames do not wait longer than this for the access check. */
const ACCESS_TIMEOUT_MS = 1500
/** The alarm that delivers to the desk if this object ends before it has done so. Not sooner, so that a busy room sets few alarms. */
const DELIVERY_ALARM_MS = 10_000
/** The first and the longest delay before a failed delivery to the desk is repeated. */
const RETRY_MS = 3000
const MAX_RETRY_MS = 5 * 60_000
const REPORT_TIMEOUT_MS = 10_000
/** The pause between two reports to a desk. The next report then carries all events that were added meanwhile. */
const REPORT_INTERVAL_MS = 30
/**
 * While the room has open connections it checks this often for sockets that a crash removed without a close event, and for
 * credentials whose revocation did not reach it. A room without connections never wakes up for this.
 */
const CHECK_INTERVAL_MS = 10 * 60_000

/**
 * One object per person: the conversation with support staff. A message is on disk before anybody sees it, and then goes to
 * everybody in the room at once. The desk gets it afterwards, from an outbox table and by the room's own alarm: a desk that
 * is slow or unavailable does not delay the room, and misses nothing.
 */
export class SupportRoom extends DurableObject<Env> {
  dependencies: Dependencies
  readonly #connections: Connections
  readonly #buckets: TokenBuckets
  #openTables: RoomTables | null = null
  readonly #frames = new MicroBatch<ReceivedFrame>({
    now: () => this.dependencies.now(),
    before: () => this.#checkAccessIfDue(),
    handle: (frame) => this.#handle(frame),
  })
  #accessCheckedAt = 0
  /** The desks that a report is being sent to. */
  readonly #reporting = new Set<string>()
  /** The latest time at which the alarm runs, so that not every message has to read it from storage. Null if unknown. */
  #alarmAt: number | null = null
  #failures = 0

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const context = systemContext(createContext(env, state))
    this.dependencies = {
      now: context.now,
      report: (desk, report) => env.SUPPORT_DESK.getByName(desk).report(report),
      findAccessLoss: (connections) => accessRightsOf(context, connections),
    }
    this.#connections = new Connections(state)
    this.#buckets = new TokenBuckets(context.settings.chat)
  }

  /** Created when they are first needed: a room that is only asked to recheck its connections stores nothing. */
  get #tables(): RoomTables {
    this.#openTables ??= new RoomTables(this.ctx.storage.sql)
    return this.#openTables
  }

  override async fetch(request: Request): Promise<Response> {
    const { person, connection } = connectionFrom(request)
    const { response, socket } = this.#connections.accept(connection, connection.staff ? 'staff' : 'person')
    this.#tables.setPerson(person)
    if (connection.staff) this.#notifyDesks(null)
    else if (!this.#tables.isOnline()) this.#setPresence(true)
    // Before the first await: otherwise new messages could overtake the missed ones.
    if (connection.since !== null) this.ctx.waitUntil(this.#catchUp(socket, connection.since))
    await this.#setAlarmWithin(CHECK_INTERVAL_MS)
    // The credential was valid a moment ago, but may have been revoked since. That revocation did not find this socket here.
    this.ctx.waitUntil(this.recheck())
    return response
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    return this.#frames.add({ socket, data })
  }

  #handle({ socket, data }: ReceivedFrame): void {
    const connection = this.#connections.get(socket)
    if (!connection) return
    const now = this.dependencies.now()
    const result = isExpired(connection, now) ? 'revoked' : this.#buckets.consume(connection.id, now)
    if (result === 'allowed') this.#handleFrame(socket, connection, parseFrame(data))
    else if (result === 'slow-down') this.#connections.send(socket, SLOW_DOWN)
    else this.#disconnect(socket, result)
  }

  #handleFrame(socket: WebSocket, connection: ConnectionState, frame: ClientFrame): void {
    if (frame.type === 'invalid') {
      if (connection.supportsV1) this.#connections.send(socket, errorFrame(frame.detail))
      return
    }
    if (frame.type !== 'message' || frame.clientId !== null) this.#connections.enableV1Frames(socket, connection)
    const { id, username, staff, connectionId } = connection
    if (frame.type === 'message') {
      const { message, clientId } = frame
      const stored = this.#storeMessage({ sender: { id, username }, fromAdmin: staff, message, clientId, connectionId })
      if (clientId !== null) this.#connections.send(socket, ackFrame(stored.id, clientId))
    } else if (frame.type === 'typing') {
      this.#sendToOtherV1Clients(connection, typingFrame(this.#personId(), staff))
    } else if (frame.type === 'resume') {
      this.ctx.waitUntil(this.#catchUp(socket, frame.since))
    } else if (this.#tables.markRead(staff, frame.id)) {
      if (staff) this.#notifyDesks(null)
      this.#sendToOtherV1Clients(connection, readReceiptFrame(this.#personId(), frame.id, staff))
    }
  }

  #sendToOtherV1Clients(sender: ConnectionState, frame: object): void {
    this.#connections.broadcast((other) => (other.getsV1Frames && other.connectionId !== sender.connectionId ? frame : null))
  }

  /** Stores first, sends then. There is no await in between, so everybody sees the messages in the order of storage. */
  #storeMessage(input: NewMessage): StoredMessage {
    const { message, isNew } = this.ctx.storage.transactionSync(() => {
      const added = this.#tables.addMessage(input, this.dependencies.now())
      if (added.isNew) {
        const { id, message, fromAdmin, sentAt } = added.message
        const event: RoomEvent = { type: 'message', message: { id, message, fromAdmin, sentAt } }
        this.#tables.enqueueForDesks(this.#desks(), event, input.connectionId)
      }
      return added
    })
    if (!isNew) return message
    const personId = this.#personId()
    const [frame, frameForSender] = [messageFrame(personId, message), messageFrame(personId, message, message.clientId)]
    this.#connections.broadcast((other) => {
      if (other.connectionId === input.connectionId) return null
      return other.id === message.senderId ? frameForSender : frame
    })
    this.#deliverToDesks()
    return message
  }

  async storeMessage(person: PersonRef, message: NewMessage): Promise<{ readonly id: number } | 'slow-down'> {
    if (this.#buckets.consume(message.sender.id, this.dependencies.now()) !== 'allowed') return 'slow-down'
    this.#tables.setPerson(person)
    return { id: this.#storeMessage(message).id }
  }

  async history({ before, limit, asStaff }: HistoryQuery): Promise<History> {
    return { messages: this.#tables.messagesBefore(before, limit), unread: this.#tables.unread(asStaff).count }
  }

  async messagesAfter(id: number, upTo: number, limit: number): Promise<readonly StoredMessage[]> {
    return this.#tables.messagesAfter(id, upTo, limit)
  }

  async newestMessageId(): Promise<number> {
    return this.#tables.newestMessageId()
  }

  async claim(person: PersonRef, staff: PersonRef): Promise<PersonRef> {
    this.#tables.setPerson(person)
    const holder = this.#tables.claimedBy()
    if (holder) return holder
    this.#tables.setClaimedBy(staff)
    this.#notifyDesks(null)
    return staff
  }

  async release(person: PersonRef): Promise<void> {
    if (!this.#tables.claimedBy()) return
    this.#tables.setPerson(person)
    this.#tables.setClaimedBy(null)
    this.#notifyDesks(null)
  }

  async #checkAccessIfDue(): Promise<void> {
    if (this.dependencies.now() - this.#accessCheckedAt >= ACCESS_CACHE_MS) await this.recheck()
  }

  /** One query for all connections. If it fails, all stay open: their credentials were valid when they connected. */
  async recheck(): Promise<void> {
    const open = this.#connections.list()
    if (open.length === 0) return
    this.#accessCheckedAt = this.dependencies.now()
    try {
      const connections = open.map(({ connection }) => connection)
      const losses = await withTimeout(this.dependencies.findAccessLoss(connections), ACCESS_TIMEOUT_MS)
      for (const [index, { socket }] of open.entries()) {
        const loss = losses[index]
        if (loss && this.#connections.get(socket)) this.#disconnect(socket, loss)
      }
    } catch {
      console.error(JSON.stringify({ fault: 'access check of a support room failed' }))
    }
  }

  async erase(): Promise<number> {
    for (const { socket } of this.#connections.list()) this.#connections.close(socket, 'revoked')
    const rows = await eraseAll(this.ctx.storage)
    this.#openTables = null
    this.#alarmAt = null
    return rows
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    this.#afterDisconnect(socket, this.#connections.handleClose(socket, code))
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#afterDisconnect(socket, this.#connections.handleClose(socket, 1011))
  }

  #disconnect(socket: WebSocket, reason: AccessLoss | 'flood'): void {
    const connection = this.#connections.get(socket)
    this.#connections.close(socket, reason)
    this.#afterDisconnect(socket, connection)
  }

  #afterDisconnect(socket: WebSocket, connection: ConnectionState | null): void {
    if (!connection) return
    if (connection.staff) this.#notifyDesks(null)
    else if (this.#tables.isOnline() && !this.#connections.list('person').some((other) => other.socket !== socket)) this.#setPresence(false)
  }

  #setPresence(online: boolean): void {
    this.ctx.storage.transactionSync(() => {
      this.#tables.setOnline(online, this.dependencies.now())
      this.#tables.enqueueForDesks(this.#desks(), { type: online ? 'connected' : 'disconnected' })
    })
    this.#deliverToDesks()
  }

  /** Delivers pending events to the desks, and checks the connections while there are any. */
  override async alarm(): Promise<void> {
    const { now } = this.dependencies
    this.#alarmAt = null
    for (const { socket, connection } of this.#connections.list()) if (isExpired(connection, now())) this.#disconnect(socket, 'revoked')
    await this.#checkAccessIfDue()
    // A crash removes sockets without a close event. A person who has reconnected already has a socket, and counts as never
    // having been offline.
    if (this.#tables.isOnline() && this.#connections.list('person').length === 0) this.#setPresence(false)
    else if (!this.#tables.isStaffReported(this.#staff())) this.#tables.enqueueForDesks(this.#desks(), null)
    await Promise.all(this.#tables.desksWithPendingEvents().map((desk) => this.#report(desk)))
    const soonest = Math.min(...this.#connections.list().map(({ connection }) => connection.expiresAt - now()), CHECK_INTERVAL_MS)
    // Pending events without a failure: another delivery is in progress.
    if (this.#tables.desksWithPendingEvents().length > 0)
      await this.#setAlarmWithin(this.#failures > 0 ? this.#retryDelay() : DELIVERY_ALARM_MS)
    else if (this.#connections.list().length > 0) await this.#setAlarmWithin(Math.max(1000, soonest))
  }

  #catchUp(socket: WebSocket, since: number): Promise<void> {
    const connection = this.#connections.get(socket)
    const personId = this.#personId()
    return this.#connections.catchUp(socket, since, (after, limit) =>
      this.#tables.messagesAfter(after, Number.MAX_SAFE_INTEGER, limit).map((message) => ({
        id: message.id,
        frame: messageFrame(personId, message, message.senderId === connection?.id ? message.clientId : null),
      })),
    )
  }

  #personId(): number {
    return this.#tables.person()?.id ?? 0
  }

  #staff(): number[] {
    return this.#connections.list('staff').map(({ connection }) => connection.id)
  }

  #desks(): readonly string[] {
    return desksOf(this.#personId())
  }

  /** Null if only the room summary has changed. */
  #notifyDesks(event: RoomEvent | null): void {
    this.#tables.enqueueForDesks(this.#desks(), event)
    this.#deliverToDesks()
  }

  /** Starts the delivery; no caller waits for it. If it fails, or this object ends, the alarm repeats it. */
  #deliverToDesks(): void {
    this.ctx.waitUntil(this.#setAlarmWithin(DELIVERY_ALARM_MS))
    for (const desk of this.#desks()) this.ctx.waitUntil(this.#report(desk))
  }

  /** One report at a time to each desk, so that they arrive in order. An event that arrives twice is stored once. */
  async #report(desk: string): Promise<void> {
    if (this.#reporting.has(desk)) return
    this.#reporting.add(desk)
    const tables = this.#tables
    try {
      for (;;) {
        const staff = this.#staff()
        const next = tables.report(desk, staff)
        if (!next) break
        // If this times out although the desk has stored the report, the desk recognises the keys of the events next time.
        await withTimeout(this.dependencies.report(desk, next.report), REPORT_TIMEOUT_MS)
        if (tables !== this.#openTables) break // the room was erased meanwhile
        tables.markDelivered(desk, next.upTo, staff)
        this.#failures = 0
        if (!next.isFull) await new Promise((resolve) => setTimeout(resolve, REPORT_INTERVAL_MS))
        if (tables !== this.#openTables) break
      }
    } catch {
      this.#failures++
      this.ctx.waitUntil(this.#setAlarmWithin(this.#retryDelay()))
    } finally {
      this.#reporting.delete(desk)
    }
  }

  #retryDelay(): number {
    return Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** Math.min(this.#failures, 10))
  }

  /** Makes sure that the alarm runs within this time. An earlier alarm is left as it is. */
  async #setAlarmWithin(ms: number): Promise<void> {
    const at = Date.now() + ms
    // An alarm that should have run by now is not relied on.
    if (this.#alarmAt !== null && this.#alarmAt > Date.now() && this.#alarmAt <= at) return
    const current = await this.ctx.storage.getAlarm()
    this.#alarmAt = current === null ? at : Math.min(current, at)
    if (current === null || current > at) await this.ctx.storage.setAlarm(at)
  }
}
