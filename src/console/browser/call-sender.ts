import { ApiError, errorText } from './api.ts'
import { reconnectDelay } from './backoff.ts'
import { randomId } from './random-id.ts'
import { callKey, isExpired, loadCall, parseCall, saveCall, type WaitingCall } from './waiting-call.ts'

/** Brings a call for help to the server: it keeps the call on the device, and repeats the request until there is a response. */

export type CallState =
  | { readonly type: 'none' }
  | { readonly type: 'sending' }
  /** The call has not been received. It is sent again by itself. */
  | { readonly type: 'waiting'; readonly reason: string }
  /** The call was never received, and is too old to be sent without asking. */
  | { readonly type: 'expired'; readonly pressedAt: number }

interface CallSenderOptions {
  readonly userId: number
  /** Sends the call once. It may be called several times for the same call. */
  ring(callId: string): Promise<unknown>
  onState(state: CallState): void
  onReceived(response: unknown): void
  /** The server refused the call for good. It is not kept any longer. */
  onRefused(message: string): void
  onLoggedOut(): void
  /** No response yet: the connection may be dead. */
  onSlow(): void
}

/** A person must learn within two seconds that nobody has been called. */
const SLOW_AFTER_MS = 1_500
const MAX_DELAY_MS = 5_000
const NO_CONNECTION = 'There is no connection.'

export class CallSender {
  readonly #options: CallSenderOptions
  #call: WaitingCall | null
  /** The number of requests so far. Only the newest one decides what happens after a failure. */
  #requests = 0
  #startedAt = 0
  #failures = 0
  #inFlight = false
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #slowTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: CallSenderOptions) {
    this.#options = options
    this.#call = loadCall(options.userId)
    addEventListener('online', this.retryNow)
    addEventListener('storage', this.#onStorage)
  }

  /** Sends what was left from before the page was loaded, or asks whether it is still wanted. */
  start(): void {
    if (this.#call) void this.#send()
  }

  stop(): void {
    removeEventListener('online', this.retryNow)
    removeEventListener('storage', this.#onStorage)
    this.#requests++ // ignores the responses that are still to come
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#slowTimer)
  }

  get isWaiting(): boolean {
    return this.#call !== null
  }

  /** Pressing again while the call is waiting is the same call, with a new time. */
  press(): void {
    const now = Date.now()
    const id = this.#call && !isExpired(this.#call, now) ? this.#call.id : randomId()
    this.#keep({ id, pressedAt: now })
    this.#failures = 0
    void this.#send()
  }

  withdraw(): void {
    this.#finish()
    this.#options.onState({ type: 'none' })
  }

  /** The connection is back: do not wait for the timer, or for a request that the dead connection has swallowed. */
  retryNow = (): void => {
    if (!this.#call || (this.#inFlight && Date.now() - this.#startedAt < SLOW_AFTER_MS)) return
    this.#failures = 0
    void this.#send()
  }

  async #send(): Promise<void> {
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#slowTimer)
    const call = this.#call
    if (!call) return
    if (isExpired(call, Date.now())) {
      this.#options.onState({ type: 'expired', pressedAt: call.pressedAt })
      return
    }
    const request = ++this.#requests
    this.#inFlight = true
    this.#startedAt = Date.now()
    if (this.#failures === 0) this.#options.onState({ type: 'sending' })
    this.#slowTimer = setTimeout(() => {
      this.#options.onState({ type: 'waiting', reason: NO_CONNECTION })
      this.#options.onSlow()
    }, SLOW_AFTER_MS)
    try {
      const response = await this.#options.ring(call.id)
      // A response to an older request counts as well: the call was received. Not after it was withdrawn, though.
      if (this.#call?.id !== call.id) return
      this.#finish()
      this.#options.onReceived(response)
    } catch (error) {
      if (request === this.#requests) this.#onFailure(error)
    }
  }

  #onFailure(error: unknown): void {
    this.#inFlight = false
    clearTimeout(this.#slowTimer)
    const status = error instanceof ApiError ? error.status : null
    // The call stays on the device, for the time after the next log-in.
    if (status === 401) {
      this.#options.onLoggedOut()
      return
    }
    if (status !== null && status < 500 && status !== 429) {
      this.#finish()
      this.#options.onRefused(errorText(error))
      return
    }
    this.#options.onState({ type: 'waiting', reason: status === null ? NO_CONNECTION : errorText(error) })
    const delay = Math.min(MAX_DELAY_MS, reconnectDelay(this.#failures++, Math.random()))
    this.#retryTimer = setTimeout(() => void this.#send(), delay)
  }

  #finish(): void {
    this.#requests++
    this.#inFlight = false
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#slowTimer)
    this.#keep(null)
  }

  #keep(call: WaitingCall | null): void {
    this.#call = call
    saveCall(this.#options.userId, call)
  }

  /** Another tab of this account has delivered or withdrawn the call. */
  #onStorage = ({ key, newValue }: StorageEvent): void => {
    if (key !== callKey(this.#options.userId) || !this.#call || parseCall(newValue)) return
    this.withdraw()
  }
}
