import { DurableObject } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import { systemContext } from '../domain/access.ts'
import { numberOf } from '../domain/support/numbers.ts'
import type { Env } from '../env.ts'
import { type NewChatFile, type RoomFile, UNSENT_FILE_MS } from '../model/chat-file.ts'
import { CHECK_INTERVAL_MS, DELIVERY_ALARM_MS, decidePresence, nextWakeUp, type PresenceEvent } from '../model/room-machine.ts'
import type { QueueReturn } from '../model/silent-holder.ts'
import {
  connectionFrom,
  desksOf,
  type FormerMessage,
  type History,
  type HistoryQuery,
  type NewMessage,
  type NewNote,
  type PersonRef,
  type StaffNote,
  type StoreAnswer,
  type StoredMessage,
} from '../model/support.ts'
import type { DeskPresence } from '../model/waiting.ts'
import { DeskReporter, ObjectAlarm } from './desk-reporter.ts'
import { eraseAll } from './erase-all.ts'
import { addFormer, removeFormer } from './former-messages.ts'
import { ReplyAnnouncer } from './reply-announcer.ts'
import { RoomChat } from './room-chat.ts'
import { type RoomDependencies, roomDependencies } from './room-dependencies.ts'
import { RoomInbox } from './room-inbox.ts'
import { openRoomStorage, type RoomStorage } from './room-storage.ts'
import type { RoomTables } from './room-tables.ts'
import { SilentHolder } from './silent-holder.ts'
import { MicroBatch, SocketHost } from './socket-host.ts'

/**
 * One object per person: the conversation with support staff. A message is on disk before anyone receives it, and is then sent
 * to every connection of the room at once. The desk gets it afterwards, from an outbox table and by the room's own alarm. So a
 * desk that is slow or unavailable does not delay the room, and misses nothing. What to do is decided in model/room-machine.ts.
 */
export class SupportRoom extends DurableObject<Env> {
  /** A field and not a method, because methods are callable through RPC. */
  dependencies: RoomDependencies
  readonly #host: SocketHost
  #opened: RoomStorage | null = null
  readonly #frames = new MicroBatch<{ readonly socket: WebSocket; readonly data: string | ArrayBuffer }>({
    now: () => this.dependencies.now(),
    before: () => this.#host.recheckIfDue(),
    handle: ({ socket, data }) => {
      const connection = this.#host.admit(socket)
      if (connection) this.#chat.handleFrame(socket, connection, data)
    },
  })
  readonly #reporter = new DeskReporter({
    tables: () => this.#opened?.tables ?? null,
    staff: () => this.#staff(),
    notes: () => this.#stored.notes.count(),
    send: (desk, report) => this.dependencies.report(desk, report),
    onAnswer: (presence) => this.#chat.showDesk(presence),
    onFailed: (retryAfterMs) => this.ctx.waitUntil(this.#alarm.setWithin(retryAfterMs)),
  })
  readonly #inbox = new RoomInbox({
    storage: this.ctx.storage,
    stored: () => this.#stored,
    now: () => this.dependencies.now(),
    onChanged: () => this.#reportSummary(),
  })
  readonly #announcer: ReplyAnnouncer
  readonly #alarm: ObjectAlarm
  readonly #chat: RoomChat
  readonly #holder: SilentHolder

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#alarm = new ObjectAlarm(state.storage)
    const context = systemContext(createContext(env, state))
    this.dependencies = roomDependencies(context, () => this.#personId())
    this.#holder = new SilentHolder({
      storage: state.storage,
      tables: () => this.#opened?.tables ?? null,
      silenceMs: context.settings.holderSilenceMs,
      now: () => this.dependencies.now(),
      wakeWithin: (ms) => this.ctx.waitUntil(this.#alarm.setWithin(ms)),
      onReturned: (returned) => this.#onReturned(returned),
    })
    this.#announcer = new ReplyAnnouncer({
      delayMs: context.settings.support.announceReplyMs,
      waiting: () => this.#opened?.waiting ?? null,
      now: () => this.dependencies.now(),
      hasOldClient: () => this.#host.list('person').some(({ connection }) => !connection.getsV1Frames),
      send: (key) => this.dependencies.announceReply(key),
      wakeWithin: (ms) => this.ctx.waitUntil(this.#alarm.setWithin(ms)),
    })
    this.#host = new SocketHost(state, {
      name: 'a support room',
      limits: context.settings.chat,
      dependencies: () => this.dependencies,
      onClosed: ({ staff }) => this.#changePresence({ type: 'closed', byStaff: staff }),
    })
    this.#chat = new RoomChat({
      state,
      host: this.#host,
      stored: () => this.#stored,
      personId: () => numberOf(context, this.#personId()),
      numberOf: (accountId) => numberOf(context, accountId),
      settings: context.settings,
      now: () => this.dependencies.now(),
      onStored: (message) => this.#onStored(message),
      onReadByStaff: () => this.#reportSummary(),
    })
  }

  /** Created when it is first needed: a room that is only asked to recheck its connections stores nothing. */
  get #stored(): RoomStorage {
    this.#opened ??= openRoomStorage(this.ctx.storage.sql)
    return this.#opened
  }

  get #tables(): RoomTables {
    return this.#stored.tables
  }

  override async fetch(request: Request): Promise<Response> {
    const { person, connection } = connectionFrom(request)
    const { response, socket } = this.#host.accept(connection)
    this.#tables.setPerson(person)
    this.#changePresence({ type: 'opened', byStaff: connection.staff })
    // Before the first await: otherwise new messages could overtake the missed ones.
    this.#chat.greet(socket, connection)
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

  #onStored(message: StoredMessage): void {
    this.dependencies.count({ name: 'chat-message', labels: [message.fromAdmin ? 'staff' : 'person', message.file ? 'file' : 'text'] })
    this.#deliverToDesks()
    this.#holder.schedule()
    if (message.fromAdmin) this.#announcer.schedule()
  }

  async storeMessage(person: PersonRef, message: NewMessage): Promise<StoreAnswer> {
    if (this.#host.consumeToken(message.sender.id) !== 'allowed') return 'slow-down'
    this.#tables.setPerson(person)
    const stored = this.#chat.storeMessage(message, null)
    return stored ? { id: stored.id } : 'no-such-file'
  }

  async addFile(person: PersonRef, file: NewChatFile): Promise<void> {
    this.#tables.setPerson(person)
    this.#tables.files.add(file, this.dependencies.now())
    await this.#alarm.setWithin(UNSENT_FILE_MS)
  }

  async file(id: string): Promise<RoomFile | null> {
    return this.#tables.files.find(id)
  }

  async history({ before, limit, asStaff }: HistoryQuery): Promise<History> {
    // A client without a socket: reading is all that it does.
    if (!asStaff && before === null) this.#stored.waiting.markShown()
    return { messages: this.#tables.messagesBefore(before, limit), unread: this.#tables.unread(asStaff).count }
  }

  async messagesAfter(id: number, upTo: number, limit: number): Promise<readonly StoredMessage[]> {
    return this.#tables.messagesAfter(id, upTo, limit)
  }

  async newestMessageId(): Promise<number> {
    return this.#tables.newestMessageId()
  }

  async addFormer(person: PersonRef, messages: readonly FormerMessage[]): Promise<readonly (StoredMessage | null)[]> {
    return addFormer(this.#tables, person, messages)
  }

  async removeFormer(clientIds: readonly string[]): Promise<boolean> {
    return removeFormer(this.#tables, clientIds)
  }

  async claim(person: PersonRef, staff: PersonRef): Promise<PersonRef> {
    return this.#inbox.claim(person, staff)
  }

  async release(person: PersonRef): Promise<void> {
    this.#inbox.release(person)
  }

  async resolve(person: PersonRef, by: PersonRef, seen: number): Promise<boolean> {
    return this.#inbox.resolve(person, by, seen)
  }

  async reopen(person: PersonRef): Promise<void> {
    this.#inbox.reopen(person)
  }

  async addNote(person: PersonRef, note: NewNote): Promise<void> {
    this.#inbox.addNote(person, note)
  }

  async notes(limit: number): Promise<readonly StaffNote[]> {
    return this.#stored.notes.list(limit)
  }

  async setDesk(presence: DeskPresence): Promise<void> {
    this.#chat.showDesk(presence)
  }

  async isReplyUnseen(key: string): Promise<boolean> {
    return this.#stored.waiting.isUnseen(key)
  }

  async recheck(): Promise<void> {
    await this.#host.recheck()
  }

  async erase(): Promise<number> {
    this.#host.closeAll()
    const rows = await eraseAll(this.ctx.storage)
    this.#opened = null
    this.#alarm.forget()
    return rows
  }

  /** Delivers pending events to the desks, announces an unseen reply, and checks the connections while there are any. */
  override async alarm(): Promise<void> {
    this.#alarm.forget()
    this.#host.closeExpired()
    await this.#host.recheckIfDue()
    this.#changePresence({ type: 'checked', isStaffReported: this.#tables.isStaffReported(this.#staff()) })
    this.#holder.returnIfDue()
    await Promise.all([
      ...this.#tables.desksWithPendingEvents().map((desk) => this.#reporter.report(desk)),
      this.#announcer.announceIfDue(),
    ])
    await this.#tables.files.removeExpired(this.#personId(), this.dependencies)
    const hasPendingEvents = this.#tables.desksWithPendingEvents().length > 0
    const connections = this.#host.list().map(({ connection }) => connection.expiresAt)
    const expiries = [...connections, ...this.#tables.files.expiries(this.dependencies.now())]
    const wakeUp = nextWakeUp({ hasPendingEvents, failures: this.#reporter.failures, expiries }, this.dependencies.now())
    if (wakeUp !== null) await this.#alarm.setWithin(wakeUp)
    this.#holder.schedule()
    this.#announcer.schedule()
  }

  #changePresence(event: PresenceEvent): void {
    const change = decidePresence({ isOnline: this.#tables.isOnline(), connections: this.#host.list('person').length }, event)
    if (change === 'none') return
    this.ctx.storage.transactionSync(() => {
      if (change !== 'summary') this.#tables.setOnline(change === 'connected', this.dependencies.now())
      if (change === 'connected') this.#stored.waiting.forgetDesks()
      this.#tables.enqueueForDesks(desksOf(this.#personId()), change === 'summary' ? null : { type: change })
    })
    // After a check, the alarm itself delivers the event.
    if (event.type !== 'checked') this.#deliverToDesks()
  }

  #personId(): number {
    return this.#tables.person()?.id ?? 0
  }

  #staff(): number[] {
    return this.#host.list('staff').map(({ connection }) => connection.id)
  }

  #onReturned(returned: QueueReturn): void {
    this.#chat.showReturn(returned)
    this.#reportSummary()
  }

  async returns(limit: number): Promise<readonly QueueReturn[]> {
    return this.#holder.list(limit)
  }

  #reportSummary(): void {
    this.#holder.schedule()
    this.#tables.enqueueForDesks(desksOf(this.#personId()), null)
    this.#deliverToDesks()
  }

  /** Starts the delivery; no caller waits for it. If it fails, or this object ends, the alarm repeats it. */
  #deliverToDesks(): void {
    this.ctx.waitUntil(this.#alarm.setWithin(DELIVERY_ALARM_MS))
    for (const desk of desksOf(this.#personId())) this.ctx.waitUntil(this.#reporter.report(desk))
  }
}
