import { DurableObject } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import {
  ackFrame,
  type ClientFrame,
  deskEventFrame,
  deskMessageFrame,
  errorFrame,
  parseFrame,
  presenceFrame,
  roomFrame,
  SLOW_DOWN,
} from '../dialects/recovery/frames.ts'
import { systemContext } from '../domain/access.ts'
import { newTokenId } from '../domain/object-id.ts'
import { type AccessLoss, accessRightsOf, isExpired, revokedSince } from '../domain/support/access-rights.ts'
import { sendFromDesk } from '../domain/support/send-from-desk.ts'
import type { Env } from '../env.ts'
import type { DeskEvent } from '../model/alarm.ts'
import type { AlarmSummary, InboxCursor, InboxPage, NewMessage, PersonRef, RoomEvent, RoomReport } from '../model/support.ts'
import { type ConnectionState, Connections, connectionFrom } from './connections.ts'
import { DeskTables, type StoredEvent } from './desk-tables.ts'
import { MicroBatch } from './micro-batch.ts'
import { TokenBuckets } from './token-buckets.ts'
import { withTimeout } from './with-timeout.ts'

/** What the desk uses besides its tables and sockets. A field and not a method, because methods are callable through RPC. */
interface Dependencies {
  readonly now: () => number
  readonly findAccessLoss: (connections: readonly ConnectionState[]) => Promise<(AccessLoss | null)[]>
  readonly revokedSince: (since: number | null) => Promise<{ readonly accounts: readonly number[]; readonly upTo: number }>
  readonly recheckRoom: (accountId: number) => Promise<void>
  /** Null if there is no account with this id. */
  readonly storeMessage: (userId: number, message: NewMessage) => Promise<{ readonly id: number } | 'slow-down' | null>
}

const ACCESS_CACHE_MS = 5000
const ACCESS_TIMEOUT_MS = 1500
const REVOCATION_TIMEOUT_MS = 10_000
/**
 * While there are connections here or in a room, the desk asks the database this often who lost a credential. It finds the
 * revocations that the Worker could not push, because an operator's command made them or because the push was lost. It is
 * one small query for all rooms together, so that the rooms can stay in hibernation.
 */
const REVOCATION_CHECK_MS = 5000
const EVENT_RETENTION_MS = 30 * 24 * 60 * 60_000

/**
 * Where staff watch all rooms. Everything that a caller reports is on disk before the call returns, and is then sent to all
 * staff who are connected; without connections, nothing is lost. The desk gets its events from the rooms, and never delays
 * the messages in them.
 */
export class SupportDesk extends DurableObject<Env> {
  dependencies: Dependencies
  readonly #connections: Connections
  readonly #buckets: TokenBuckets
  readonly #tables: DeskTables
  /** The frames of one socket are handled in order. A slow room delays only the socket that sends to it. */
  readonly #queues = new WeakMap<WebSocket, Promise<unknown>>()
  /** Reports that many rooms send at the same time are handled one by one, and stored with one write. */
  readonly #reports = new MicroBatch<RoomReport>({
    now: () => this.dependencies.now(),
    handle: (report) => this.#storeReport(report),
  })
  #accessCheckedAt = 0

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const context = systemContext(createContext(env, state))
    this.dependencies = {
      now: context.now,
      findAccessLoss: (connections) => accessRightsOf(context, connections),
      revokedSince: (since) => revokedSince(context, since),
      recheckRoom: (accountId) => context.support.room(accountId).recheck(),
      storeMessage: (userId, message) => sendFromDesk(context, userId, message),
    }
    this.#connections = new Connections(state)
    this.#buckets = new TokenBuckets(context.settings.chat)
    this.#tables = new DeskTables(state.storage.sql)
  }

  override async fetch(request: Request): Promise<Response> {
    const { connection } = connectionFrom(request)
    const { response, socket } = this.#connections.accept(connection, 'staff')
    if (connection.since !== null) this.ctx.waitUntil(this.#catchUp(socket, connection.since))
    await this.#ensureAlarm()
    this.ctx.waitUntil(this.#recheckConnections())
    return response
  }

  async announce(key: string, event: DeskEvent): Promise<void> {
    const events = this.ctx.storage.transactionSync(() => {
      const stored = this.#tables.addEvent(key, event.accountId, deskEventFrame(event), this.dependencies.now())
      if (!stored) return []
      if (event.type !== 'alarm') return [stored]
      this.#tables.setAlarm(event, this.dependencies.now())
      return [stored, this.#updateSummary(event.accountId)]
    })
    for (const stored of events) this.#publish(stored)
  }

  /** Stores each event of a report once, even if it arrives twice; and the room summary, unless a newer one is stored. */
  async report(report: RoomReport): Promise<void> {
    await this.#reports.add(report)
    await this.#ensureAlarm()
  }

  #storeReport(report: RoomReport): void {
    const { person, events } = report
    const added = this.ctx.storage.transactionSync(() => {
      const stored: [StoredEvent | null, string][] = events.map(({ key, from, event }) => [
        this.#tables.addEvent(key, person.id, eventFrame(person, event), this.dependencies.now()),
        from,
      ])
      if (this.#tables.setSummary(report)) stored.push([this.#updateSummary(person.id), ''])
      return stored
    })
    for (const [stored, from] of added) this.#publish(stored, from)
  }

  async inbox(from: InboxCursor | null, limit: number): Promise<InboxPage> {
    return this.#tables.inbox(from, limit)
  }

  async alarms(limit: number): Promise<readonly AlarmSummary[]> {
    return this.#tables.alarms(limit)
  }

  async forget(accountId: number): Promise<number> {
    return this.ctx.storage.transactionSync(() => this.#tables.deletePerson(accountId))
  }

  /** Closes connections that have lost access: here, and in the rooms in which one of these accounts is connected. */
  async recheck(accounts: readonly number[]): Promise<void> {
    if (this.#connections.list().some(({ connection }) => accounts.includes(connection.id))) await this.#recheckConnections()
    await Promise.all(this.#tables.occupiedRoomsOf(accounts).map((accountId) => this.dependencies.recheckRoom(accountId)))
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const handled = (this.#queues.get(socket) ?? Promise.resolve()).then(() => this.#handle(socket, data))
    this.#queues.set(
      socket,
      handled.catch(() => undefined),
    )
    return handled
  }

  async #handle(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const connection = this.#connections.get(socket)
    if (!connection) return
    const now = this.dependencies.now()
    if (isExpired(connection, now)) return this.#connections.close(socket, 'revoked')
    const result = this.#buckets.consume(connection.id, now)
    if (result === 'flood') return this.#connections.close(socket, 'flood')
    if (result === 'slow-down') return this.#connections.send(socket, SLOW_DOWN)
    if (now - this.#accessCheckedAt >= ACCESS_CACHE_MS) await this.#recheckConnections()
    if (!this.#connections.get(socket)) return

    const error = await this.#handleFrame(socket, connection, parseFrame(data))
    if (error && connection.supportsV1) this.#connections.send(socket, errorFrame(error))
  }

  /** Returns the error text for the client; null if there is no error. */
  async #handleFrame(socket: WebSocket, connection: ConnectionState, frame: ClientFrame): Promise<string | null> {
    if (frame.type === 'invalid') return frame.detail
    if (frame.type === 'resume') {
      this.#connections.enableV1Frames(socket, connection)
      this.ctx.waitUntil(this.#catchUp(socket, frame.since))
      return null
    }
    if (frame.type !== 'message') return 'Frames of this type are accepted in a room only.'
    if (frame.userId === null) return 'user_id: A valid integer is required.'
    if (frame.clientId !== null) this.#connections.enableV1Frames(socket, connection)
    const result = await this.dependencies
      .storeMessage(frame.userId, {
        sender: { id: connection.id, username: connection.username },
        fromAdmin: true,
        message: frame.message,
        // The call to the room is repeated if its response is lost. The room recognises the message by this id.
        clientId: frame.clientId ?? `desk.${newTokenId()}`,
        connectionId: connection.connectionId,
      })
      .catch(() => 'failed' as const)
    if (result === null) return 'User not found.'
    if (result === 'failed') return 'The message could not be delivered. Send it again.'
    if (result === 'slow-down') this.#connections.send(socket, SLOW_DOWN)
    else if (frame.clientId !== null) this.#connections.send(socket, ackFrame(result.id, frame.clientId))
    return null
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    this.#connections.handleClose(socket, code)
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#connections.handleClose(socket, 1011)
  }

  /** Checks the connections here and in the rooms. Without any connection, it sets no further alarm. */
  override async alarm(): Promise<void> {
    const now = this.dependencies.now()
    for (const { socket, connection } of this.#connections.list())
      if (isExpired(connection, now)) this.#connections.close(socket, 'revoked')
    try {
      const { accounts, upTo } = await withTimeout(this.dependencies.revokedSince(this.#tables.getValue('closings')), REVOCATION_TIMEOUT_MS)
      if (accounts.length > 0) await this.recheck(accounts)
      // Stored last: if a recheck fails, the next alarm reads the same revocations again.
      this.#tables.setValue('closings', upTo)
    } catch {
      console.error(JSON.stringify({ fault: 'revocation check of the support desk failed' }))
    }
    this.#tables.prune(now - EVENT_RETENTION_MS)
    if (this.#hasConnections()) await this.ctx.storage.setAlarm(Date.now() + REVOCATION_CHECK_MS)
    else this.#tables.setValue('closings', null)
  }

  /** Whether there is a connection here or in any room. */
  #hasConnections(): boolean {
    return this.#connections.list().length > 0 || this.#tables.hasOccupiedRoom()
  }

  async #ensureAlarm(): Promise<void> {
    if (this.#hasConnections() && (await this.ctx.storage.getAlarm()) === null)
      await this.ctx.storage.setAlarm(Date.now() + REVOCATION_CHECK_MS)
  }

  async #recheckConnections(): Promise<void> {
    const open = this.#connections.list()
    if (open.length === 0) return
    this.#accessCheckedAt = this.dependencies.now()
    try {
      const connections = open.map(({ connection }) => connection)
      const losses = await withTimeout(this.dependencies.findAccessLoss(connections), ACCESS_TIMEOUT_MS)
      for (const [index, { socket }] of open.entries()) {
        const loss = losses[index]
        if (loss && this.#connections.get(socket)) this.#connections.close(socket, loss)
      }
    } catch {
      console.error(JSON.stringify({ fault: 'access check of the support desk failed' }))
    }
  }

  #updateSummary(userId: number): StoredEvent | null {
    const room = this.#tables.updatePosition(userId)
    return room && this.#tables.addSummary(room, roomFrame(room))
  }

  #publish(stored: StoredEvent | null, from = ''): void {
    if (!stored) return
    const frame = frameOf(stored)
    this.#connections.broadcast((connection) =>
      (from !== '' && connection.connectionId === from) || !isFor(connection, stored) ? null : frame,
    )
  }

  #catchUp(socket: WebSocket, since: number): Promise<void> {
    return this.#connections.catchUp(socket, since, (after, limit) =>
      this.#tables.eventsAfter(after, limit).map((stored) => {
        const connection = this.#connections.get(socket)
        return { id: stored.id, frame: connection && isFor(connection, stored) ? frameOf(stored) : null }
      }),
    )
  }
}

/** Old clients do not support the inbox. */
const isFor = (connection: ConnectionState, { event }: StoredEvent): boolean => event.event !== 'room' || connection.getsV1Frames

const frameOf = ({ id, event }: StoredEvent): object => ({ ...event, event_id: id })

const eventFrame = ({ id, username }: PersonRef, event: RoomEvent) =>
  event.type === 'message' ? deskMessageFrame(id, username, event.message) : presenceFrame(id, username, event.type === 'connected')
