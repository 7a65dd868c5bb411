import { DurableObject } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import {
  ackFrame,
  deskEventFrame,
  deskMessageFrame,
  errorFrame,
  frameErrorFrame,
  parseFrame,
  presenceFrame,
  roomFrame,
  SLOW_DOWN,
} from '../dialects/recovery/frames.ts'
import { systemContext } from '../domain/access.ts'
import { newTokenId } from '../domain/object-id.ts'
import { accessRightsOf, revokedSince } from '../domain/support/access-rights.ts'
import { numberedEvent, numberOf } from '../domain/support/numbers.ts'
import { pushToStaff } from '../domain/support/push.ts'
import { sendFromDesk } from '../domain/support/send-from-desk.ts'
import type { Env } from '../env.ts'
import type { DeskEvent } from '../model/alarm.ts'
import { pushMessageOf } from '../model/push.ts'
import { decideDeskFrame, getsDeskEvent, type Reply, replyFor } from '../model/room-machine.ts'
import {
  type AlarmSummary,
  type ConnectionState,
  connectionFrom,
  type InboxPage,
  type InboxQuery,
  type NewMessage,
  type PersonRef,
  type RoomEvent,
  type RoomReport,
  type StoreAnswer,
} from '../model/support.ts'
import { withTimeout } from '../model/timeout.ts'
import { type DeskPresence, isAlive } from '../model/waiting.ts'
import { DeskPushes, type PushDependencies } from './desk-pushes.ts'
import { DeskStaff } from './desk-staff.ts'
import { DeskTables, type StoredEvent } from './desk-tables.ts'
import { type AccessCheck, MicroBatch, SocketHost } from './socket-host.ts'

/** What the desk uses besides its tables and sockets. A field and not a method, because methods are callable through RPC. */
interface Dependencies extends AccessCheck, PushDependencies {
  readonly revokedSince: (since: number | null) => Promise<{ readonly accounts: readonly number[]; readonly upTo: number }>
  readonly recheckRoom: (accountId: number) => Promise<void>
  readonly notifyRoom: (accountId: number, presence: DeskPresence) => Promise<void>
  /** To the person with this number in the contract. Null if there is none. */
  readonly storeMessage: (number: number, message: NewMessage) => Promise<StoreAnswer | null>
}

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
  readonly #frameOf: (stored: StoredEvent) => object
  readonly #host: SocketHost
  readonly #tables: DeskTables
  readonly #pushes: DeskPushes
  readonly #staff: DeskStaff
  /** The frames of one socket are handled in order. A slow room delays only the socket that sends to it. */
  readonly #queues = new WeakMap<WebSocket, Promise<unknown>>()
  /** Reports that many rooms send at the same time are handled one by one, and stored with one write. */
  readonly #reports = new MicroBatch<RoomReport>({
    now: () => this.dependencies.now(),
    handle: (report) => this.#storeReport(report),
  })

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    const context = systemContext(createContext(env, state))
    this.dependencies = {
      now: context.now,
      findAccessLoss: (connections) => accessRightsOf(context, connections),
      revokedSince: (since) => revokedSince(context, since),
      recheckRoom: (accountId) => context.support.room(accountId).recheck(),
      notifyRoom: (accountId, presence) => context.support.room(accountId).setDesk(presence),
      storeMessage: (number, message) => sendFromDesk(context, numberOf(context, number), message),
      push: context.push && ((message, except) => pushToStaff(context, message, except)),
    }
    this.#frameOf = ({ id, event }) => ({ ...numberedEvent(context, event), event_id: id })
    this.#host = new SocketHost(state, {
      name: 'the support desk',
      limits: context.settings.chat,
      dependencies: () => this.dependencies,
    })
    this.#tables = new DeskTables(state.storage.sql)
    this.#pushes = new DeskPushes(state.storage.sql, () => this.dependencies)
    this.#staff = new DeskStaff({
      desk: state.id.toString(),
      tables: this.#tables,
      isConnected: () => this.#host.list().some(({ socket }) => isAlive(this.#lastPingAt(socket), this.dependencies.now())),
      notifyRoom: (accountId, presence) => this.dependencies.notifyRoom(accountId, presence),
    })
  }

  override async fetch(request: Request): Promise<Response> {
    const { connection } = connectionFrom(request)
    const { response, socket } = this.#host.accept(connection)
    if (connection.since !== null) this.ctx.waitUntil(this.#catchUp(socket, connection.since))
    await this.#ensureAlarm()
    this.ctx.waitUntil(this.#host.recheck())
    this.ctx.waitUntil(this.#staff.arrived())
    return response
  }

  async announce(key: string, event: DeskEvent): Promise<void> {
    const events = this.ctx.storage.transactionSync(() => {
      const stored = this.#tables.addEvent(key, event.accountId, deskEventFrame(event), this.dependencies.now())
      if (!stored) return []
      const message = pushMessageOf(event, key)
      if (message) this.#pushes.add(message)
      if (event.type !== 'alarm') return [stored]
      this.#tables.setAlarm(event, this.dependencies.now())
      return [stored, this.#updateSummary(event.accountId)]
    })
    for (const stored of events) this.#publish(stored)
    this.#push()
    await this.#ensureAlarm()
  }

  /** Not waited for: push services are slow. If this object stops meanwhile, its alarm repeats it. */
  #push(): void {
    this.ctx.waitUntil(this.#pushes.run().then(() => this.#ensureAlarm()))
  }

  /**
   * Stores each event of a report once, even if it arrives twice; and the room summary, unless a newer one is stored. The
   * response is the presence of staff at this desk.
   */
  async report(report: RoomReport): Promise<DeskPresence> {
    await this.#reports.add(report)
    await this.#ensureAlarm()
    return this.#staff.presence
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

  async inbox(query: InboxQuery): Promise<InboxPage> {
    return this.#tables.inbox(query)
  }

  async alarms(limit: number): Promise<readonly AlarmSummary[]> {
    return this.#tables.alarms(limit)
  }

  async deleteOldAlarms(before: number, limit: number): Promise<number> {
    return this.#tables.deleteOldAlarms(before, limit)
  }

  async forget(accountId: number): Promise<number> {
    return this.ctx.storage.transactionSync(() => this.#tables.deletePerson(accountId))
  }

  /** Closes connections that have lost access: here, and in the rooms in which one of these accounts is connected. */
  async recheck(accounts: readonly number[]): Promise<void> {
    if (this.#host.list().some(({ connection }) => accounts.includes(connection.id))) await this.#host.recheck()
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
    const connection = this.#host.admit(socket)
    if (!connection) return
    await this.#host.recheckIfDue()
    if (this.#host.get(socket)) await this.#handleFrame(socket, connection, data)
  }

  async #handleFrame(socket: WebSocket, connection: ConnectionState, data: string | ArrayBuffer): Promise<void> {
    const { action, isFromV1Client } = decideDeskFrame(connection, parseFrame(data), `desk.${newTokenId()}`)
    if (isFromV1Client) this.#host.enableV1Frames(socket, connection)
    if (action.type === 'catch-up') return this.ctx.waitUntil(this.#catchUp(socket, action.since))
    if (action.type !== 'store') return this.#reply(socket, action)
    const answer = await this.dependencies.storeMessage(action.userId, action.message).catch(() => 'failed' as const)
    this.#reply(socket, replyFor(connection, action.clientId, answer))
  }

  #reply(socket: WebSocket, reply: Reply): void {
    if (reply.type === 'acknowledge') this.#host.send(socket, ackFrame(reply.id, reply.clientId))
    else if (reply.type === 'slow-down') this.#host.send(socket, SLOW_DOWN)
    else if (reply.type === 'reject') this.#host.send(socket, errorFrame(reply.detail))
    else if (reply.type === 'fail') this.#host.send(socket, frameErrorFrame(reply.code))
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    this.#host.handleClose(socket, code)
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#host.handleClose(socket, 1011)
  }

  /** Checks the connections here and in the rooms. Without any connection, it sets no further alarm. */
  override async alarm(): Promise<void> {
    const now = this.dependencies.now()
    this.#host.closeExpired()
    try {
      const { accounts, upTo } = await withTimeout(this.dependencies.revokedSince(this.#tables.getValue('closings')), REVOCATION_TIMEOUT_MS)
      if (accounts.length > 0) await this.recheck(accounts)
      // Stored last: if a recheck fails, the next alarm reads the same revocations again.
      this.#tables.setValue('closings', upTo)
    } catch {
      console.error(JSON.stringify({ fault: 'revocation check of the support desk failed' }))
    }
    this.ctx.waitUntil(this.#staff.check())
    this.#tables.prune(now - EVENT_RETENTION_MS)
    this.#push()
    if (!this.#hasConnections()) this.#tables.setValue('closings', null)
    await this.#ensureAlarm()
  }

  /** The platform answers pings without waking the object, and stores the time of the last one. */
  #lastPingAt(socket: WebSocket): number | null {
    return this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? null
  }

  /** Whether there is a connection here or in any room. */
  #hasConnections(): boolean {
    return this.#host.list().length > 0 || this.#tables.hasOccupiedRoom()
  }

  async #ensureAlarm(): Promise<void> {
    const times = [this.#hasConnections() ? Date.now() + REVOCATION_CHECK_MS : null, this.#pushes.nextDue()]
    const next = Math.min(...times.filter((time) => time !== null))
    if (next === Number.POSITIVE_INFINITY) return
    const current = await this.ctx.storage.getAlarm()
    if (current === null || current > next) await this.ctx.storage.setAlarm(next)
  }

  #updateSummary(userId: number): StoredEvent | null {
    const room = this.#tables.updatePosition(userId)
    return room && this.#tables.addSummary(room, roomFrame(room))
  }

  #publish(stored: StoredEvent | null, from = ''): void {
    if (!stored) return
    const frame = this.#frameOf(stored)
    this.#host.broadcast((connection) => (getsDeskEvent(connection, stored.event.event, from) ? frame : null))
  }

  #catchUp(socket: WebSocket, since: number): Promise<void> {
    return this.#host.catchUp(socket, since, (after, limit) =>
      this.#tables.eventsAfter(after, limit).map((stored) => {
        const connection = this.#host.get(socket)
        return { id: stored.id, frame: connection && getsDeskEvent(connection, stored.event.event, '') ? this.#frameOf(stored) : null }
      }),
    )
  }
}

const eventFrame = ({ id, username }: PersonRef, event: RoomEvent) =>
  event.type === 'message' ? deskMessageFrame(id, username, event.message) : presenceFrame(id, username, event.type === 'connected')
