import { type Call, Instance, type Platform, RESET } from './object-instance.ts'
import type { Task } from './scheduler.ts'
import type { ServerSocket } from './sockets.ts'
import { ObjectDatabase } from './storage.ts'

/** The exponential backoff of a failed alarm, and how often it is tried again: https://developers.cloudflare.com/durable-objects/api/alarms */
const ALARM_RETRY_MS = 2000
const MAX_ALARM_RETRIES = 6

/** Creates the object. `configure` can replace its dependencies, as the tests in workerd do. */
export type CreateObject = (context: object) => object

/**
 * One Durable Object: at most one instance at a time, its storage, its sockets and its alarm. The rules are the platform's:
 * - Input gate: while a storage operation runs, no other event is delivered.
 * - Output gate: nothing leaves the object before everything that was written before it is on disk. If it cannot be written, the
 *   messages are dropped and the object starts anew.
 *   (both: https://blog.cloudflare.com/durable-objects-easy-fast-correct-choose-three/)
 * - An alarm runs at least once, and again if it fails. During its run `getAlarm` returns null, unless it was set meanwhile.
 *   (https://developers.cloudflare.com/durable-objects/api/alarms)
 * - An instance may stop at any time, with everything that it has in memory. Without a crash, sockets stay open (hibernation).
 *   (https://developers.cloudflare.com/durable-objects/concepts/durable-object-lifecycle/)
 */
export class ObjectHost {
  readonly platform: Platform
  readonly name: string
  readonly storage = new ObjectDatabase()
  readonly #create: CreateObject
  readonly #sockets = new Set<ServerSocket>()
  #instance: Instance | null = null
  /** The alarm as the instance sees it, and as it is on disk. */
  #alarm: number | null = null
  #storedAlarm: number | null = null
  /** The time of the alarm whose handler runs. */
  #runningAlarm: number | null = null
  #alarmRetries = 0
  #alarmTask: Task | null = null
  /** The numbers of the last write that was started, and of the last that is on disk. */
  #written = 0
  #confirmed = 0
  #isDying = false
  readonly #held: { readonly after: number; readonly send: () => void; readonly drop: () => void }[] = []

  constructor(platform: Platform, name: string, create: CreateObject) {
    this.platform = platform
    this.name = name
    this.#create = create
  }

  get isRunning(): boolean {
    return this.#instance !== null
  }

  get sockets(): ReadonlySet<ServerSocket> {
    return this.#sockets
  }

  /** Null while nothing is set. */
  get alarm(): number | null {
    return this.#storedAlarm
  }

  /** Whether a process that will die has written something that will be lost. */
  get isDying(): boolean {
    return this.#isDying
  }

  // ---------- Events

  /** Delivers a call. `resolve` and `reject` are called in the turn in which it ends. */
  deliver(call: Call): void {
    this.platform.scheduler.after(0, () => this.#start(call))
  }

  #start(call: Call): void {
    try {
      this.#instance ??= this.#startInstance()
    } catch (error) {
      call.reject(errorFrom(error))
      return
    }
    const instance = this.#instance
    instance.calls.add(call)
    const run = (): void => {
      const end = (settle: () => void) => {
        if (!instance.isAlive) return
        instance.calls.delete(call)
        settle()
      }
      invoke(instance.object, call.method, call.arguments).then(
        (value) => end(() => call.resolve(value)),
        (error: unknown) => end(() => call.reject(errorFrom(error))),
      )
    }
    this.platform.scheduler.runAs(instance, () => {
      if (instance.isGateClosed) this.platform.scheduler.after(0, run, { owner: instance })
      else run()
    })
  }

  #startInstance(): Instance {
    const { scheduler, faults } = this.platform
    const instance = new Instance(this, faults.clockOffset())
    this.#instance = instance
    try {
      scheduler.runAs(instance, () => {
        instance.object = this.#create(this.#contextOf(instance))
      })
    } catch (error) {
      this.crash('its constructor failed')
      throw error
    }
    return instance
  }

  receiveFrame(socket: ServerSocket, text: string): void {
    if (!this.#sockets.has(socket)) return
    socket.inbox.push(text)
    if (!socket.isBusy) this.#handleFrame(socket)
  }

  #handleFrame(socket: ServerSocket): void {
    const text = socket.inbox.shift()
    if (text === undefined || !this.#sockets.has(socket)) return
    socket.isBusy = true
    const next = (): void => {
      socket.isBusy = false
      this.#handleFrame(socket)
    }
    this.#deliverOf(socket, { method: 'webSocketMessage', arguments: [socket, text], resolve: next, reject: next })
  }

  receiveClose(socket: ServerSocket, code: number): void {
    if (!this.#sockets.has(socket)) return
    const remove = () => this.removeSocket(socket)
    this.#deliverOf(socket, { method: 'webSocketClose', arguments: [socket, code, '', false], resolve: remove, reject: remove })
  }

  /** If the object stops before, its next instance does not have the socket. */
  #deliverOf(socket: ServerSocket, call: Call): void {
    this.platform.scheduler.after(0, () => this.#sockets.has(socket) && this.#start(call))
  }

  removeSocket(socket: ServerSocket): void {
    this.#sockets.delete(socket)
  }

  // ---------- Writes

  /** Ends the transaction of a turn. */
  endTurn(): void {
    const { scheduler, faults } = this.platform
    if (!this.storage.isChanged) {
      if (!this.#isDying) this.storage.commit()
      return
    }
    if (this.#isDying) return
    if (faults.diesBeforeWrite()) {
      // Only later turns of this object see what was written: it will be rolled back.
      this.#isDying = true
      scheduler.plain(faults.timeUntilDeath(), () => this.#isDying && this.crash('it died before a write was on disk'))
      return
    }
    this.storage.commit()
    this.#storedAlarm = this.#alarm ?? this.#runningAlarm
    this.#armAlarm()
    const number = ++this.#written
    const generation = this.#instance
    scheduler.plain(faults.writeTime(), () => {
      if (generation !== this.#instance) return
      this.#confirmed = Math.max(this.#confirmed, number)
      while (this.#held[0] && this.#held[0].after <= this.#confirmed) this.#held.shift()?.send()
    })
  }

  /** `drop` is called instead of `send` if the object stops before. */
  output(send: () => void, drop: () => void = () => undefined): void {
    const after = this.#isDying ? Number.POSITIVE_INFINITY : this.#written + (this.storage.isChanged ? 1 : 0)
    if (after <= this.#confirmed && this.#held.length === 0) send()
    else this.#held.push({ after, send, drop })
  }

  // ---------- The end of an instance

  /** Stops the instance in the middle of its work, as a new deployment or a broken machine does. */
  crash(reason: string): void {
    const instance = this.#instance
    if (!instance) return
    this.platform.log(`${this.name} stops: ${reason}`)
    this.#end(instance)
    for (const socket of this.#sockets) socket.line.dropFromServer()
    this.#sockets.clear()
    for (const { reject } of instance.calls) reject(new Error(RESET))
  }

  /** Removes an idle instance from memory. Its sockets stay open. False if it is not idle: it handles something, or waits for it. */
  hibernate(): boolean {
    const instance = this.#instance
    if (!instance || instance.calls.size > 0 || instance.pending > 0 || this.#isDying || this.#held.length > 0) return false
    this.platform.log(`${this.name} hibernates`)
    this.#end(instance)
    return true
  }

  #end(instance: Instance): void {
    instance.isAlive = false
    this.#instance = null
    this.#isDying = false
    for (const { drop } of this.#held.splice(0)) drop()
    this.storage.rollBack()
    this.#alarm = this.#storedAlarm
    this.#runningAlarm = null
    this.#confirmed = this.#written
    this.#armAlarm()
  }

  // ---------- The alarm

  /** The machine's clock jumps. */
  moveClock(offset: number): void {
    if (!this.#instance) return
    this.#instance.clockOffset = offset
    this.#armAlarm()
  }

  #now(): number {
    const { scheduler } = this.platform
    const before = scheduler.current
    scheduler.current = this.#instance
    const now = scheduler.wallClock()
    scheduler.current = before
    return now
  }

  #armAlarm(delay = 0): void {
    if (this.#alarmTask) this.platform.scheduler.cancel(this.#alarmTask)
    this.#alarmTask = null
    if (this.#storedAlarm === null || this.#runningAlarm !== null) return
    const { scheduler, faults } = this.platform
    const ms = Math.max(delay, this.#storedAlarm - this.#now() + faults.alarmDelay())
    this.#alarmTask = scheduler.after(ms, () => this.#runAlarm())
  }

  #runAlarm(): void {
    if (this.#storedAlarm === null || this.#runningAlarm !== null) return
    const running = this.#storedAlarm
    this.#runningAlarm = running
    this.#alarm = null
    const end = (isFailed: boolean): void => {
      // Stopped meanwhile: the alarm is still on disk, and runs again.
      if (this.#runningAlarm !== running) return
      this.#runningAlarm = null
      if (this.#alarm !== null) {
        this.#alarmRetries = 0
        this.#armAlarm()
      } else if (isFailed && this.#alarmRetries < MAX_ALARM_RETRIES) {
        this.#alarm = running
        this.#armAlarm(ALARM_RETRY_MS * 2 ** this.#alarmRetries++)
      } else if (!isFailed && this.platform.faults.repeatsAlarm()) {
        this.#alarm = running
        this.#armAlarm()
      } else {
        this.#alarmRetries = 0
        this.storage.markChanged()
        this.endTurn()
      }
    }
    const retry = { retryCount: this.#alarmRetries, isRetry: this.#alarmRetries > 0 }
    this.#start({ method: 'alarm', arguments: [retry], resolve: () => end(false), reject: () => end(true) })
  }

  // ---------- What the object gets as `ctx`

  #contextOf(instance: Instance): object {
    const { storage } = this
    return {
      id: { toString: () => this.name, name: this.name },
      waitUntil: (work: Promise<unknown>) => void work.catch(() => undefined),
      blockConcurrencyWhile: (work: () => Promise<unknown>) => {
        instance.closeGate()
        const opened = () => instance.openGate()
        return work().then(opened, (error: unknown) => {
          opened()
          this.crash(`blockConcurrencyWhile failed: ${error}`)
        })
      },
      acceptWebSocket: (socket: ServerSocket, tags: readonly string[] = []) => {
        socket.tags = tags
        socket.line.accept(this)
        this.#sockets.add(socket)
      },
      getWebSockets: (tag?: string) => [...this.#sockets].filter(({ tags }) => tag === undefined || tags.includes(tag)),
      setWebSocketAutoResponse: () => undefined,
      getWebSocketAutoResponseTimestamp: () => null,
      storage: {
        sql: { exec: storage.exec.bind(storage) },
        transactionSync: storage.transactionSync.bind(storage),
        getAlarm: () => this.#storageOperation(instance, () => this.#alarm),
        setAlarm: (at: number | Date) => this.#storageOperation(instance, () => this.#setAlarm(Number(at))),
        deleteAlarm: () => this.#storageOperation(instance, () => this.#setAlarm(null)),
        deleteAll: () => this.#storageOperation(instance, () => storage.deleteAll()),
      },
    }
  }

  #setAlarm(at: number | null): void {
    this.storage.markChanged()
    this.#alarm = at
  }

  /** It takes effect at once, and its promise is settled in a later turn, before any other event. */
  #storageOperation<T>(instance: Instance, perform: () => T): Promise<T> {
    const result = perform()
    instance.closeGate()
    const { scheduler, faults } = this.platform
    return new Promise((resolve) => {
      const settle = (): void => {
        instance.openGate()
        resolve(result)
      }
      scheduler.after(faults.latency() / 100, settle, { owner: instance, isStorage: true })
    })
  }
}

/** The method may be synchronous: the platform makes a promise of its result. */
const invoke = async (object: object, method: string, parameters: readonly unknown[]): Promise<unknown> =>
  Reflect.apply(Reflect.get(object, method), object, parameters)

const errorFrom = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
