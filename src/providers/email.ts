import type { Outcome } from '../model/alarm.ts'
import { TimedOut, withTimeout } from '../model/timeout.ts'
import type { Carrier } from './carrier.ts'
import { type HttpClient, outcomeOf, sendRequest } from './http.ts'

export interface EmailApi {
  /** The base URL of `POST /emails`. */
  readonly url: string
  readonly key: string
  readonly from: string
}

/** E-mail over HTTP, with Resend's API. Its idempotency keys are valid for a day: a message sent twice is delivered once. */
export const createEmailApi = ({ url, key, from }: EmailApi, client: HttpClient): Carrier => ({
  name: 'email-api',
  send: async (message) => {
    const response = await sendRequest(client, `${url}/emails`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'Idempotency-Key': message.key },
      body: JSON.stringify({ from, to: [message.address], subject: message.subject, text: message.body }),
    })
    const outcome = outcomeOf(response, { reference: 'id', errorCode: 'name' })
    // The key was used before with a different content, for example because a deployment changed the sender in between.
    return outcome.type === 'retry' && outcome.reason.endsWith(' invalid_idempotent_request')
      ? { type: 'uncertain', reason: outcome.reason }
      : outcome
  },
})

/** The platform's e-mail binding. */
export interface EmailBinding {
  send(message: {
    from: string
    to: string
    subject: string
    text: string
    headers: Record<string, string>
  }): Promise<{ messageId: string }>
}

/**
 * Cloudflare's `send_email`. It has no idempotency keys and no way to look up a sent message. A message with an uncertain
 * outcome is therefore sent again; both carry the same `X-Entity-Ref-ID`, by which mail clients can group them.
 */
export const createEmailBinding = (binding: EmailBinding, from: string, timeoutMs: number): Carrier => ({
  name: 'email-binding',
  send: async ({ key, address, subject, body }) => {
    try {
      const sending = binding.send({ from, to: address, subject, text: body, headers: { 'X-Entity-Ref-ID': key } })
      const { messageId } = await withTimeout(sending, timeoutMs)
      return { type: 'sent', reference: messageId }
    } catch (error) {
      return bindingOutcome(error)
    }
  },
})

const bindingOutcome = (error: unknown): Outcome => {
  if (error instanceof TimedOut) return { type: 'uncertain', reason: 'no response' }
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  const reason = typeof code === 'string' ? code.slice(0, 60) : 'failed'
  if (/LIMIT|THROTTL|NOT_VERIFIED|NOT_ALLOWED|DISABLED/.test(reason)) return { type: 'retry', reason, afterMs: null }
  return /VALIDATION|RECIPIENT|INVALID|TOO_LARGE|SUPPRESS/.test(reason) ? { type: 'refused', reason } : { type: 'uncertain', reason }
}
