import { AccountGate } from '../../../src/durable/account-gate.ts'
import { enterWorld } from '../platform/globals.ts'
import { type CallFate, type NetworkFaults, namespaceOf, type Place, WorkerRequest } from '../platform/network.ts'
import { ObjectHost } from '../platform/object-host.ts'
import type { PlatformFaults } from '../platform/object-instance.ts'
import { Random } from '../platform/random.ts'
import { Scheduler } from '../platform/scheduler.ts'
import { CLIENT_REGIONS, type DatabaseRegion, type Region, roundTrip } from './distances.ts'
import { History } from './history.ts'
import { createPeople, DAY, INSERT_CREDENTIAL, LISTS, newCredentialId, objectIdOf, type Person, type ReadKind } from './people.ts'
import { type Answer, RegionWorker, tokenOf } from './region-worker.ts'
import { ReplicatedDatabase } from './replicated-database.ts'

/** The Worker in eight regions, the gates of its accounts, and its database with replicas. */

const MINUTE = 60_000

export interface Options {
  /** Whether reads may go to replicas: the setting READ_REPLICAS. */
  readonly hasReplicas: boolean
  readonly primary: DatabaseRegion
  /** Whether gates are killed and lost, calls fail, isolates stop, and replicas are paused. */
  readonly hasFaults: boolean
  /** The time between two requests of all people together, and the share that is sent from where they live. */
  readonly paceMs: number
  readonly atHome: number
  readonly people: number
}

/** What happens when a call from a region to a gate in another one does not get through. */
const CALL_GIVEN_UP_MS = 20_000

const pairOf = (one: number, other: number): string => [one, other].sort().join()
const keyOfName = (id: number): string => `the name of ${id}`

interface Sent {
  readonly person: Person
  readonly credential: string
  readonly region: Region
}

export class ReplicaWorld implements PlatformFaults, NetworkFaults {
  readonly scheduler = new Scheduler()
  readonly history = new History()
  readonly faults: PlatformFaults = this
  readonly network: NetworkFaults = this
  readonly random: Random
  readonly options: Options
  readonly people: readonly Person[]
  /** How long reads took, by region. */
  readonly durations = new Map<Region, number[]>(CLIENT_REGIONS.map((region) => [region, []]))
  answered = 0
  unanswered = 0
  readonly #database: ReplicatedDatabase
  readonly #workers: ReadonlyMap<Region, RegionWorker>
  readonly #hosts = new Map<string, ObjectHost>()
  readonly #regions = new WeakMap<object, Region>()
  /** Whom the write of a request concerns, and the version of its last write. */
  readonly #concerned = new WeakMap<object, readonly number[]>()
  readonly #written = new WeakMap<object, number>()
  /** The version that has first contained a block between two people. No block is removed here. */
  readonly #blockedSince = new Map<string, number>()
  /** Regions whose gates cannot be reached from another one until then: `<from> <to>`. */
  readonly #unreachable = new Map<string, number>()
  /** The gates of writes that are under way. */
  readonly #writing: ObjectHost[] = []

  constructor(seed: number, options: Options) {
    this.random = new Random(seed)
    this.options = options
    enterWorld({
      scheduler: this.scheduler,
      random: this.random,
      ids: new Random(~seed),
      fetch: () => Promise.reject(new Error('nothing is fetched here')),
    })
    this.#database = new ReplicatedDatabase(this.scheduler, this.random, options.primary)
    this.#database.onWrite = (version, writer) => {
      if (!writer) return
      this.#written.set(writer, version)
      this.#noteStates(version, this.#concerned.get(writer) ?? [])
    }
    const gates = namespaceOf(this, (name) => this.#hostOf(name))
    this.#workers = new Map(
      CLIENT_REGIONS.map((region) => [
        region,
        new RegionWorker(region, this.#database, this.#gatesFrom(region, gates), options.hasReplicas),
      ]),
    )
    this.people = createPeople(this.#database, this.random, options.people)
    for (const { id } of this.people) this.#noteStates(0, [id])
  }

  /** Reads that a copy has answered, and not the primary. */
  get fromReplicas(): number {
    return this.#database.fromReplicas
  }

  // ---------- The gates

  #hostOf(name: string): ObjectHost {
    const known = this.#hosts.get(name)
    if (known) return known
    const host = new ObjectHost(this, name, (context) => Reflect.construct(AccountGate, [context, null]))
    this.#hosts.set(name, host)
    // The log-in creates it, near its owner.
    this.#regions.set(host, this.people[Number(name) - 1]?.home ?? 'weur')
    return host
  }

  /** The gates as a region sees them. */
  #gatesFrom(region: Region, gates: object): object {
    const clientOf: (name: string) => object = Reflect.get(gates, 'getByName')
    return {
      getByName: (name: string) =>
        new Proxy(clientOf(name), {
          get: (client, method) => {
            const until = this.#unreachable.get(`${region} ${this.#regions.get(this.#hostOf(name))}`) ?? 0
            return until > this.scheduler.now ? () => this.#givenUp() : Reflect.get(client, method)
          },
        }),
    }
  }

  #givenUp(): Promise<never> {
    return new Promise((_resolve, reject) => {
      setTimeout(() => reject(new Error('Network connection lost.')), CALL_GIVEN_UP_MS)
    })
  }

  disturb(): void {
    const { random } = this
    const host = (random.chance(0.8) ? random.oneOf(this.#writing) : null) ?? random.oneOf([...this.#hosts.values()])
    const what = random.next()
    if (!host) return
    if (what < 0.35) host.crash('the gate is killed')
    else if (what < 0.6) host.hibernate()
    else if (what < 0.95) host.deliver({ method: 'clear', arguments: [], resolve: () => undefined, reject: () => undefined })
    else if (what < 0.997) {
      const between = `${random.pick(CLIENT_REGIONS)} ${random.pick(CLIENT_REGIONS)}`
      this.#unreachable.set(between, this.scheduler.now + random.between(0, 20_000))
    } else random.oneOf([...this.#database.replicas.values()])?.pause(MINUTE)
  }

  // ---------- Requests

  /** Null: there was no answer, or one that the server has failed. */
  async #send(
    { person, credential, region }: Sent,
    method: string,
    path: string,
    { json, others = [] }: { readonly json?: object; readonly others?: readonly Person[] } = {},
  ): Promise<(Answer & { readonly version: number | null }) | null> {
    const { scheduler } = this
    const sentAt = scheduler.now
    const request = new WorkerRequest(this)
    this.#regions.set(request, region)
    this.#concerned.set(
      request,
      [person, ...others].map(({ id }) => id),
    )
    const answer = await request
      .run(async () => this.#workers.get(region)?.handle(method, path, tokenOf(person.id, credential), json))
      .catch(() => undefined)
    if (!answer || answer.status >= 500) {
      this.unanswered++
      return null
    }
    this.answered++
    this.note(this.history.checkLetIn(credential, sentAt, answer.status !== 401))
    return { ...answer, version: this.#written.get(request) ?? null }
  }

  async read(sent: Sent, kind: ReadKind): Promise<void> {
    const sentAt = this.scheduler.now
    const answer = await this.#send(sent, 'GET', LISTS[kind].path)
    if (answer?.status !== 200) return
    const { region, person } = sent
    this.durations.get(region)?.push(this.scheduler.now - sentAt)
    const shown = LISTS[kind].shown(answer.body)
    this.note(this.history.checkRead({ account: person.id, key: `${person.id} ${kind}`, sentAt, shown, region }, this.scheduler.now))
  }

  /** Someone else's profile. A change of it concerns only its owner, so it may be late here, but must not go back. */
  async readPerson(sent: Sent, other: Person): Promise<void> {
    const sentAt = this.scheduler.now
    const answer = await this.#send(sent, 'GET', `/api/users/${objectIdOf(other.id)}/`)
    const { region, person } = sent
    const blockedSince = this.#blockedSince.get(pairOf(person.id, other.id)) ?? null
    if (answer?.status === 404 && blockedSince === null) this.note(`account ${person.id} was not shown ${other.id}, whom it does not block`)
    if (answer?.status !== 200) return
    if (blockedSince !== null && blockedSince <= this.history.requiredVersion(person.id, sentAt))
      this.note(`account ${person.id} in ${region} was shown ${other.id}, although a block between them was answered before`)
    const shown = String(Object(answer.body).first_name)
    this.note(this.history.checkRead({ account: person.id, key: keyOfName(other.id), sentAt, shown, region }, this.scheduler.now))
  }

  /** `others`: who else is concerned. Returns whether the write was answered as done. */
  async write(sent: Sent, others: readonly Person[], method: string, path: string, json?: object): Promise<boolean> {
    const concerned = [sent.person, ...others]
    const hosts = this.options.hasReplicas ? concerned.map(({ id }) => this.#hostOf(String(id))) : []
    this.#writing.push(...hosts)
    const answer = await this.#send(sent, method, path, { others, ...(json && { json }) })
    for (const host of hosts) this.#writing.splice(this.#writing.indexOf(host), 1)
    if (!answer || answer.status >= 300) return false
    const ids = concerned.map(({ id }) => id)
    if (answer.version !== null) this.history.noteAnswered(ids, answer.version, this.scheduler.now)
    return true
  }

  /** A log-in is in the database before the person has its token. Hashes of passwords would only take time here. */
  async logIn({ credentials, id }: Person, region: Region): Promise<void> {
    const credential = newCredentialId()
    const database = this.#database.at(region)
    await new WorkerRequest(this)
      .run(() => database.batch([database.prepare(INSERT_CREDENTIAL).bind(credential, id, DAY)]))
      .then(() => credentials.push(credential))
      .catch(() => undefined)
    // A device is thrown away some time.
    if (credentials.length > 6) credentials.shift()
  }

  // ---------- The single copy

  #noteStates(version: number, concerned: readonly number[]): void {
    const { local } = this.#database.primary
    const [one, other] = concerned
    if (one !== undefined && other !== undefined && !this.#blockedSince.has(pairOf(one, other))) {
      const { results } = local.execute('SELECT 1 FROM blocks WHERE (blocker_id, blocked_id) IN (VALUES (?1, ?2), (?2, ?1))', one, other)
      if (results.length > 0) this.#blockedSince.set(pairOf(one, other), version)
    }
    for (const account of concerned) {
      const [row] = local.execute('SELECT first_name AS name FROM accounts WHERE id = ?', account).results
      this.history.noteState(keyOfName(account), version, String(row?.name))
      for (const [kind, { sql }] of Object.entries(LISTS)) {
        const { results } = local.execute(sql, account)
        this.history.noteState(`${account} ${kind}`, version, results.map(({ id }) => id).join())
      }
    }
  }

  note(violation: string | null): void {
    if (violation !== null) this.scheduler.fail(violation)
  }

  close(): void {
    this.#database.close()
    for (const { storage } of this.#hosts.values()) storage.database.close()
  }

  // ---------- The platform

  log(): void {}

  latency(from: Place = null, to: Place = null): number {
    const regions = [from, to].map((place) => place && this.#regions.get(place))
    const [first, second] = [regions[0] ?? regions[1], regions[1] ?? regions[0]]
    return (first && second ? roundTrip(first, second) / 2 : 4) * this.random.between(1, 1.2)
  }

  fateOf(): CallFate {
    if (!this.options.hasFaults) return 'arrives'
    if (this.random.chance(0.01)) return 'request-lost'
    if (this.random.chance(0.01)) return 'response-lost'
    return this.random.chance(0.01) ? 'arrives-twice' : 'arrives'
  }

  repeatLatency(): number {
    return this.random.between(0, 5000)
  }

  timeUntilError(): number {
    return this.random.between(10, 500)
  }

  timeUntilStop(): number | null {
    return this.options.hasFaults && this.random.chance(0.02) ? this.random.between(0, 800) : null
  }

  writeTime(): number {
    return this.random.between(2, 10)
  }

  diesBeforeWrite(): boolean {
    return this.options.hasFaults && this.random.chance(0.002)
  }

  timeUntilDeath(): number {
    return this.random.between(0, 500)
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
}
