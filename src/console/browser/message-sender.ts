import { randomId } from './random-id.ts'
import { savePending } from './saved-state.ts'
import { type Pending, type Timeline, withAcknowledgement, withAttempt, withoutPending, withPending, withRejection } from './timeline.ts'
import type { ChatFile, Message } from './wire.ts'

/**
 * Sends the messages of a conversation one at a time: they stay in the order in which they were written, even if some are lost
 * or rejected. Each is sent again until it is acknowledged. The server stores the same client_id only once, however often it
 * arrives.
 */

const ACK_TIMEOUT_MS = 8_000

interface SenderOptions {
  readonly userId: number
  timeline(): Timeline
  isConnected(): boolean
  /** Returns false if there is no connection. */
  send(frame: object): boolean
  /** Called also when only the state of a message has changed. */
  onChange(timeline: Timeline): void
}

export class MessageSender {
  readonly #options: SenderOptions
  /** The client id of the message that was sent and is not acknowledged yet. */
  #inFlight: string | null = null
  #ackTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: SenderOptions) {
    this.#options = options
  }

  add(text: string, file?: ChatFile): void {
    this.#update(withPending(this.#options.timeline(), { clientId: randomId(), text, ...(file && { file }), attempts: 0 }))
    this.#sendNext()
  }

  /** After a reconnection, and when no acknowledgement arrives. */
  resend(): void {
    clearTimeout(this.#ackTimer)
    this.#inFlight = null
    this.#sendNext()
  }

  /** The server has stored the message. */
  acknowledge(clientId: string, stored: Omit<Message, 'text'>): void {
    this.#update(withAcknowledgement(this.#options.timeline(), clientId, stored))
    this.#finish(clientId)
  }

  /**
   * A message that the server will never accept is shown with the reason, and must not hold back the messages after it.
   * Returns false if no message was being sent.
   */
  reject(reason: string): boolean {
    if (this.#inFlight === null) return false
    this.#options.onChange(withRejection(this.#options.timeline(), this.#inFlight, reason))
    this.resend()
    return true
  }

  discard(clientId: string): void {
    this.#update(withoutPending(this.#options.timeline(), clientId))
    this.#finish(clientId)
  }

  close(): void {
    clearTimeout(this.#ackTimer)
  }

  /** What is shown beside a message that is not acknowledged. */
  stateText({ clientId, attempts, rejection }: Pending): string {
    if (rejection !== undefined) return `Not accepted: ${rejection}`
    if (!this.#options.isConnected()) return 'Waiting for the connection'
    if (this.#inFlight !== clientId) return 'Waiting'
    return attempts > 1 ? `Trying again (${attempts})` : 'Sending…'
  }

  #sendNext(): void {
    const next = this.#options.timeline().pending.find(({ rejection }) => rejection === undefined)
    if (!next || this.#inFlight !== null || !this.#options.send(frameOf(next))) return
    this.#inFlight = next.clientId
    this.#ackTimer = setTimeout(() => this.resend(), ACK_TIMEOUT_MS)
    this.#options.onChange(withAttempt(this.#options.timeline(), next.clientId))
  }

  #finish(clientId: string): void {
    if (this.#inFlight === clientId) this.resend()
  }

  /** Pending messages survive a reload of the page. */
  #update(timeline: Timeline): void {
    savePending(this.#options.userId, timeline.pending)
    this.#options.onChange(timeline)
  }
}

const frameOf = ({ text, file, clientId }: Pending): object =>
  file ? { type: 'file', file: file.id, client_id: clientId } : { message: text, client_id: clientId }
