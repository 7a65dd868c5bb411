import type { Carrier } from './carrier.ts'
import { ask, outcomeOf, told, type Wire } from './http.ts'

export interface SmsApi {
  readonly url: string
  readonly account: string
  readonly token: string
  /** A number, or a messaging service (`MG…`). */
  readonly from: string
}

/** So many of the newest messages to a number are looked through. */
const LOOKED_AT = 50

/**
 * SMS in Twilio's form. It knows no keys: a message whose fate is unknown is looked for among those that were sent to
 * the number, and every text of ours ends in a reference that no other has.
 */
export const createSmsApi = ({ url, account, token, from }: SmsApi, wire: Wire): Carrier => {
  const messages = `${url}/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`
  const authorization = `Basic ${btoa(`${account}:${token}`)}`
  return {
    name: 'sms-api',

    send: async ({ address, body }) => {
      const form = new URLSearchParams({ To: address, [from.startsWith('MG') ? 'MessagingServiceSid' : 'From']: from, Body: body })
      const heard = await ask(wire, messages, { method: 'POST', headers: { Authorization: authorization }, body: form })
      return outcomeOf(heard, { reference: 'sid', word: 'code' })
    },

    find: async ({ address, body }) => {
      const query = new URLSearchParams({ To: address, PageSize: String(LOOKED_AT) })
      const heard = await ask(wire, `${messages}?${query}`, { method: 'GET', headers: { Authorization: authorization } })
      const json: unknown = heard?.status === 200 ? heard.json : null
      const list: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'messages') : null
      if (!Array.isArray(list)) return null
      // Contained and not equal: a trial account puts words of its own before ours.
      return list.some((sent: unknown) => told(sent, 'body')?.includes(body) === true)
    },
  }
}
