import type { ObjectHost } from './object-host.ts'
import { type Platform, RESET } from './object-instance.ts'
import type { Owner, Task } from './scheduler.ts'

/** What happens to a call between two objects, or between the Worker and an object. */
export type CallFate = 'arrives' | 'request-lost' | 'response-lost' | 'arrives-twice'

export interface NetworkFaults {
  fateOf(method: string): CallFate
  /** One way between two places; null is a client. */
  latency(from?: Place, to?: Place): number
  /** The second copy of a call may be late. */
  repeatLatency(): number
  /** When the caller learns that a call was lost. */
  timeUntilError(): number
  /** Whether, and after how long, the isolate stops in which a request of the Worker runs. */
  timeUntilStop(): number | null
}

/** A request of the Worker, or an object. */
export type Place = Owner | ObjectHost | null

interface Network extends Platform {
  readonly network: NetworkFaults
}

const LOST = 'Network connection lost.'

/** What one side of a call gets is a copy. Requests and responses cannot be copied, and are used once. */
const copyOf = (value: unknown): unknown =>
  value instanceof Request || value instanceof Response || value === undefined ? value : JSON.parse(JSON.stringify(value))

/**
 * Calls a method of an object. The request waits for the caller's output gate, and the response for that of the object. A call
 * that is lost fails, and the caller cannot see whether the request or the response was lost: the runtime does not repeat it if the
 * request may have arrived.
 * https://developers.cloudflare.com/durable-objects/best-practices/automatic-retries/
 */
const call = (platform: Network, host: ObjectHost, method: string, parameters: readonly unknown[]): Promise<unknown> => {
  const { scheduler, network } = platform
  const caller = scheduler.current
  const copies = parameters.map(copyOf)
  return new Promise((resolve, reject) => {
    if (caller) caller.pending++
    const settle = (ms: number, run: () => void): void => {
      if (caller) caller.pending--
      scheduler.after(ms, run, { owner: caller })
    }
    let isSettled = false
    const once = (ms: number, run: () => void): void => {
      if (!isSettled) settle(ms, run)
      isSettled = true
    }
    const fail = (ms: number, message: string): void => once(ms, () => reject(new Error(message)))
    const send = (ms: number, isAnswered: boolean): void => {
      scheduler.plain(ms, () => {
        host.deliver({
          method,
          arguments: copies,
          resolve: (value) => {
            const copy = copyOf(value)
            if (!isAnswered) return
            host.output(
              () => once(network.latency(host, caller), () => resolve(copy)),
              () => fail(network.latency(host, caller), RESET),
            )
          },
          reject: (error) => isAnswered && fail(network.latency(host, caller), error.message),
        })
      })
    }
    const start = (): void => {
      const fate = network.fateOf(method)
      if (fate !== 'arrives') platform.log(`the call ${method} of ${host.name}: ${fate}`)
      if (fate !== 'request-lost') send(network.latency(caller, host), fate !== 'response-lost')
      if (fate === 'arrives-twice') send(network.repeatLatency(), false)
      if (fate === 'request-lost' || fate === 'response-lost') fail(network.timeUntilError(), LOST)
    }
    if (caller) caller.output(start)
    else start()
  })
}

/** A binding of the Worker: `getByName` returns a client whose methods are calls. */
export const namespaceOf = (platform: Network, hostOf: (name: string) => ObjectHost): object => ({
  getByName: (name: string) =>
    new Proxy(
      {},
      {
        get:
          (_target, method) =>
          (...parameters: unknown[]) =>
            call(platform, hostOf(name), String(method), parameters),
      },
    ),
})

/** One request of the Worker: it has no storage, and its isolate may stop at any time. */
export class WorkerRequest implements Owner {
  isAlive = true
  pending = 0
  readonly clockOffset = 0
  readonly #platform: Network

  constructor(platform: Network) {
    this.#platform = platform
  }

  /** Runs the work as the Worker would. Fails if the isolate stops; what it has done by then is done. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const { scheduler, network } = this.#platform
    return new Promise((resolve, reject) => {
      const stopAfter = network.timeUntilStop()
      const stop = (): void => {
        if (!this.isAlive) return
        this.isAlive = false
        this.#platform.log('an isolate of the Worker stops')
        reject(new Error(LOST))
      }
      if (stopAfter !== null) scheduler.plain(stopAfter, stop)
      const end = (settle: () => void): void => {
        if (!this.isAlive) return
        scheduler.after(network.latency(this, null), settle)
      }
      const start = (): void => {
        work().then(
          (value) => end(() => resolve(value)),
          (error: unknown) => end(() => reject(error)),
        )
      }
      scheduler.after(network.latency(null, this), start, { owner: this })
    })
  }

  defers(_task: Task): boolean {
    return false
  }

  endTurn(): void {}

  output(send: () => void): void {
    send()
  }
}
