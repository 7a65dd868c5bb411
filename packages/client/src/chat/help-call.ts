import { reconnectDelay } from './backoff.ts'
import { type ChatStorage, globalOf, type StorageChange } from './platform.ts'
import { randomId } from './random-id.ts'
import { browserStorage, read, write } from './storage.ts'
import { asText, fieldsOf, parseId } from './values.ts'
import { isExpired, parseCall, type WaitingCall } from './waiting-call.ts'

/** Brings a call for help to the server: it keeps the press on the device, and repeats the request until there is a response. */

export type CallState =
  | { readonly type: 'none' }
  | { readonly type: 'sending' }
  /** The call has not been received. It is sent again by itself. */
  | { readonly type: 'waiting'; readonly reason: string }
  /** The call was never received, and is too old to be sent without asking. */
  | { readonly type: 'expired'; readonly pressedAt: number }

export interface HelpCallOptions<Received = unknown> {
  /** The account that calls. Another account on the same device must not send its call. */
  readonly userId: number
  /**
   * Sends the call once: `helpRequest`, or a function of your own. It is called several times for the same call. If the server has
   * answered with an error, it throws an error with the `status` of the response.
   */
  trigger(callId: string): Promise<Received>
  /** Keeps the press. The default is the browser's `localStorage`; null is none. */
  readonly storage?: ChatStorage | null | undefined
  onState?(state: CallState): void
  /** The alarm is open. */
  onReceived?(response: Received): void
  /** The server refused the call for good. It is not kept any longer. */
  onRefused?(message: string): void
  /** The credential does not count any more. The press is kept: after the next log-in, make a new `createHelpCall`. */
  onLoggedOut?(): void
  /** No response yet: the connection may be dead. */
  onSlow?(): void
}

export interface HelpCall {
  /** Whether the button was pressed, and the server has not received it. */
  readonly isWaiting: boolean
  /** Pressing again while the call is waiting is the same call, with a new time. */
  press(): void
  /** The person does not need help any more. A request that is on its way may have started an alarm. */
  withdraw(): void
  /** The connection is back: does not wait for the timer, or for a request that the dead connection has swallowed. */
  retryNow(): void
  /** Ends the attempts. The press stays in the storage. */
  close(): void
}

/** The app must show within two seconds that the call has not been received. */
const SLOW_AFTER_MS = 1_500
const MAX_DELAY_MS = 5_000
const NO_CONNECTION = 'There is no connection.'

/** Sends what was left from before, or reports that it is too old (`expired`). */
export const createHelpCall = <Received>(options: HelpCallOptions<Received>): HelpCall => new HelpCallSender(options)

class HelpCallSender<Received> implements HelpCall {
  readonly #options: HelpCallOptions<Received>
  readonly #storage: ChatStorage | null
  readonly #key: string
  #call: WaitingCall | null = null
  /** The number of requests so far. Only the newest one decides what happens after a failure. */
  #requests = 0
  #startedAt = 0
  #failures = 0
  #inFlight = false
  #isClosed = false
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #slowTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: HelpCallOptions<Received>) {
    this.#options = options
    this.#storage = options.storage === undefined ? browserStorage('localStorage') : options.storage
    this.#key = `concord.call.${options.userId}`
    this.#watchPage('addEventListener')
    read(this.#storage, this.#key, (stored) => {
      this.#call ??= parseCall(stored)
      // After the constructor, so that the owner is complete when it is called back.
      if (this.#call && !this.#inFlight) queueMicrotask(() => void this.#send())
    })
  }

  get isWaiting(): boolean {
    return this.#call !== null
  }

  press(): void {
    const now = Date.now()
    const id = this.#call && !isExpired(this.#call, now) ? this.#call.id : randomId()
    this.#keep({ id, pressedAt: now })
    this.#failures = 0
    void this.#send()
  }

  withdraw(): void {
    this.#finish()
    this.#options.onState?.({ type: 'none' })
  }

  retryNow = (): void => {
    if (!this.#call || (this.#inFlight && Date.now() - this.#startedAt < SLOW_AFTER_MS)) return
    this.#failures = 0
    void this.#send()
  }

  close(): void {
    this.#isClosed = true
    this.#watchPage('removeEventListener')
    this.#requests++ // ignores the responses that are still to come
    this.#clearTimers()
  }

  #watchPage(change: 'addEventListener' | 'removeEventListener'): void {
    const window = globalOf('document') && globalOf('window')
    window?.[change]('online', this.retryNow)
    window?.[change]('storage', this.#onStorage)
  }

  async #send(): Promise<void> {
    this.#clearTimers()
    const call = this.#call
    if (!call || this.#isClosed) return
    if (isExpired(call, Date.now())) {
      this.#options.onState?.({ type: 'expired', pressedAt: call.pressedAt })
      return
    }
    const request = ++this.#requests
    this.#inFlight = true
    this.#startedAt = Date.now()
    if (this.#failures === 0) this.#options.onState?.({ type: 'sending' })
    this.#slowTimer = setTimeout(() => {
      this.#options.onState?.({ type: 'waiting', reason: NO_CONNECTION })
      this.#options.onSlow?.()
    }, SLOW_AFTER_MS)
    try {
      const response = await this.#options.trigger(call.id)
      // A response to an older request counts as well: the call was received. Not after it was withdrawn, though.
      if (this.#call?.id !== call.id) return
      this.#finish()
      this.#options.onReceived?.(response)
    } catch (error) {
      if (request === this.#requests) this.#onFailure(error)
    }
  }

  #onFailure(error: unknown): void {
    this.#inFlight = false
    clearTimeout(this.#slowTimer)
    const { status: rawStatus, message } = fieldsOf(error)
    const status = parseId(rawStatus)
    const text = asText(message)
    // The call stays on the device, for the time after the next log-in.
    if (status === 401) {
      this.#options.onLoggedOut?.()
      return
    }
    if (status !== null && status < 500 && status !== 429) {
      this.#finish()
      this.#options.onRefused?.(text)
      return
    }
    this.#options.onState?.({ type: 'waiting', reason: status === null ? NO_CONNECTION : text })
    const delay = Math.min(MAX_DELAY_MS, reconnectDelay(this.#failures++, Math.random()))
    this.#retryTimer = setTimeout(() => void this.#send(), delay)
  }

  #finish(): void {
    this.#requests++
    this.#inFlight = false
    this.#clearTimers()
    this.#keep(null)
  }

  #clearTimers(): void {
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#slowTimer)
  }

  #keep(call: WaitingCall | null): void {
    this.#call = call
    write(this.#storage, this.#key, call && JSON.stringify(call))
  }

  /** Another tab of this account has delivered or withdrawn the call. */
  #onStorage = ({ key, newValue = null }: StorageChange): void => {
    if (key !== this.#key || !this.#call || parseCall(newValue)) return
    this.withdraw()
  }
}
