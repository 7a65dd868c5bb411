import { eq } from 'drizzle-orm'
import type { NewCredential } from '../../../src/model/credential.ts'
import { TimedOut, withTimeout } from '../../../src/model/timeout.ts'
import { withRetries } from '../../../src/rpc/with-retries.ts'
import { insertBlock } from '../../../src/store/blocks.ts'
import { CallerCheckError, createCallerCheck } from '../../../src/store/caller-check.ts'
import { deleteCredential, insertCredential } from '../../../src/store/credentials.ts'
import { findUnreadMessagesOf, insertMessage } from '../../../src/store/direct-messages.ts'
import { findFriendships } from '../../../src/store/friends.ts'
import { createStore, type Store } from '../../../src/store/store.ts'
import { accounts } from '../../../src/store/tables/accounts.ts'
import { enterWorld } from '../platform/globals.ts'
import { type CallFate, type NetworkFaults, namespaceOf, type Place, WorkerRequest } from '../platform/network.ts'
import { ObjectHost, type PlatformFaults } from '../platform/object-host.ts'
import { Random } from '../platform/random.ts'
import { Scheduler } from '../platform/scheduler.ts'
import { CLIENT_REGIONS, type DatabaseRegion, type Region, roundTrip } from './distances.ts'
import { type Gate, type GateAnswer, ReadGate } from './gate.ts'
import { History, type ReadKind } from './history.ts'
import { ReplicatedDatabase, type Session } from './replicated-database.ts'
import type { Rules } from './rules.ts'

/** People on several continents, with the real statements of src/store on a database with replicas. */

const FRIENDS = 6
const MINUTE = 60_000
const DAY = '2030-01-01'
/** Their plan has no limit of messages: people here write all the time. */
const MESSAGE_RULE = { limits: { basic: 1 }, rate: { max: 1_000_000, withinMs: MINUTE } }
const ALL = { after: null, limit: 1000 }

/** A gate that does not answer by then counts as one without a bookmark. */
const GATE_PATIENCE_MS = 250
/** A replica that has not got the bookmark by then is given up: the primary answers. */
const REPLICA_PATIENCE_MS = 400
const WRITE_PATIENCE_MS = 2000

export interface Options {
  readonly rules: Rules
  readonly primary: DatabaseRegion
  /** Whether gates are killed and lost, calls fail, isolates stop, and replicas are paused. */
  readonly hasFaults: boolean
  /** The time between two requests of all people together, and the share that is sent from where they live. */
  readonly paceMs: number
  readonly atHome: number
  readonly people: number
}

interface Person {
  readonly id: number
  readonly home: Region
  readonly credentials: string[]
  readonly friends: readonly number[]
}

/** A request that was not answered with a result. */
class Unanswered extends Error {}

/** A double of the platform, as the type that the code under test expects. */
const standIn = <T>(double: object): T => Reflect.get({ double }, String('double'))

export class ReplicaWorld implements PlatformFaults, NetworkFaults {
  readonly scheduler = new Scheduler()
  readonly history = new History()
  readonly faults: PlatformFaults = this
  readonly network: NetworkFaults = this
  /** How long reads took, by region. */
  readonly durations = new Map<Region, number[]>(CLIENT_REGIONS.map((region) => [region, []]))
  unanswered = 0
  /** Reads that a copy has answered, and not the primary. */
  fromReplicas = 0
  answered = 0
  readonly #random: Random
  readonly #database: ReplicatedDatabase
  readonly #options: Options
  readonly #people: readonly Person[]
  readonly #hosts = new Map<string, ObjectHost>()
  readonly #regions = new WeakMap<object, Region>()
  /** Whom the write of a request concerns. */
  readonly #concerned = new WeakMap<object, readonly number[]>()
  readonly #gates: { getByName(name: string): Gate & { lose(): Promise<void> } }
  /** Regions whose gates cannot be reached from another one until then: `<from> <to>`. */
  readonly #unreachable = new Map<string, number>()
  /** The gates of writes that are under way. */
  readonly #writing: ObjectHost[] = []
  #credentials = 0

  constructor(seed: number, options: Options) {
    this.#random = new Random(seed)
    this.#options = options
    enterWorld({
      scheduler: this.scheduler,
      random: this.#random,
      ids: new Random(~seed),
      fetch: () => Promise.reject(new Error('nothing is fetched here')),
    })
    this.#database = new ReplicatedDatabase(this.scheduler, this.#random, options.primary)
    this.#database.onWrite = (version, writer) => this.#noteStates(version, writer ? (this.#concerned.get(writer) ?? []) : [])
    this.#gates = standIn(namespaceOf(this, (name) => this.#gateHost(name)))
    this.#database.fill(
      `INSERT INTO subscription_plans (id, plan_type, start_date, end_date, created_at, updated_at) VALUES (1, 'platinum', '', '9999', 0, 0)`,
    )
    this.#people = Array.from({ length: options.people }, (_, index) => this.#register(index + 1))
    this.#befriend()
    for (const { id } of this.#people) this.#noteStates(0, [id])
  }

  #register(id: number): Person {
    this.#database.fill(
      `INSERT INTO accounts (id, object_id, username, username_key, password, subscription_plan_id, created_at, updated_at) VALUES (?1, ?2, ?3, ?3, '', 1, 0, 0)`,
      id,
      String(id).padStart(24, '0'),
      `person${id}`,
    )
    const credentials = [this.#newCredentialId(), this.#newCredentialId()]
    for (const credential of credentials) {
      this.#database.fill(
        `INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day) VALUES (?, ?, 'token', 0, 9e15, ?)`,
        credential,
        id,
        DAY,
      )
    }
    const friends = Array.from({ length: FRIENDS }, (_, step) => ((id + step) % this.#options.people) + 1)
    return { id, home: this.#random.pick(CLIENT_REGIONS), credentials, friends }
  }

  #befriend(): void {
    for (const { id, friends } of this.#people) {
      for (const friend of friends) {
        this.#database.fill(
          `INSERT INTO friend_records (id, sender_id, receiver_id, status, created_at, updated_at) VALUES (?, ?, ?, 'accepted', 0, 0)`,
          String(id * 1000 + friend).padStart(24, '0'),
          id,
          friend,
        )
      }
    }
  }

  #newCredentialId(): string {
    return String(++this.#credentials).padStart(32, '0')
  }

  // ---------- The platform

  log(): void {}

  #gateHost(name: string): ObjectHost {
    const host = this.#hosts.get(name) ?? new ObjectHost(this, name, (context) => new ReadGate(standIn(context), null))
    this.#hosts.set(name, host)
    return host
  }

  latency(from: Place = null, to: Place = null): number {
    const regions = [from, to].map((place) => place && this.#regions.get(place))
    const [first, second] = [regions[0] ?? regions[1], regions[1] ?? regions[0]]
    return (first && second ? roundTrip(first, second) / 2 : 4) * this.#random.between(1, 1.2)
  }

  fateOf(): CallFate {
    if (!this.#options.hasFaults) return 'arrives'
    if (this.#random.chance(0.01)) return 'request-lost'
    if (this.#random.chance(0.01)) return 'response-lost'
    return this.#random.chance(0.01) ? 'arrives-twice' : 'arrives'
  }

  repeatLatency(): number {
    return this.#random.between(0, 5000)
  }

  timeUntilError(): number {
    return this.#random.between(10, 500)
  }

  timeUntilStop(): number | null {
    return this.#options.hasFaults && this.#random.chance(0.02) ? this.#random.between(0, 800) : null
  }

  writeTime(): number {
    return this.#random.between(2, 10)
  }

  diesBeforeWrite(): boolean {
    return this.#options.hasFaults && this.#random.chance(0.002)
  }

  timeUntilDeath(): number {
    return this.#random.between(0, 500)
  }

  alarmDelay(): number {
    return 0
  }

  repeatsAlarm(): boolean {
    return false
  }

  timeUntilLossIsNoticed(): number {
    return 0
  }

  clockOffset(): number {
    return 0
  }

  // ---------- The single copy

  #noteStates(version: number, concerned: readonly number[]): void {
    for (const account of concerned) {
      const { local } = this.#database.primary
      const messages = local.execute('SELECT id FROM direct_messages WHERE receiver_id = ? AND is_read = 0 ORDER BY id', account).results
      this.history.noteState(account, 'messages', version, messages.map(({ id }) => id).join())
      const friends = local.execute('SELECT id FROM friend_records WHERE ?1 IN (sender_id, receiver_id) ORDER BY id', account).results
      this.history.noteState(account, 'friends', version, friends.map(({ id }) => Number(id)).join())
    }
  }

  // ---------- Requests

  #request<T>(region: Region, work: (request: WorkerRequest) => Promise<T>): Promise<T> {
    const request = new WorkerRequest(this)
    this.#regions.set(request, region)
    return request.run(() => work(request))
  }

  /** The gate is created near the person who calls first. */
  #gateOf({ id, home }: Person): { readonly gate: Gate; readonly host: ObjectHost } {
    const host = this.#gateHost(String(id))
    if (!this.#regions.has(host)) this.#regions.set(host, home)
    return { gate: this.#gates.getByName(String(id)), host }
  }

  async #reach<T>({ host }: { readonly host: ObjectHost }, ms: number, call: () => Promise<T>): Promise<T | null> {
    const { current } = this.scheduler
    const until = this.#unreachable.get(`${current && this.#regions.get(current)} ${this.#regions.get(host)}`) ?? 0
    if (until > this.scheduler.now) {
      await this.sleep(ms)
      return null
    }
    try {
      return await withTimeout(withRetries(call), ms)
    } catch {
      return null
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, ms)
    })
  }

  /** False if the gate could not be reached. A gate that was not asked before cannot learn anything from nothing. */
  async #leave(person: Person, asked: GateAnswer | null, bookmark: string, isWrite: boolean): Promise<boolean> {
    const { rules } = this.#options
    const mustLeave = isWrite ? rules.writesWaitForGates : rules.readsWaitForGate
    const gate = this.#gateOf(person)
    const epoch = rules.checksEpoch ? (asked?.epoch ?? '') : null
    const left = await this.#reach(gate, mustLeave ? WRITE_PATIENCE_MS : GATE_PATIENCE_MS, async () => {
      await gate.gate.leave(epoch ?? (await gate.gate.open()).epoch, bookmark, isWrite)
      return true
    })
    return left === true
  }

  #checkedStore(session: Session, { id }: Person, credential: string): { readonly store: Store; pass(): Promise<unknown> } {
    return createCallerCheck(createStore(standIn(session)), {
      accountId: id,
      credentialId: credential,
      flags: null,
      isPasskeyRequired: false,
      quota: null,
      day: DAY,
    })
  }

  async #show(session: Session, person: Person, credential: string, kind: ReadKind): Promise<string> {
    const { store } = this.#checkedStore(session, person, credential)
    if (kind === 'friends') {
      const friendships = await findFriendships(store, person.id, { after: '', limit: 1000 }, ['accepted'])
      return friendships
        .map(({ id }) => Number(id))
        .sort((a, b) => a - b)
        .join()
    }
    const unread = await findUnreadMessagesOf(store, person.id, ALL)
    return (unread?.messages ?? [])
      .map(({ id }) => id)
      .reverse()
      .join()
  }

  async read(person: Person, credential: string, kind: ReadKind, region: Region): Promise<void> {
    const sentAt = this.scheduler.now
    const { rules } = this.#options
    try {
      const shown = await this.#request(region, async () => {
        const gate = this.#gateOf(person)
        const asked = rules.usesReplicas ? await this.#reach(gate, GATE_PATIENCE_MS, () => gate.gate.open()) : null
        const start = asked?.bookmark && !asked.isRecent ? asked.bookmark : 'first-primary'
        let session = this.#database.at(region).withSession(start)
        let isFromReplica = start !== 'first-primary'
        const reading = this.#show(session, person, credential, kind)
        const result = await (start === 'first-primary' ? reading : withTimeout(reading, REPLICA_PATIENCE_MS)).catch((error) => {
          if (!(error instanceof TimedOut)) throw error
          isFromReplica = false
          session = this.#database.at(region).withSession('first-primary')
          return this.#show(session, person, credential, kind)
        })
        const bookmark = session.getBookmark() ?? ''
        if (rules.usesReplicas && rules.leavesReads && bookmark !== asked?.bookmark) {
          const isLeft = await this.#leave(person, asked, bookmark, false)
          if (!isLeft && rules.readsWaitForGate) throw new Unanswered()
        }
        if (isFromReplica) this.fromReplicas++
        return result
      })
      this.#noteLetIn(credential, sentAt, true)
      this.answered++
      this.durations.get(region)?.push(this.scheduler.now - sentAt)
      this.#note(this.history.checkRead({ account: person.id, kind, sentAt, shown, region }, this.scheduler.now))
    } catch (error) {
      this.#noteFailure(error, credential, sentAt)
    }
  }

  /** `others`: who else is concerned. Returns the version if the write was answered as done. */
  async write(
    person: Person,
    others: readonly Person[],
    credential: string | null,
    region: Region,
    work: (store: Store) => Promise<unknown>,
  ): Promise<boolean> {
    const sentAt = this.scheduler.now
    const { rules } = this.#options
    const concerned = [person, ...others]
    const gated = rules.leavesAtBothGates ? concerned : [person]
    const hosts = gated.map((one) => this.#gateOf(one).host)
    this.#writing.push(...hosts)
    try {
      const version = await this.#request(region, async (request) => {
        this.#concerned.set(
          request,
          concerned.map(({ id }) => id),
        )
        // Before the write: a gate that cannot be reached is noticed while nothing is written yet, and its epoch is known.
        const asked = rules.usesReplicas
          ? await Promise.all(
              gated.map((one) =>
                this.#reach(this.#gateOf(one), rules.writesWaitForGates ? WRITE_PATIENCE_MS : GATE_PATIENCE_MS, () =>
                  this.#gateOf(one).gate.open(),
                ),
              ),
            )
          : []
        if (rules.writesWaitForGates && asked.includes(null)) throw new Unanswered()
        const session = this.#database.at(region).withSession('first-primary')
        await work(credential === null ? createStore(standIn(session)) : this.#checkedStore(session, person, credential).store)
        const bookmark = session.getBookmark() ?? ''
        if (rules.usesReplicas) {
          const left = await Promise.all(gated.map((one, index) => this.#leave(one, asked[index] ?? null, bookmark, true)))
          if (rules.writesWaitForGates && left.includes(false)) throw new Unanswered()
        }
        return Number(bookmark)
      })
      if (credential !== null) this.#noteLetIn(credential, sentAt, true)
      this.answered++
      this.history.noteAnswered(
        concerned.map(({ id }) => id),
        version,
        this.scheduler.now,
      )
      return true
    } catch (error) {
      this.#noteFailure(error, credential, sentAt)
      return false
    } finally {
      for (const host of hosts) this.#writing.splice(this.#writing.indexOf(host), 1)
    }
  }

  #noteFailure(error: unknown, credential: string | null, sentAt: number): void {
    let cause = error
    while (cause instanceof Error && !(cause instanceof CallerCheckError)) cause = cause.cause
    if (cause instanceof CallerCheckError) {
      if (credential !== null) this.#noteLetIn(credential, sentAt, false)
    } else this.unanswered++
  }

  #noteLetIn(credential: string, sentAt: number, isLetIn: boolean): void {
    this.#note(this.history.checkLetIn(credential, sentAt, isLetIn))
  }

  #note(violation: string | null): void {
    if (violation !== null) this.scheduler.fail(violation)
  }

  // ---------- What people do

  #act(): void {
    const random = this.#random
    // Some people are in the middle of everything.
    const anybody = (): Person | null => random.oneOf(random.chance(0.3) ? this.#people.slice(0, 5) : this.#people)
    const [person, other] = [anybody(), anybody()]
    if (!person || !other || person === other) return
    const region = random.chance(this.#options.atHome) ? person.home : random.pick(CLIENT_REGIONS)
    const credential = random.oneOf(person.credentials) ?? ''
    const now = this.scheduler.now
    const what = random.next()
    // What was written is read from other continents, whether it was answered or not.
    const readBack = (): void => {
      if (!this.#options.hasFaults) return
      for (const reader of [person, other, other]) {
        this.scheduler.after(random.between(0, 3000), () => {
          void this.read(reader, random.oneOf(reader.credentials) ?? '', random.pick(['messages', 'friends']), random.pick(CLIENT_REGIONS))
        })
      }
    }
    if (what < 0.1) {
      const message = { senderId: person.id, receiverId: other.id, content: 'hello', today: DAY, now: Math.floor(now) }
      const send = (): void =>
        void this.write(person, [other], credential, region, (store) => insertMessage(store, message, MESSAGE_RULE)).then(readBack)
      send()
      if (random.chance(0.05)) send()
    } else if (what < 0.102) {
      void this.write(person, [other], credential, region, (store) => insertBlock(store, person.id, other.id, Math.floor(now))).then(
        readBack,
      )
    } else if (what < 0.115) this.#revoke(person, region)
    else if (what < 0.13) this.#logIn(person, region)
    else void this.read(person, credential, random.pick(['messages', 'friends']), region)
  }

  /** Ends one credential with another one. Its device is not notified, and continues. */
  #revoke(person: Person, region: Region): void {
    const alive = person.credentials.filter((credential) => !this.history.isRevokedBefore(credential, Number.POSITIVE_INFINITY))
    const [by, ended] = [alive[0], alive[1]]
    if (!by || !ended) return
    void this.write(person, [], by, region, (store) => deleteCredential(store, person.id, ended)).then((isDone) => {
      if (isDone) this.history.noteRevoked(ended, this.scheduler.now)
    })
  }

  #logIn(person: Person, region: Region): void {
    const credential: NewCredential = { id: this.#newCredentialId(), kind: 'token', createdAt: 0, expiresAt: 9e15, day: DAY, userAgent: '' }
    void this.write(person, [], null, region, (store) => insertCredential(store.orm, credential, eq(accounts.id, person.id))).then(
      (isDone) => {
        if (isDone) person.credentials.push(credential.id)
        // A device is thrown away some time.
        if (person.credentials.length > 6) person.credentials.shift()
      },
    )
  }

  #disturb(): void {
    const random = this.#random
    const host = (random.chance(0.8) ? random.oneOf(this.#writing) : null) ?? random.oneOf([...this.#hosts.values()])
    const what = random.next()
    if (!host) return
    if (what < 0.35) host.crash('the gate is killed')
    else if (what < 0.6) host.hibernate()
    else if (what < 0.95)
      void this.#gates
        .getByName(host.name)
        .lose()
        .catch(() => undefined)
    else if (what < 0.997) {
      const between = `${random.pick(CLIENT_REGIONS)} ${random.pick(CLIENT_REGIONS)}`
      this.#unreachable.set(between, this.scheduler.now + random.between(0, 20_000))
    } else random.oneOf([...this.#database.replicas.values()])?.pause(MINUTE)
  }

  /** Runs until so many reads were answered. */
  async live(reads: number): Promise<void> {
    const repeat = (meanMs: number, event: () => void): void => {
      this.scheduler.plain(-Math.log(1 - this.#random.next()) * meanMs, () => {
        event()
        repeat(meanMs, event)
      })
    }
    repeat(this.#options.paceMs, () => this.scheduler.after(0, () => this.#act()))
    if (this.#options.hasFaults) repeat(this.#options.paceMs * 10, () => this.scheduler.after(0, () => this.#disturb()))
    await this.scheduler.runUntil(Number.POSITIVE_INFINITY, () => this.history.reads >= reads)
  }

  close(): void {
    this.#database.close()
    for (const { storage } of this.#hosts.values()) storage.database.close()
  }
}
