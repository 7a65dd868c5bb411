import type { ObjectHost } from './object-host.ts'
import type { Owner, Scheduler, Task } from './scheduler.ts'

/** What of the platform goes wrong in this world, and how long things take. */
export interface PlatformFaults {
  latency(): number
  /** How long a write takes until it is on several disks. */
  writeTime(): number
  /** Whether the process dies before the write of this turn is on disk. Its effects are then visible nowhere. */
  diesBeforeWrite(): boolean
  /** How long a process that will lose its writes still runs. */
  timeUntilDeath(): number
  alarmDelay(): number
  /** Whether the platform runs an alarm again that has ended, because it did not record its end. */
  repeatsAlarm(): boolean
  timeUntilLossIsNoticed(): number
  /** How far the clock of the next machine is off. */
  clockOffset(): number
}

export interface Platform {
  readonly scheduler: Scheduler
  readonly faults: PlatformFaults
  /** Called for what happens to objects, for the trace of a failing world. */
  log(event: string): void
}

export interface Call {
  readonly method: string
  readonly arguments: readonly unknown[]
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** What the callers of an object get that stops. */
export const RESET = 'Durable Object reset because its code was updated.'

/** An instance of an object in memory. */
export class Instance implements Owner {
  readonly host: ObjectHost
  isAlive = true
  clockOffset: number
  /** Set once it is constructed. */
  object: object = {}
  pending = 0
  /** Calls that have arrived and not ended. */
  readonly calls = new Set<Call>()
  /** Storage operations and `blockConcurrencyWhile` close the input gate: other events wait. */
  #gates = 0
  #opening = 0
  readonly #deferred: Task[] = []

  constructor(host: ObjectHost, clockOffset: number) {
    this.host = host
    this.clockOffset = clockOffset
  }

  closeGate(): void {
    this.#gates++
  }

  /** The gate opens at the end of the turn: what waited for the storage operation runs first. */
  openGate(): void {
    this.#opening++
  }

  get isGateClosed(): boolean {
    return this.#gates > 0
  }

  defers(task: Task): boolean {
    if (task.isStorage || this.#gates === 0) return false
    this.#deferred.push(task)
    return true
  }

  endTurn(): void {
    this.host.endTurn()
    this.#gates -= this.#opening
    this.#opening = 0
    if (this.#gates > 0) return
    for (const { run, isPlain } of this.#deferred.splice(0)) this.host.platform.scheduler.after(0, run, { owner: this, isPlain })
  }

  output(send: () => void): void {
    this.host.output(send)
  }
}
