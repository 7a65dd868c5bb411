import type { ProviderResponse } from '../platform/globals.ts'
import type { Random } from '../platform/random.ts'
import type { Scheduler } from '../platform/scheduler.ts'
import type { Faults } from './faults.ts'

/**
 * The providers that send e-mails, SMS and webhooks, as far as Concord sees them: HTTP requests. They keep what they have
 * accepted. A provider may accept a message and not answer.
 */

export interface Accepted {
  readonly channel: 'email' | 'sms' | 'webhook'
  /** The address or number. */
  readonly to: string
  readonly text: string
  /** The idempotency key. The provider of SMS has none. */
  readonly key: string | null
  readonly at: number
}

export const PROVIDER_SETTINGS = {
  EMAIL_API_URL: 'https://email.example',
  EMAIL_API_KEY: 'key',
  EMAIL_FROM: 'alarms@example.com',
  SMS_API_URL: 'https://sms.example',
  SMS_ACCOUNT_SID: 'account',
  SMS_AUTH_TOKEN: 'token',
  SMS_FROM: '+15550000000',
  ALARM_WEBHOOK_URL: 'https://hook.example/',
  ALARM_WEBHOOK_SECRET: 'a secret of the simulation',
} as const

type Answer = Pick<ProviderResponse, 'status'> & { readonly json: unknown; readonly retryAfter?: string }

type Attempt = Omit<Accepted, 'at'>

export class Providers {
  /** All messages that will be delivered, in the order in which they were accepted. */
  readonly accepted: Accepted[] = []
  /** Every request to send something, whatever became of it. */
  readonly attempts: Accepted[] = []
  /** Messages that were refused for good: the key of an e-mail, `sms <to> <text>` of an SMS. */
  readonly refused = new Set<string>()
  readonly #keys = new Set<string>()
  readonly #scheduler: Scheduler
  readonly #random: Random
  readonly #faults: Faults

  constructor(scheduler: Scheduler, random: Random, faults: Faults) {
    this.#scheduler = scheduler
    this.#random = random
    this.#faults = faults
  }

  /**
   * The request leaves through the output gate of the object that sends it, and arrives at once. If it took some time, an object
   * could restart meanwhile and search for a message that is still on its way. No client of such a provider can exclude that.
   */
  fetch(url: string, init: RequestInit): Promise<ProviderResponse> {
    const { current: owner } = this.#scheduler
    return new Promise((resolve, reject) => {
      const abort = () => reject(new Error('The operation was aborted due to timeout'))
      init.signal?.addEventListener('abort', abort)
      if (owner) owner.pending++
      const send = (): void => {
        const answer = this.#answer(url, init)
        if (owner) owner.pending--
        if (answer) this.#scheduler.after(this.#faults.latency(), () => resolve(responseFrom(answer)), { owner })
      }
      if (owner) owner.output(send)
      else send()
    })
  }

  /** Null: no answer arrives. */
  #answer(url: string, init: RequestInit): Answer | null {
    if (init.method === 'GET') {
      if (this.#faults.happens('silent-providers', 0.1)) return null
      if (this.#faults.happens('failing-providers', 0.1)) return { status: 500, json: {} }
      return { status: 200, json: this.#search(new URL(url)) }
    }
    const attempt = attemptFrom(url, init)
    this.attempts.push({ ...attempt, at: this.#scheduler.now })
    if (this.#faults.happens('failing-providers', 0.1)) {
      const status = this.#random.pick([500, 503, 429])
      return status === 429 ? { status, json: {}, retryAfter: '30' } : { status, json: {} }
    }
    if (attempt.channel !== 'webhook' && this.#faults.happens('failing-providers', 0.01)) {
      this.refused.add(attempt.key ?? `sms ${attempt.to} ${attempt.text}`)
      return { status: 422, json: { code: 'invalid' } }
    }
    const isAccepted = !this.#faults.happens('silent-providers', 0.05)
    if (isAccepted) this.#accept(attempt)
    if (!isAccepted || this.#faults.happens('silent-providers', 0.1)) return this.#random.chance(0.5) ? null : { status: 504, json: {} }
    return { status: 200, json: { id: 'id', sid: 'sid' } }
  }

  #accept(attempt: Attempt): void {
    if (attempt.key !== null && this.#keys.has(attempt.key)) return
    if (attempt.key !== null) this.#keys.add(attempt.key)
    this.accepted.push({ ...attempt, at: this.#scheduler.now })
  }

  /** Twilio's list of the messages to a number, the newest first. */
  #search({ searchParams }: URL): unknown {
    const limit = Number(searchParams.get('PageSize'))
    const found = this.accepted.filter(({ channel, to }) => channel === 'sms' && to === searchParams.get('To'))
    return { messages: found.slice(-limit).map(({ text }) => ({ body: text })) }
  }
}

const attemptFrom = (url: string, { headers, body }: RequestInit): Attempt => {
  const key = new Headers(headers).get('Idempotency-Key')
  if (url.startsWith(PROVIDER_SETTINGS.SMS_API_URL)) {
    const form = new URLSearchParams(String(body))
    return { channel: 'sms', to: form.get('To') ?? '', text: form.get('Body') ?? '', key: null }
  }
  const json: unknown = JSON.parse(String(body))
  if (url.startsWith(PROVIDER_SETTINGS.EMAIL_API_URL)) {
    const to: unknown = Reflect.get(Object(json), 'to')
    return { channel: 'email', to: String(to), text: String(Reflect.get(Object(json), 'text')), key }
  }
  return { channel: 'webhook', to: url, text: String(body), key }
}

const responseFrom = ({ status, json, retryAfter }: Answer): ProviderResponse => ({
  status,
  headers: { get: (name) => (name === 'Retry-After' ? (retryAfter ?? null) : null) },
  text: async () => JSON.stringify(json),
})
