import { createContext } from '../../../src/compose.ts'
import { systemContext } from '../../../src/domain/access.ts'
import { rearmAlarms } from '../../../src/domain/alarms/rearm.ts'
import type { Context } from '../../../src/domain/context.ts'
import { AlarmDispatcher } from '../../../src/durable/alarm-dispatcher.ts'
import { SupportDesk } from '../../../src/durable/support-desk.ts'
import { SupportRoom } from '../../../src/durable/support-room.ts'
import type { Env } from '../../../src/env.ts'
import type { Connection, PersonRef } from '../../../src/model/support.ts'
import { createSockets } from '../../../src/rpc/sockets.ts'
import { SimulatedDatabase } from '../platform/database.ts'
import { enterWorld } from '../platform/globals.ts'
import { namespaceOf, WorkerRequest } from '../platform/network.ts'
import { ObjectHost } from '../platform/object-host.ts'
import { Random } from '../platform/random.ts'
import { Scheduler } from '../platform/scheduler.ts'
import { ClientSocket } from '../platform/sockets.ts'
import { AlarmClients, type HelpCall } from './alarm-clients.ts'
import { Claims } from './claims.ts'
import { Faults } from './faults.ts'
import { PROVIDER_SETTINGS, Providers } from './providers.ts'
import { DeskClient, type OwnMessage, RoomClient } from './room-client.ts'

/** A binding of which only a part is needed. */
const standIn = <T>(part: object): T => Object.assign(Object.create(null), part)

const SETTINGS = {
  ...PROVIDER_SETTINGS,
  JWT_SECRET: 'a JWT secret that only the simulation uses',
  // The people of the simulation write faster than people do.
  CHAT_BURST: '1000000',
  CHAT_PER_SECOND: '1000000',
  CHAT_HOLDER_MINUTES: '2',
  SUPPORT_REPLY_MINUTES: '1',
  // A whole alarm has to fit into the minutes of a world.
  ALARM_STEP_MINUTES: '1,3',
  ALARM_REMINDER_MINUTES: '600',
}

/** Those of the model are for one person's day. Here, a person has many alarms in some minutes. */
const NO_DAILY_LIMITS = { recipients: 1000, messages: 1_000_000 }

type ObjectClass = typeof SupportRoom | typeof SupportDesk | typeof AlarmDispatcher

/** In a world without faults, all clients in a room have a message after this time. */
const CALM_DELAY_MS = 1000

/** The log lines that are kept for the report of an error. */
const KEPT_LINES = 60

/**
 * A small world: some people in their rooms, staff at the desk, alarms, providers, a database, and the real objects of
 * src/durable between them. Everything in it follows from the seed.
 */
export class World {
  readonly random: Random
  readonly scheduler = new Scheduler()
  readonly faults: Faults
  readonly network: Faults
  readonly database: SimulatedDatabase
  readonly providers: Providers
  readonly people: readonly [PersonRef, ...PersonRef[]]
  readonly staff: readonly [PersonRef, ...PersonRef[]]
  readonly roomClients: readonly RoomClient[]
  readonly deskClients: readonly DeskClient[]
  readonly alarms: AlarmClients
  readonly claims: Claims
  readonly hosts = new Map<string, ObjectHost>()
  readonly lines: string[] = []
  /** How many messages were sent, and how many all-clears arrived. */
  messages = 0
  allClears = 0
  readonly #env: Env
  readonly #sentAt = new Map<string, number>()

  constructor(seed: number) {
    this.random = new Random(seed)
    this.faults = new Faults(this.random)
    this.network = this.faults
    this.providers = new Providers(this.scheduler, this.random, this.faults)
    const ids = new Random(~seed)
    enterWorld({ scheduler: this.scheduler, random: this.random, ids, fetch: (url, init) => this.providers.fetch(url, init) })
    this.database = new SimulatedDatabase(this.scheduler, this.faults.database())
    this.#env = standIn<Env>({
      ...SETTINGS,
      DB: this.database,
      SUPPORT_ROOM: this.#namespace('room', SupportRoom),
      SUPPORT_DESK: this.#namespace('desk', SupportDesk),
      ALARM_DISPATCHER: this.#namespace('alarms', AlarmDispatcher),
    })
    const [first, ...others] = Array.from({ length: this.random.integer(2, 5) }, (_, index) => this.#register(index + 1, 'person', 0))
    this.people = [first ?? this.#register(1, 'person', 0), ...others]
    this.staff = [this.#register(11, 'staff', 1), this.#register(12, 'staff', 1), this.#register(13, 'staff', 1)]
    this.roomClients = this.people.flatMap((person) => [
      ...Array.from(
        { length: this.random.integer(1, 2) },
        (_, device) => new RoomClient(this, person, person, `${person.username}-${device}`),
      ),
      ...(this.random.chance(0.6) ? [new RoomClient(this, this.random.pick(this.staff), person, `staff-with-${person.username}`)] : []),
    ])
    this.deskClients = this.staff
      .slice(0, this.random.integer(1, 2))
      .map((member) => new DeskClient(this, member, `desk-${member.username}`))
    this.alarms = new AlarmClients(this)
    this.claims = new Claims(this)
  }

  #register(id: number, kind: string, isStaff: number): PersonRef {
    const username = `${kind}${id}`
    this.database.local.execute(
      `INSERT INTO accounts (id, object_id, username, username_key, email, email_key, password, is_staff, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?3, ?4, ?4, '', ?5, 0, 0)`,
      id,
      String(id).padStart(24, '0'),
      username,
      `${username}@example.com`,
      isStaff,
    )
    this.database.local.execute(
      `INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day) VALUES (?, ?, 'token', 0, ?, '')`,
      this.credentialOf(id),
      id,
      Number.MAX_SAFE_INTEGER,
    )
    return { id, username }
  }

  credentialOf(accountId: number): string {
    return String(accountId).padStart(32, '0')
  }

  // ---------- Objects

  #namespace(kind: string, Class: ObjectClass): object {
    return namespaceOf(this, (name) => this.hostOf(`${kind} ${name}`, Class))
  }

  hostOf(name: string, Class: ObjectClass): ObjectHost {
    const host = this.hosts.get(name) ?? new ObjectHost(this, name, (context) => this.#create(Class, context))
    this.hosts.set(name, host)
    return host
  }

  #create(Class: ObjectClass, context: object): object {
    const object: object = Reflect.construct(Class, [context, this.#env])
    if (object instanceof AlarmDispatcher) object.dependencies = { ...object.dependencies, limits: NO_DAILY_LIMITS }
    return object
  }

  get room(): (person: Pick<PersonRef, 'id'>) => ObjectHost {
    return ({ id }) => this.hostOf(`room ${id}`, SupportRoom)
  }

  get desk(): ObjectHost {
    return this.hostOf('desk desk', SupportDesk)
  }

  dispatcher({ id }: Pick<PersonRef, 'id'>): ObjectHost {
    return this.hostOf(`alarms ${id}`, AlarmDispatcher)
  }

  // ---------- Requests

  /** Runs work as a request of the Worker does. */
  request<T>(work: (context: Context) => Promise<T>): Promise<T> {
    const waitUntil = (task: Promise<unknown>): void => void task.catch(() => undefined)
    return new WorkerRequest(this).run(() => work(createContext(this.#env, { waitUntil })))
  }

  async handshake(target: PersonRef | 'desk', connection: Connection): Promise<ClientSocket> {
    const response = await new WorkerRequest(this).run(() =>
      createSockets(this.#env, null).connect(
        new Request('https://concord.example/ws', { headers: { Upgrade: 'websocket' } }),
        target,
        connection,
      ),
    )
    const socket: unknown = response.webSocket
    if (!(socket instanceof ClientSocket)) throw new Error('the handshake has no socket')
    return socket
  }

  /** What the cron of every five minutes does for alarms. */
  async rearmAlarms(): Promise<void> {
    await this.request((context) => rearmAlarms(systemContext(context))).catch(() => undefined)
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.scheduler.after(ms, resolve)
    })
  }

  /** Frees the memory of its databases. */
  close(): void {
    for (const host of this.hosts.values()) host.storage.database.close()
    this.database.local.close()
  }

  // ---------- Checks at once

  fail(message: string): void {
    this.scheduler.fail(message)
  }

  log(event: string): void {
    this.lines.push(`${(this.scheduler.now / 1000).toFixed(3).padStart(9)} s  ${event}`)
    if (this.lines.length > KEPT_LINES) this.lines.shift()
  }

  // ---------- What people do

  say(client: RoomClient): void {
    const text = `message ${this.messages++}`
    this.#sentAt.set(text, client.isConnected ? this.scheduler.now : Number.POSITIVE_INFINITY)
    client.send(text)
  }

  /** Its delay counts no more. */
  noteLeft(text: string): void {
    this.#sentAt.set(text, Number.POSITIVE_INFINITY)
  }

  sayFromDesk(client: DeskClient): void {
    client.sendTo(this.random.pick(this.people), `message ${this.messages++}`)
  }

  checkDelay(client: RoomClient, text: string): void {
    const sentAt = this.#sentAt.get(text)
    if (!this.faults.isCalm || sentAt === undefined || sentAt < client.connectedAt) return
    const delay = this.scheduler.now - sentAt
    if (delay > CALM_DELAY_MS) this.fail(`${client.name} got a message after ${Math.round(delay)} ms, although nothing failed`)
  }

  /** An acknowledged message is in the room's storage. */
  checkStored(person: PersonRef, { clientId, id, text }: OwnMessage): void {
    const rows = this.room(person).storage.exec('SELECT id, message FROM messages WHERE client_id = ?', clientId).toArray()
    const [row] = rows
    if (rows.length !== 1 || row?.id !== id || row?.message !== text)
      this.fail(`message ${clientId} was acknowledged, and is not stored under this id`)
  }

  checkAlarmStored({ person, callId }: HelpCall, alarmId: string): void {
    const rows = this.dispatcher(person).storage.exec('SELECT id FROM alarms WHERE id = ?', alarmId).toArray()
    if (rows.length !== 1) this.fail(`the alarm of ${callId} was answered, and is not stored`)
  }
}
