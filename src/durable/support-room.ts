import { DurableObject } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import { ackFrame, errorFrame, parseFrame, readReceiptFrame, returnedFrame, typingFrame } from '../dialects/recovery/frames.ts'
import { systemContext } from '../domain/access.ts'
import { accessRightsOf } from '../domain/support/access-rights.ts'
import type { Env } from '../env.ts'
import {
  CHECK_INTERVAL_MS,
  DELIVERY_ALARM_MS,
  decideClaim,
  decidePresence,
  decideRoomFrame,
  getsMessage,
  getsSignal,
  nextWakeUp,
  type PresenceEvent,
} from '../model/room-machine.ts'
import type { QueueReturn } from '../model/silent-holder.ts'
import {
  type ConnectionState,
  connectionFrom,
  desksOf,
  type History,
  type HistoryQuery,
  type NewMessage,
  type NewNote,
  type PersonRef,
  type RoomReport,
  type StaffNote,
  type StoredMessage,
} from '../model/support.ts'
import { DeskReporter, ObjectAlarm } from './desk-reporter.ts'
import { eraseAll } from './erase-all.ts'
import { messageFrames, readMarkFrames } from './message-frames.ts'
import { resolveRoom } from './resolve-room.ts'
import { RoomNotes } from './room-notes.ts'
import { RoomTables } from './room-tables.ts'
import { SilentHolder } from './silent-holder.ts'
import { type AccessCheck, MicroBatch, SocketHost } from './socket-host.ts'

/** What the room uses besides its tables and sockets. A field and not a method, because methods are callable through RPC. */
interface Dependencies extends AccessCheck {
  readonly report: (desk: string, report: RoomReport) => Promise<void>
}

/**
 * One object per person: the conversation with support staff. A message is on disk before anybody sees it, and then goes to
 * everybody in the room at once. The desk gets it afterwards, from an outbox table and by the room's own alarm: a desk that
 * is slow or unavailable does not delay the room, and misses nothing. What to do is decided in model/room-machine.ts.
 */
export class SupportRoom extends DurableObject<Env> {
  dependencies: Dependencies
  readonly #host: SocketHost
  #openTables: RoomTables | null = null
  #openNotes: RoomNotes | null = null
  readonly #frames = new MicroBatch<{ readonly socket: WebSocket; readonly data: string | ArrayBuffer }>({
    now: () => this.dependencies.now(),
    before: () => this.#host.recheckIfDue(),
    handle: ({ socket, data }) => {
      const connection = this.#host.admit(socket)
      if (connection) this.#handleFrame(socket, connection, data)
    },
  })
  readonly #reporter = new DeskReporter({
    tables: () => this.#openTables,
    staff: () => this.#staff(),
    notes: () => this.#notes.count(),
    send: (desk, report) => this.dependencies.report(desk, report),
    onFailed: (retryAfterMs) => this.ctx.waitUntil(this.#alarm.setWithin(retryAfterMs)),
  })
  readonly #alarm: ObjectAlarm
  readonly #holder: SilentHolder

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#alarm = new ObjectAlarm(state.storage)
    const context = systemContext(createContext(env, state))
    this.dependencies = {
      now: context.now,
      report: (desk, report) => env.SUPPORT_DESK.getByName(desk).report(report),
      findAccessLoss: (connections) => accessRightsOf(context, connections),
    }
    this.#holder = new SilentHolder({
      storage: state.storage,
      tables: () => this.#openTables,
      silenceMs: context.settings.holderSilenceMs,
      now: () => this.dependencies.now(),
      wakeWithin: (ms) => this.ctx.waitUntil(this.#alarm.setWithin(ms)),
      onReturned: (returned) => this.#onReturned(returned),
    })
    this.#host = new SocketHost(state, {
      name: 'a support room',
      limits: context.settings.chat,
      dependencies: () => this.dependencies,
      onClosed: ({ staff }) => this.#changePresence({ type: 'closed', byStaff: staff }),
    })
  }

  /** Created when they are first needed: a room that is only asked to recheck its connections stores nothing. */
  get #tables(): RoomTables {
    this.#openTables ??= new RoomTables(this.ctx.storage.sql)
    return this.#openTables
  }

  get #notes(): RoomNotes {
    this.#openNotes ??= new RoomNotes(this.ctx.storage.sql)
    return this.#openNotes
  }

  override async fetch(request: Request): Promise<Response> {
    const { person, connection } = connectionFrom(request)
    const { response, socket } = this.#host.accept(connection)
    this.#tables.setPerson(person)
    this.#changePresence({ type: 'opened', byStaff: connection.staff })
    const readMarks = connection.supportsV1 ? readMarkFrames(person.id, (byStaff) => this.#tables.lastReadBy(byStaff)) : []
    for (const frame of readMarks) this.#host.send(socket, frame)
    // Before the first await: otherwise new messages could overtake the missed ones.
    if (connection.since !== null) this.ctx.waitUntil(this.#catchUp(socket, connection.since))
    await this.#alarm.setWithin(CHECK_INTERVAL_MS)
    // The credential was valid a moment ago, but may have been revoked since. That revocation did not find this socket here.
    this.ctx.waitUntil(this.recheck())
    return response
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    return this.#frames.add({ socket, data })
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    this.#host.handleClose(socket, code)
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#host.handleClose(socket, 1011)
  }

  #handleFrame(socket: WebSocket, connection: ConnectionState, data: string | ArrayBuffer): void {
    const { action, isFromV1Client } = decideRoomFrame(connection, parseFrame(data))
    if (isFromV1Client) this.#host.enableV1Frames(socket, connection)
    if (action.type === 'store') {
      const { id } = this.#storeMessage(action.message)
      const { clientId } = action.message
      if (clientId !== null) this.#host.send(socket, ackFrame(id, clientId))
    } else if (action.type === 'show-typing') {
      this.#sendSignal(connection, typingFrame(this.#personId(), action.byStaff))
    } else if (action.type === 'catch-up') {
      this.ctx.waitUntil(this.#catchUp(socket, action.since))
    } else if (action.type === 'mark-read') {
      if (!this.#tables.markRead(action.byStaff, action.id)) return
      if (action.byStaff) this.#reportSummary()
      this.#sendSignal(connection, readReceiptFrame(this.#personId(), action.id, action.byStaff))
    } else if (action.type === 'reject') this.#host.send(socket, errorFrame(action.detail))
  }

  #sendSignal(sender: ConnectionState, frame: object): void {
    this.#host.broadcast((other) => (getsSignal(other, sender) ? frame : null))
  }

  /** Stores first, sends then. There is no await in between, so everybody sees the messages in the order of storage. */
  #storeMessage(input: NewMessage): StoredMessage {
    const { message, isNew } = this.ctx.storage.transactionSync(() => {
      const added = this.#tables.addMessage(input, this.dependencies.now())
      if (added.isNew) {
        const { id, message, fromAdmin, sentAt } = added.message
        this.#tables.enqueueForDesks(this.#desks(), { type: 'message', message: { id, message, fromAdmin, sentAt } }, input.connectionId)
      }
      return added
    })
    if (!isNew) return message
    const frameFor = messageFrames(this.#personId(), message)
    this.#host.broadcast((other) => (getsMessage(other, input.connectionId) ? frameFor(other) : null))
    this.#deliverToDesks()
    this.#holder.schedule()
    return message
  }

  async storeMessage(person: PersonRef, message: NewMessage): Promise<{ readonly id: number } | 'slow-down'> {
    if (this.#host.consumeToken(message.sender.id) !== 'allowed') return 'slow-down'
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
    const { holder, isChanged } = decideClaim(this.#tables.claimedBy(), staff)
    if (isChanged) this.#setClaim(holder)
    return holder
  }

  async release(person: PersonRef): Promise<void> {
    if (!this.#tables.claimedBy()) return
    this.#tables.setPerson(person)
    this.#setClaim(null)
  }

  #setClaim(holder: PersonRef | null): void {
    this.#tables.setClaimedBy(holder)
    if (holder) this.#tables.setResolution(null)
    this.#reportSummary()
  }

  async resolve(person: PersonRef, by: PersonRef, seen: number): Promise<boolean> {
    this.#tables.setPerson(person)
    const isResolved = this.ctx.storage.transactionSync(() => resolveRoom(this.#tables, by, seen, this.dependencies.now()))
    if (isResolved) this.#reportSummary()
    return isResolved
  }

  async reopen(person: PersonRef): Promise<void> {
    if (!this.#tables.resolution()) return
    this.#tables.setPerson(person)
    this.#tables.setResolution(null)
    this.#reportSummary()
  }

  async addNote(person: PersonRef, note: NewNote): Promise<void> {
    this.#tables.setPerson(person)
    if (this.#notes.add(note, this.dependencies.now())) this.#reportSummary()
  }

  async notes(limit: number): Promise<readonly StaffNote[]> {
    return this.#notes.list(limit)
  }

  async recheck(): Promise<void> {
    await this.#host.recheck()
  }

  async erase(): Promise<number> {
    this.#host.closeAll()
    const rows = await eraseAll(this.ctx.storage)
    this.#openTables = null
    this.#openNotes = null
    this.#alarm.forget()
    return rows
  }

  /** Delivers pending events to the desks, and checks the connections while there are any. */
  override async alarm(): Promise<void> {
    this.#alarm.forget()
    this.#host.closeExpired()
    await this.#host.recheckIfDue()
    this.#changePresence({ type: 'checked', isStaffReported: this.#tables.isStaffReported(this.#staff()) })
    this.#holder.returnIfDue()
    await Promise.all(this.#tables.desksWithPendingEvents().map((desk) => this.#reporter.report(desk)))
    const hasPendingEvents = this.#tables.desksWithPendingEvents().length > 0
    const expiries = this.#host.list().map(({ connection }) => connection.expiresAt)
    const wakeUp = nextWakeUp({ hasPendingEvents, failures: this.#reporter.failures, expiries }, this.dependencies.now())
    if (wakeUp !== null) await this.#alarm.setWithin(wakeUp)
    this.#holder.schedule()
  }

  #changePresence(event: PresenceEvent): void {
    const change = decidePresence({ isOnline: this.#tables.isOnline(), connections: this.#host.list('person').length }, event)
    if (change === 'none') return
    this.ctx.storage.transactionSync(() => {
      if (change !== 'summary') this.#tables.setOnline(change === 'connected', this.dependencies.now())
      this.#tables.enqueueForDesks(this.#desks(), change === 'summary' ? null : { type: change })
    })
    // After a check, the alarm itself delivers the event.
    if (event.type !== 'checked') this.#deliverToDesks()
  }

  #catchUp(socket: WebSocket, since: number): Promise<void> {
    const connection = this.#host.get(socket)
    const personId = this.#personId()
    return this.#host.catchUp(socket, since, (after, limit) =>
      this.#tables.messagesAfter(after, Number.MAX_SAFE_INTEGER, limit).map((message) => ({
        id: message.id,
        frame: connection && messageFrames(personId, message)(connection),
      })),
    )
  }

  #personId(): number {
    return this.#tables.person()?.id ?? 0
  }

  #staff(): number[] {
    return this.#host.list('staff').map(({ connection }) => connection.id)
  }

  #desks(): readonly string[] {
    return desksOf(this.#personId())
  }

  #onReturned(returned: QueueReturn): void {
    const personId = this.#personId()
    const [forStaff, forPerson] = [returnedFrame(personId, returned), returnedFrame(personId, { at: returned.at, holder: null })]
    this.#host.broadcast(({ staff, getsV1Frames }) => (getsV1Frames ? (staff ? forStaff : forPerson) : null))
    this.#reportSummary()
  }

  async returns(limit: number): Promise<readonly QueueReturn[]> {
    return this.#holder.list(limit)
  }

  #reportSummary(): void {
    this.#holder.schedule()
    this.#tables.enqueueForDesks(this.#desks(), null)
    this.#deliverToDesks()
  }

  /** Starts the delivery; no caller waits for it. If it fails, or this object ends, the alarm repeats it. */
  #deliverToDesks(): void {
    this.ctx.waitUntil(this.#alarm.setWithin(DELIVERY_ALARM_MS))
    for (const desk of this.#desks()) this.ctx.waitUntil(this.#reporter.report(desk))
  }
}
