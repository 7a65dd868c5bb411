import type { Carrier } from './carrier.ts'
import { type HttpClient, outcomeOf, sendRequest, textField } from './http.ts'

export interface SmsApi {
  readonly url: string
  readonly account: string
  readonly token: string
  /** A number, or a messaging service (`MG…`). */
  readonly from: string
}

/** How many of the newest messages to a number are searched. */
const SEARCH_LIMIT = 50

/**
 * SMS with Twilio's API. It has no idempotency keys. A message with an uncertain outcome is searched for among the messages
 * sent to the number; each of our texts ends with a unique reference.
 */
export const createSmsApi = ({ url, account, token, from }: SmsApi, client: HttpClient): Carrier => {
  const messagesUrl = `${url}/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`
  const authorization = `Basic ${btoa(`${account}:${token}`)}`
  return {
    name: 'sms-api',

    send: async ({ address, body }) => {
      const form = new URLSearchParams({ To: address, [from.startsWith('MG') ? 'MessagingServiceSid' : 'From']: from, Body: body })
      const response = await sendRequest(client, messagesUrl, { method: 'POST', headers: { Authorization: authorization }, body: form })
      return outcomeOf(response, { reference: 'sid', errorCode: 'code' })
    },

    find: async ({ address, body }) => {
      const query = new URLSearchParams({ To: address, PageSize: String(SEARCH_LIMIT) })
      const response = await sendRequest(client, `${messagesUrl}?${query}`, { method: 'GET', headers: { Authorization: authorization } })
      const json: unknown = response?.status === 200 ? response.json : null
      const messages: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'messages') : null
      if (!Array.isArray(messages)) return null
      // Not an exact match: a trial account puts text of its own before ours.
      return messages.some((sent: unknown) => textField(sent, 'body')?.includes(body) === true)
    },
  }
}
