import { reconnectDelay } from '#chat/backoff.ts'
import { type ChatMessage, parseMessage } from '#chat/messages.ts'
import { type Api, isUnauthenticated } from './api.ts'
import { parsePage } from './wire.ts'

/** Reads the stored messages of a conversation: the latest first, and earlier ones when the user asks for them. */

const PAGE_SIZE = 50

interface HistoryOptions {
  readonly api: Api
  readonly path: string
  /** The earliest message that the page has; null if it has none. */
  firstId(): number | null
  onLatest(messages: readonly ChatMessage[]): void
  onEarlier(messages: readonly ChatMessage[]): void
  /** Whether earlier messages are being read. */
  onLoading(isLoading: boolean): void
  onLoggedOut(): void
}

export class History {
  readonly #options: HistoryOptions
  #isLoaded = false
  #isLoading = false
  #isComplete = false
  #isClosed = false
  #retryTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: HistoryOptions) {
    this.#options = options
  }

  /** Whether the latest messages are there. */
  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /** Whether there are no earlier messages. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retryTimer)
  }

  async loadLatest(attempt = 0): Promise<void> {
    try {
      const messages = await this.#fetchPage('')
      if (this.#isClosed) return
      this.#isLoaded = true
      this.#options.onLatest(messages)
    } catch (error) {
      if (this.#isClosed) return
      if (isUnauthenticated(error)) return this.#options.onLoggedOut()
      const retry = () => !this.#isLoaded && void this.loadLatest(attempt + 1)
      this.#retryTimer = setTimeout(retry, reconnectDelay(attempt, Math.random()))
    }
  }

  async loadEarlier(): Promise<void> {
    const before = this.#options.firstId()
    if (this.#isLoading || this.#isComplete || !this.#isLoaded || before === null) return
    this.#setLoading(true)
    try {
      const messages = await this.#fetchPage(`&before=${before}`)
      if (!this.#isClosed) this.#options.onEarlier(messages)
    } catch {
      // The user can scroll again or press the button to retry.
    } finally {
      this.#setLoading(false)
    }
  }

  async #fetchPage(query: string): Promise<readonly ChatMessage[]> {
    const response = await this.#options.api('GET', `${this.#options.path}?limit=${PAGE_SIZE}${query}`)
    const { items } = parsePage(response, 'messages', parseMessage)
    this.#isComplete = items.length < PAGE_SIZE
    return items
  }

  #setLoading(isLoading: boolean): void {
    this.#isLoading = isLoading
    this.#options.onLoading(isLoading)
  }
}
