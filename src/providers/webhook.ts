import { hex } from '../model/hex.ts'
import type { Carrier } from './carrier.ts'
import { type HttpClient, outcomeOf, sendRequest } from './http.ts'

export interface Webhook {
  readonly url: string
  readonly secret: string
}

/**
 * A signed request to the operator's URL. To verify it, the receiver reads `t` and `v1` from `Concord-Signature`, computes
 * HMAC-SHA256 with the secret over `<t>.<the unchanged body>`, compares the result with `v1` in constant time, and rejects
 * requests older than five minutes. `Idempotency-Key` is the same for every attempt to send the same event.
 */
export const createWebhook = ({ url, secret }: Webhook, client: HttpClient): Carrier => ({
  name: 'webhook',
  // The other webhooks of ESCALATION are named in the message.
  send: async ({ key, address, body }) => {
    const seconds = Math.floor(client.now() / 1000)
    const signature = await hmac(secret, `${seconds}.${body}`)
    const response = await sendRequest(client, /^https?:/.test(address) ? address : url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key, 'Concord-Signature': `t=${seconds},v1=${signature}` },
      body,
    })
    return outcomeOf(response, { reference: 'id', errorCode: 'code' })
  },
})

const hmac = async (secret: string, text: string): Promise<string> => {
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const digest = await crypto.subtle.sign('HMAC', key, encoder.encode(text))
  return hex(digest)
}
