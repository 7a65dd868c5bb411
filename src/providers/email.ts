import type { Carrier, Outcome } from './carrier.ts'
import { ask, outcomeOf, type Wire } from './http.ts'

export interface EmailApi {
  /** Where `POST /emails` is. */
  readonly url: string
  readonly key: string
  readonly from: string
}

/** E-mail over HTTP, in Resend's form. A message is known there by its key for a day: asked again, it is sent once. */
export const createEmailApi = ({ url, key, from }: EmailApi, wire: Wire): Carrier => ({
  name: 'email-api',
  send: async (message) => {
    const heard = await ask(wire, `${url}/emails`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'Idempotency-Key': message.key },
      body: JSON.stringify({ from, to: [message.address], subject: message.subject, text: message.body }),
    })
    const outcome = outcomeOf(heard, { reference: 'id', word: 'name' })
    // Sent under the same key before, with something in it that a deploy has changed since (the sender, say).
    return outcome.is === 'retry' && outcome.why.endsWith(' invalid_idempotent_request') ? { is: 'uncertain', why: outcome.why } : outcome
  },
})

/** The platform's own way out, as the binding has it. */
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
 * Cloudflare's `send_email`. It knows no keys and can't be asked what became of a message: one whose fate is unknown is
 * sent again, and carries a reference by which mail programs put the two together.
 */
export const createEmailBinding = (binding: EmailBinding, from: string, timeoutMs: number): Carrier => ({
  name: 'email-binding',
  send: async ({ key, address, subject, body }) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const tooLate = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => resolve({ is: 'uncertain', why: 'no answer' }), timeoutMs)
    })
    const sent = binding.send({ from, to: address, subject, text: body, headers: { 'X-Entity-Ref-ID': key } }).then(
      ({ messageId }): Outcome => ({ is: 'sent', reference: messageId }),
      (error: unknown): Outcome => bindingOutcome(error),
    )
    const outcome = await Promise.race([sent, tooLate])
    clearTimeout(timer)
    return outcome
  },
})

const bindingOutcome = (error: unknown): Outcome => {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  const why = typeof code === 'string' ? code.slice(0, 60) : 'failed'
  if (/LIMIT|THROTTL|NOT_VERIFIED|NOT_ALLOWED|DISABLED/.test(why)) return { is: 'retry', why, afterMs: null }
  return /VALIDATION|RECIPIENT|INVALID|TOO_LARGE|SUPPRESS/.test(why) ? { is: 'refused', why } : { is: 'uncertain', why }
}
