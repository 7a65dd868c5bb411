/**
 * The only source of order and time in a simulated world. Everything that would happen "later" on the platform is a task here: a
 * timer, the end of a storage operation, a message on the network. A step runs one task and then all the microtasks that follow
 * from it, so all JavaScript of a step belongs to one owner, and the same seed gives the same order of steps.
 */

/** Whose JavaScript a task runs: an instance of an object, or one request of the Worker. */
export interface Owner {
  /** False once it was stopped. Its tasks are dropped: its promises are never settled, as on the platform. */
  readonly isAlive: boolean
  /** Timers, and what it waits for: the number of its tasks that have not run. */
  pending: number
  /** How far its machine's clock is ahead of the true time. */
  readonly clockOffset: number
  /** True if the task has to wait (input gate). The owner keeps the task, and schedules it again. */
  defers(task: Task): boolean
  /** Called after the microtasks of a step. */
  endTurn(): void
  /** A message to the outside: sent at once, or as soon as what was written before it is on disk (output gate). */
  output(send: () => void): void
}

export interface Task {
  readonly at: number
  readonly number: number
  readonly owner: Owner | null
  /** The end of a storage operation, which the input gate lets through. */
  readonly isStorage: boolean
  /** Runs no code under test, so no microtask can follow. */
  readonly isPlain: boolean
  readonly run: () => void
  isCancelled: boolean
}

interface TaskOptions {
  readonly owner?: Owner | null
  readonly isStorage?: boolean
  readonly isPlain?: boolean
}

const { setImmediate: nextTurn } = globalThis

const drainMicrotasks = (): Promise<void> =>
  new Promise((resolve) => {
    nextTurn(resolve)
  })

/** Any time in the future of this project: some code compares the time with constants. */
const EPOCH = Date.UTC(2030, 0, 1)

export class Scheduler {
  /** The true time, in milliseconds since the world began. */
  now = 0
  current: Owner | null = null
  steps = 0
  /** A checksum of the order and the times of all steps: two runs of a world have the same one. */
  digest = 0
  /** The first error of the world. It ends the run. */
  violation: Error | null = null
  readonly #heap: Task[] = []
  #number = 0

  /** What `Date.now()` returns to the code that runs at this moment. The clock of a Worker does not advance during a turn. */
  wallClock(): number {
    return Math.floor(EPOCH + this.now + (this.current?.clockOffset ?? 0))
  }

  after(ms: number, run: () => void, { owner = null, isStorage = false, isPlain = false }: TaskOptions = {}): Task {
    const task: Task = { at: this.now + Math.max(0, ms), number: this.#number++, owner, isStorage, isPlain, run, isCancelled: false }
    if (owner) owner.pending++
    this.#push(task)
    return task
  }

  cancel(task: Task): void {
    if (task.owner && !task.isCancelled) task.owner.pending--
    task.isCancelled = true
  }

  /** A task of the simulation itself: the network, a client, a check. */
  plain(ms: number, run: () => void): Task {
    return this.after(ms, run, { isPlain: true })
  }

  /** For a task that starts the code of an owner that it finds only when it runs. */
  runAs(owner: Owner, run: () => void): void {
    this.current = owner
    run()
  }

  /** The world is wrong from here on: later errors would only follow from the first. */
  fail(message: string): void {
    this.violation ??= new Error(message)
  }

  /** Runs until nothing is left, the time is over, or an error was found. */
  async runUntil(time: number, isDone: () => boolean = () => false): Promise<void> {
    for (;;) {
      const next = this.#heap[0]
      if (!next || next.at > time || this.violation || isDone()) break
      this.#pop()
      if (next.isCancelled || next.owner?.isAlive === false) continue
      next.isCancelled = true // a timer that has run cannot be cancelled any more
      if (next.owner) next.owner.pending--
      this.now = next.at
      if (next.owner?.defers(next)) continue
      await this.#step(next)
    }
    if (!this.violation && !isDone() && Number.isFinite(time)) this.now = Math.max(this.now, time)
  }

  async #step(task: Task): Promise<void> {
    this.steps++
    this.digest = Math.imul(this.digest ^ task.number ^ Math.floor(task.at * 1000), 0x01000193) >>> 0
    if (this.steps > MAX_STEPS) this.fail('the world does not come to rest')
    this.current = task.owner
    try {
      task.run()
    } catch (error) {
      this.fail(`an exception in the simulation: ${error instanceof Error ? error.stack : error}`)
    }
    if (!task.isPlain) await drainMicrotasks()
    const ended: Owner | null = this.current
    if (ended?.isAlive) ended.endTurn()
    this.current = null
  }

  #push(task: Task): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(task)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const other = heap[parent]
      if (!other || !isBefore(task, other)) break
      heap[index] = other
      index = parent
    }
    heap[index] = task
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const [first, second] = [heap[left], heap[left + 1]]
      if (!first) break
      const child = second && isBefore(second, first) ? left + 1 : left
      const other = heap[child]
      if (!other || !isBefore(other, last)) break
      heap[index] = other
      index = child
    }
    heap[index] = last
  }
}

/** A hundred times as many as a world has. */
const MAX_STEPS = 3_000_000

const isBefore = (a: Task, b: Task): boolean => (a.at === b.at ? a.number < b.number : a.at < b.at)
