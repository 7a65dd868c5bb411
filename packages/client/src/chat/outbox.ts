import { type ChatFile, parseChatFile } from './messages.ts'
import type { ChatStorage } from './platform.ts'
import { randomId } from './random-id.ts'
import { read, write } from './storage.ts'
import { asText, isRecord, parseId, parseJson } from './values.ts'

/**
 * The messages that the server has not acknowledged. They are sent one at a time: they stay in the order in which they were
 * written, even if some are lost or rejected. Each is sent again until it is acknowledged. The server stores the same client id only
 * once, however often it arrives.
 */

export interface UnsentMessage {
  /** Made when the message was written, and the same in each attempt. */
  readonly clientId: string
  readonly text: string
  /** The uploaded file that the message refers to. */
  readonly file?: ChatFile
  /** At the desk: the person whom it is for. */
  readonly userId?: number
  /** How often it was sent. */
  readonly attempts: number
  /** `rejected`: the server will never accept it. It stays in the outbox until it is discarded. */
  readonly state: 'waiting' | 'sending' | 'rejected'
  /** Why the server rejected it. */
  readonly rejection?: string
}

/** A message of the outbox that the server has stored. */
export interface StoredMessage {
  readonly id: number
  readonly clientId: string
  readonly text: string
  /** UTC, in ISO 8601: of the acknowledgement, which contains no time, or of the message if it has arrived before. */
  readonly sentAt: string
  readonly file?: ChatFile
  readonly userId?: number
}

const ACK_TIMEOUT_MS = 8_000

/** The errors that concern the message that was sent last, and that repeating it would not change. */
const REJECTION = /^(?:(?:message|file|client_id|user_id): |(?=User not found|The frame is too long))(.*)/s

interface OutboxOptions {
  readonly storage: ChatStorage | null
  readonly key: string
  /** Returns false if there is no connection. */
  send(frame: object): boolean
  /** Called also when only the state of a message has changed. */
  onChange?: ((messages: readonly UnsentMessage[]) => void) | undefined
  onStored?: ((message: StoredMessage) => void) | undefined
}

interface Promised {
  resolve(message: StoredMessage): void
  reject(error: Error): void
}

type NewMessage = Pick<UnsentMessage, 'text' | 'file' | 'userId'>

export class Outbox {
  readonly #options: OutboxOptions
  /** What was written while this program runs, and is waited for. */
  readonly #promised = new Map<string, Promised>()
  #messages: readonly UnsentMessage[] = []
  /** Until then nothing is written to the storage: it would replace what is there. */
  #isLoaded = false
  #ackTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
    read(options.storage, options.key, (stored) => {
      this.#isLoaded = true
      this.#messages = [...parseUnsent(stored), ...this.#messages]
      if (this.#messages.length === 0) return
      // After the constructor, so that the owner is complete when it is called back.
      queueMicrotask(() => {
        this.#save()
        this.#sendNext()
      })
    })
  }

  get messages(): readonly UnsentMessage[] {
    return this.#messages
  }

  /** Resolves when the server has stored the message. */
  add(message: NewMessage): Promise<StoredMessage> {
    const clientId = randomId()
    const promise = new Promise<StoredMessage>((resolve, reject) => this.#promised.set(clientId, { resolve, reject }))
    // A caller that does not await it must not cause an unhandled rejection.
    promise.catch(() => undefined)
    this.#messages = [...this.#messages, { clientId, ...message, attempts: 0, state: 'waiting' }]
    this.#save()
    this.#sendNext()
    return promise
  }

  /** After a reconnection, and when no acknowledgement arrives. */
  resend(): void {
    clearTimeout(this.#ackTimer)
    this.#messages = this.#messages.map((message) => (message.state === 'sending' ? { ...message, state: 'waiting' } : message))
    this.#sendNext()
  }

  /** The server has stored the message. Returns false if it is none of these. */
  acknowledge(clientId: string, id: number, sentAt = new Date().toISOString()): boolean {
    const sent = this.#find(clientId)
    if (!sent) return false
    const { text, file, userId } = sent
    const stored = { id, clientId, text, sentAt, ...(file && { file }), ...(userId && { userId }) }
    this.#remove(sent, () => this.#options.onStored?.(stored))
    this.#promised.get(clientId)?.resolve(stored)
    this.#promised.delete(clientId)
    return true
  }

  /**
   * A message that the server will never accept is kept with the reason, and must not hold back the messages after it.
   * Returns false if the error does not concern the message that is being sent.
   */
  reject(detail: string): boolean {
    const sent = this.#messages.find(({ state }) => state === 'sending')
    const rejection = REJECTION.exec(detail)?.[1]
    if (!sent || rejection === undefined) return false
    this.#replace({ ...sent, state: 'rejected', rejection })
    this.#fail(sent.clientId, rejection)
    this.resend()
    return true
  }

  discard(clientId: string): void {
    const message = this.#find(clientId)
    if (!message) return
    this.#remove(message)
    this.#fail(clientId, 'Discarded.')
  }

  close(): void {
    clearTimeout(this.#ackTimer)
    for (const clientId of [...this.#promised.keys()]) this.#fail(clientId, 'The chat was closed.')
  }

  #find(clientId: string): UnsentMessage | undefined {
    return this.#messages.find((message) => message.clientId === clientId)
  }

  #replace(changed: UnsentMessage): void {
    this.#messages = this.#messages.map((message) => (message.clientId === changed.clientId ? changed : message))
    this.#options.onChange?.(this.#messages)
  }

  #remove(removed: UnsentMessage, beforeChange?: () => void): void {
    this.#messages = this.#messages.filter((message) => message !== removed)
    beforeChange?.()
    this.#save()
    if (removed.state === 'sending') this.resend()
  }

  #fail(clientId: string, reason: string): void {
    this.#promised.get(clientId)?.reject(new Error(reason))
    this.#promised.delete(clientId)
  }

  #sendNext(): void {
    const next = this.#messages.find(({ state }) => state !== 'rejected')
    if (!this.#isLoaded || next?.state !== 'waiting' || !this.#options.send(frameOf(next))) return
    this.#ackTimer = setTimeout(() => this.resend(), ACK_TIMEOUT_MS)
    this.#replace({ ...next, state: 'sending', attempts: next.attempts + 1 })
  }

  #save(): void {
    if (this.#isLoaded) {
      write(this.#options.storage, this.#options.key, this.#messages.length === 0 ? null : JSON.stringify(this.#messages))
    }
    this.#options.onChange?.(this.#messages)
  }
}

const parseUnsent = (stored: string | null): UnsentMessage[] => {
  const list = parseJson(stored)
  return (Array.isArray(list) ? list : [])
    .filter(isRecord)
    .map((item): UnsentMessage => {
      const [file, userId] = [parseChatFile(item.file), parseId(item.userId)]
      return {
        clientId: asText(item.clientId),
        text: asText(item.text),
        ...(file && { file }),
        ...(userId && { userId }),
        attempts: 0,
        state: 'waiting',
      }
    })
    .filter(({ clientId }) => clientId !== '')
}

const frameOf = ({ text, file, clientId, userId }: UnsentMessage): object =>
  file ? { type: 'file', file: file.id, client_id: clientId } : { message: text, client_id: clientId, ...(userId && { user_id: userId }) }
