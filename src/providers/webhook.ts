import type { Carrier } from './carrier.ts'
import { ask, outcomeOf, type Wire } from './http.ts'

export interface Webhook {
  readonly url: string
  readonly secret: string
}

/**
 * A signed request to the operator's own address. Whoever receives it takes `t` and `v1` from `Concord-Signature`,
 * computes HMAC-SHA256 with the secret over `<t>.<the body as it came>`, compares that with `v1` in constant time, and
 * refuses what is older than five minutes. `Idempotency-Key` is the same whenever the same news comes again.
 */
export const createWebhook = ({ url, secret }: Webhook, wire: Wire): Carrier => ({
  name: 'webhook',
  send: async ({ key, body }) => {
    const seconds = Math.floor(wire.now() / 1000)
    const signature = await hmac(secret, `${seconds}.${body}`)
    const heard = await ask(wire, url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key, 'Concord-Signature': `t=${seconds},v1=${signature}` },
      body,
    })
    return outcomeOf(heard, { reference: 'id', word: 'code' })
  },
})

const hmac = async (secret: string, text: string): Promise<string> => {
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signed = await crypto.subtle.sign('HMAC', key, encoder.encode(text))
  return Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
