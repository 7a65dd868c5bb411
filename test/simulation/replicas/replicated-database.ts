import { LocalDatabase, type Result, Statement } from '../platform/database.ts'
import type { Random } from '../platform/random.ts'
import type { Owner, Scheduler } from '../platform/scheduler.ts'
import { DATABASE_REGIONS, type DatabaseRegion, nearestDatabase, type Region, roundTrip } from './distances.ts'

/**
 * D1 with read replicas: a primary and one replica in each of the six regions. Each replica is a database of its own, which executes
 * the primary's writes again, in their order, after a delay. A query of a session waits at its replica until that one is at
 * least as new as the session's bookmark; a query that writes goes to the primary.
 * https://developers.cloudflare.com/d1/best-practices/read-replication/
 */

/** How late a write arrives at a replica, by the share of writes: published are the half, 95 and 99 of a hundred. */
const DELAYS: readonly (readonly [number, number])[] = [
  [0, 50],
  [0.5, 800],
  [0.95, 3400],
  [0.99, 6100],
  [1, 12_000],
]

const delayAt = (share: number): number => {
  const index = DELAYS.findIndex(([upTo]) => share <= upTo)
  const [[fromShare, from], [toShare, to]] = [DELAYS[index - 1] ?? [0, 0], DELAYS[index] ?? [1, 12_000]]
  return toShare === fromShare ? to : from + ((to - from) * (share - fromShare)) / (toShare - fromShare)
}

/** Bookmarks sort like text: https://developers.cloudflare.com/d1/reference/time-travel/#bookmarks */
const bookmarkOf = (version: number): string => String(version).padStart(12, '0')
const versionOf = (bookmark: string): number => Number(bookmark)

/** The time that a query takes besides its way. */
const QUERY_MS = 2

const isRead = ({ sql }: Statement): boolean => /^\s*(?:SELECT|WITH)/i.test(sql)

interface Waiting {
  readonly version: number
  readonly run: () => void
}

class Copy {
  readonly region: DatabaseRegion
  readonly local: LocalDatabase
  version = 0
  /** When the last write that was sent to it will be there: writes do not overtake each other. */
  #nextAt = 0
  #pausedUntil = 0
  readonly #scheduler: Scheduler
  #waiting: Waiting[] = []

  constructor(region: DatabaseRegion, scheduler: Scheduler) {
    this.region = region
    this.#scheduler = scheduler
    this.local = new LocalDatabase(scheduler)
  }

  pause(ms: number): void {
    this.#pausedUntil = this.#scheduler.now + ms
  }

  replicate(version: number, statements: readonly Statement[], delay: number): void {
    this.#nextAt = Math.max(this.#scheduler.now + delay, this.#nextAt, this.#pausedUntil)
    const apply = (): void => {
      // It was paused after the write was on its way.
      if (this.#pausedUntil > this.#scheduler.now) {
        this.#scheduler.plain(this.#pausedUntil - this.#scheduler.now, apply)
        return
      }
      this.#pending.set(version, statements)
      this.#applyInOrder()
    }
    this.#scheduler.plain(this.#nextAt - this.#scheduler.now, apply)
  }

  readonly #pending = new Map<number, readonly Statement[]>()

  #applyInOrder(): void {
    for (let next = this.#pending.get(this.version + 1); next; next = this.#pending.get(this.version + 1)) {
      this.local.transaction(next)
      this.#pending.delete(++this.version)
    }
    const ready = this.#waiting.filter(({ version }) => version <= this.version)
    this.#waiting = this.#waiting.filter(({ version }) => version > this.version)
    for (const { run } of ready) run()
  }

  whenAtLeast(version: number, run: () => void): void {
    if (version <= this.version) run()
    else this.#waiting.push({ version, run })
  }
}

type Constraint = 'first-primary' | 'first-unconstrained'

export class ReplicatedDatabase {
  readonly primary: Copy
  readonly replicas: ReadonlyMap<DatabaseRegion, Copy>
  /** Batches that a replica has answered, and not the primary. */
  fromReplicas = 0
  /** Called after each write, in the turn in which the primary has executed it. */
  onWrite: (version: number, writer: Owner | null) => void = () => undefined
  readonly #scheduler: Scheduler
  readonly #random: Random

  constructor(scheduler: Scheduler, random: Random, primaryRegion: DatabaseRegion) {
    this.#scheduler = scheduler
    this.#random = random
    this.primary = new Copy(primaryRegion, scheduler)
    this.replicas = new Map(DATABASE_REGIONS.map((region) => [region, new Copy(region, scheduler)]))
  }

  /** Before the world begins: everywhere at once. */
  fill(sql: string, ...parameters: (string | number)[]): void {
    for (const { local } of [this.primary, ...this.replicas.values()]) local.execute(sql, ...parameters)
  }

  /** The binding of a Worker that runs in this region. */
  at(region: Region): {
    prepare(sql: string): Statement
    batch(statements: readonly Statement[]): Promise<Result[]>
    withSession(start: string): Session
  } {
    const direct = new Session(this, region, 'first-primary', true)
    return {
      prepare: (sql) => direct.prepare(sql),
      batch: (statements) => direct.batch(statements),
      withSession: (start) => new Session(this, region, start, false),
    }
  }

  close(): void {
    for (const { local } of [this.primary, ...this.replicas.values()]) local.close()
  }

  /** Sends a batch to the copy that may answer it. */
  send(
    region: Region,
    statements: readonly Statement[],
    { atLeast, isPrimary }: { readonly atLeast: number; readonly isPrimary: boolean },
  ) {
    const scheduler = this.#scheduler
    const { current: owner } = scheduler
    const writes = statements.some((statement) => !isRead(statement))
    const copy = isPrimary || writes ? this.primary : (this.replicas.get(nearestDatabase(region)) ?? this.primary)
    const oneWay = (): number => (roundTrip(region, copy.region) / 2) * this.#random.between(1, 1.2)
    return new Promise<{ readonly results: Result[]; readonly version: number }>((resolve, reject) => {
      const answer = (settle: () => void): void => void scheduler.after(oneWay(), settle, { owner })
      const execute = (): void => {
        try {
          const results = copy.local.transaction(statements)
          if (writes) this.#replicate(statements, owner)
          const { version } = copy
          if (copy !== this.primary) this.fromReplicas++
          answer(() => resolve({ results, version }))
        } catch (error) {
          answer(() => reject(error))
        }
      }
      scheduler.plain(oneWay(), () => copy.whenAtLeast(copy === this.primary ? 0 : atLeast, () => void scheduler.plain(QUERY_MS, execute)))
    })
  }

  #replicate(statements: readonly Statement[], writer: Owner | null): void {
    const version = ++this.primary.version
    for (const replica of this.replicas.values()) replica.replicate(version, statements, delayAt(this.#random.next()))
    this.onWrite(version, writer)
  }
}

/** https://developers.cloudflare.com/d1/worker-api/d1-database/#withsession */
export class Session {
  readonly #database: ReplicatedDatabase
  readonly #region: Region
  readonly #isDirect: boolean
  #start: string
  #bookmark: string | null = null

  /** `isDirect`: without a session, all queries go to the primary. */
  constructor(database: ReplicatedDatabase, region: Region, start: string, isDirect: boolean) {
    this.#database = database
    this.#region = region
    this.#start = start
    this.#isDirect = isDirect
  }

  prepare(sql: string): Statement {
    return new Statement(this, sql)
  }

  getBookmark(): string | null {
    return this.#bookmark
  }

  async batch(statements: readonly Statement[]): Promise<Result[]> {
    const constraint: Constraint | null = this.#start === 'first-primary' || this.#start === 'first-unconstrained' ? this.#start : null
    const known = this.#bookmark ?? (constraint ? null : this.#start)
    const { results, version } = await this.#database.send(this.#region, statements, {
      atLeast: known === null ? 0 : versionOf(known),
      isPrimary: this.#isDirect || (this.#bookmark === null && constraint === 'first-primary'),
    })
    const bookmark = bookmarkOf(version)
    if (this.#bookmark === null || bookmark > this.#bookmark) this.#bookmark = bookmark
    return results
  }
}
