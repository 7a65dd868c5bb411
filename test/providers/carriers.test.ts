import { describe, expect, test } from 'vitest'
import type { Carrier, Message } from '../../src/providers/carrier.ts'
import { createEmailApi, createEmailBinding, type EmailBinding } from '../../src/providers/email.ts'
import type { HttpClient } from '../../src/providers/http.ts'
import { createLocalCarrier } from '../../src/providers/local.ts'
import { createSmsApi } from '../../src/providers/sms.ts'
import { createWebhook } from '../../src/providers/webhook.ts'

const NOW = Date.UTC(2026, 10, 20, 18, 55)

const MESSAGE: Message = {
  key: '6740e2bc8d390fe44b0f398f.contact-1.2',
  accountId: 7,
  recipient: 'Ann',
  address: 'ann@example.com',
  subject: 'sam needs help',
  body: 'Call sam now. Ref 0f398f-2',
  createdAt: NOW,
}

type Reply = (request: Request) => Response | Promise<Response>

/** A fake provider that records its requests and sends the given replies. */
const fakeProvider = (...replies: Reply[]) => {
  const requests: { method: string; url: string; headers: Headers; body: string }[] = []
  const client: HttpClient = {
    timeoutMs: 50,
    now: () => NOW,
    fetch: async (url, init) => {
      const request = new Request(url, init)
      requests.push({
        method: request.method,
        url,
        headers: request.headers,
        body: new TextDecoder().decode(await request.clone().arrayBuffer()),
      })
      const reply = replies[Math.min(requests.length, replies.length) - 1]
      if (!reply) throw new Error('unexpected request')
      return reply(request)
    },
  }
  return { client, requests }
}

const respondWith =
  (status: number, body: unknown = {}, headers: Record<string, string> = {}): Reply =>
  () =>
    Response.json(body, { status, headers })

/** Accepts the request and never responds, until the client gives up. */
const timesOut: Reply = (request) =>
  new Promise((_resolve, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))

const connectionLost: Reply = () => Promise.reject(new Error('Network connection lost.'))

const incompleteResponse: Reply = () =>
  new Response(
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"id":'))
        controller.error(new Error('Network connection lost.'))
      },
    }),
  )

const createCarrier: Record<string, (client: HttpClient) => Carrier> = {
  'the e-mail API': (client) => createEmailApi({ url: 'https://mail.test', key: 're_123', from: 'Concord <help@concord.test>' }, client),
  'the SMS API': (client) => createSmsApi({ url: 'https://sms.test', account: 'AC1', token: 'tok', from: '+15550000000' }, client),
  'the webhook': (client) => createWebhook({ url: 'https://hook.test/alarms?x=1', secret: 'a secret of sixteen' }, client),
}

describe.each(Object.entries(createCarrier))('%s', (_name, create) => {
  test.each([
    [
      'a rate limit error, with seconds',
      respondWith(429, {}, { 'Retry-After': '30' }),
      { type: 'retry', reason: 'HTTP 429', afterMs: 30_000 },
    ],
    [
      'a temporary error, with a date',
      respondWith(503, {}, { 'Retry-After': new Date(NOW + 90_000).toUTCString() }),
      { type: 'retry', reason: 'HTTP 503', afterMs: 90_000 },
    ],
    ['an invalid time', respondWith(429, {}, { 'Retry-After': 'soon' }), { type: 'retry', reason: 'HTTP 429', afterMs: null }],
    ['a server error', respondWith(500, 'not an object'), { type: 'retry', reason: 'HTTP 500', afterMs: null }],
    ['a wrong key', respondWith(401), { type: 'retry', reason: 'HTTP 401', afterMs: null }],
    ['a redirect', respondWith(302, {}, { Location: 'https://elsewhere.test' }), { type: 'retry', reason: 'HTTP 302', afterMs: null }],
    ['a rejected message', respondWith(422), { type: 'refused', reason: 'HTTP 422' }],
    ['a gateway timeout', respondWith(504), { type: 'uncertain', reason: 'HTTP 504' }],
    ['a timeout', timesOut, { type: 'uncertain', reason: 'no response' }],
    ['a lost connection', connectionLost, { type: 'uncertain', reason: 'no response' }],
    ['an incomplete response', incompleteResponse, { type: 'uncertain', reason: 'no response' }],
  ])('maps %s to the right outcome', async (_case, reply, outcome) => {
    const { client, requests } = fakeProvider(reply)
    expect(await create(client).send(MESSAGE)).toEqual(outcome)
    expect(requests).toHaveLength(1)
  })

  test('contains nothing of an error response except the error code', async () => {
    const body = { name: 'validation_error', code: 'bad thing: ann@example.com', message: 'ann@example.com is invalid' }
    const outcome = await create(fakeProvider(respondWith(400, body)).client).send(MESSAGE)
    expect(JSON.stringify(outcome)).not.toContain('ann@')
  })
})

test('the e-mail API gets a request in Resend’s format, with the idempotency key', async () => {
  const { client, requests } = fakeProvider(respondWith(200, { id: '49a3999c' }))
  expect(await createCarrier['the e-mail API']?.(client).send(MESSAGE)).toEqual({ type: 'sent', reference: '49a3999c' })
  const [request] = requests
  expect([request?.method, request?.url]).toEqual(['POST', 'https://mail.test/emails'])
  expect(request?.headers.get('Authorization')).toBe('Bearer re_123')
  expect(request?.headers.get('Idempotency-Key')).toBe(MESSAGE.key)
  expect(request?.headers.get('Content-Type')).toBe('application/json')
  expect(JSON.parse(request?.body ?? '')).toEqual({
    from: 'Concord <help@concord.test>',
    to: ['ann@example.com'],
    subject: 'sam needs help',
    text: MESSAGE.body,
  })
})

test.each([
  ['concurrent_idempotent_requests', { type: 'retry', reason: 'HTTP 409 concurrent_idempotent_requests', afterMs: null }],
  ['invalid_idempotent_request', { type: 'uncertain', reason: 'HTTP 409 invalid_idempotent_request' }],
])('the e-mail API: %s', async (name, outcome) => {
  expect(await createCarrier['the e-mail API']?.(fakeProvider(respondWith(409, { name })).client).send(MESSAGE)).toEqual(outcome)
})

describe('the SMS API', () => {
  const text = { ...MESSAGE, address: '+380501234567' }

  test('gets a request in Twilio’s format', async () => {
    const { client, requests } = fakeProvider(respondWith(201, { sid: 'SM1' }))
    expect(await createCarrier['the SMS API']?.(client).send(text)).toEqual({ type: 'sent', reference: 'SM1' })
    const [request] = requests
    expect([request?.method, request?.url]).toEqual(['POST', 'https://sms.test/2010-04-01/Accounts/AC1/Messages.json'])
    expect(request?.headers.get('Authorization')).toBe(`Basic ${btoa('AC1:tok')}`)
    expect(request?.headers.get('Content-Type')).toMatch(/^application\/x-www-form-urlencoded/)
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({ To: '+380501234567', From: '+15550000000', Body: text.body })
  })

  test('uses a messaging service if one is configured', async () => {
    const { client, requests } = fakeProvider(respondWith(201, { sid: 'SM1' }))
    await createSmsApi({ url: 'https://sms.test', account: 'AC1', token: 'tok', from: 'MG9' }, client).send(text)
    expect(new URLSearchParams(requests[0]?.body).get('MessagingServiceSid')).toBe('MG9')
  })

  test.each([
    ['found', respondWith(200, { messages: [{ body: 'x' }, { body: `Trial account - ${text.body}` }] }), true],
    ['not found', respondWith(200, { messages: [{ body: 'Call sam now. Ref 0f398f-1' }] }), false],
    ['no messages', respondWith(200, { messages: [] }), false],
    ['a malformed response', respondWith(200, 'oops'), null],
    ['a server error', respondWith(500), null],
    ['a timeout', timesOut, null],
  ])('searches for a message with an uncertain outcome: %s', async (_case, reply, found) => {
    const { client, requests } = fakeProvider(reply)
    expect(await createCarrier['the SMS API']?.(client).find?.(text)).toBe(found)
    expect(requests[0]?.url).toBe('https://sms.test/2010-04-01/Accounts/AC1/Messages.json?To=%2B380501234567&PageSize=50')
    expect(requests[0]?.method).toBe('GET')
  })
})

test('the webhook signs time and body, and the receiver can verify the signature', async () => {
  const { client, requests } = fakeProvider(respondWith(204))
  const body = '{"event":"alarm","user_id":"7"}'
  const carrier = createWebhook({ url: 'https://hook.test/alarms', secret: 'a secret of sixteen' }, { ...client, fetch: client.fetch })
  await carrier.send({ ...MESSAGE, body })
  const [request] = requests
  expect(request?.headers.get('Idempotency-Key')).toBe(MESSAGE.key)
  expect(request?.body).toBe(body)
  // The steps that the documentation gives to receivers.
  const signature = new Map(
    (request?.headers.get('Concord-Signature') ?? '')
      .split(',')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  )
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode('a secret of sixteen'), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ])
  const bytes = Uint8Array.from((signature.get('v1') ?? '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const verify = (text: string) => crypto.subtle.verify('HMAC', key, bytes, encoder.encode(text))
  expect(await verify(`${signature.get('t')}.${request?.body}`)).toBe(true)
  expect(await verify(`${signature.get('t')}.${request?.body} `)).toBe(false)
  expect(await verify(`${Number(signature.get('t')) + 1}.${request?.body}`)).toBe(false)
  expect(signature.get('t')).toBe(String(NOW / 1000))
})

describe('the platform’s e-mail binding', () => {
  const failing = (code: string): EmailBinding => ({
    send: () => Promise.reject(Object.assign(new Error('no: ann@example.com'), { code })),
  })

  test('gets the message', async () => {
    const messages: unknown[] = []
    const binding: EmailBinding = {
      send: async (message) => {
        messages.push(message)
        return { messageId: 'm1' }
      },
    }
    expect(await createEmailBinding(binding, 'help@concord.test', 50).send(MESSAGE)).toEqual({ type: 'sent', reference: 'm1' })
    expect(messages).toEqual([
      {
        from: 'help@concord.test',
        to: 'ann@example.com',
        subject: 'sam needs help',
        text: MESSAGE.body,
        headers: { 'X-Entity-Ref-ID': MESSAGE.key },
      },
    ])
  })

  test.each([
    ['E_RATE_LIMIT_EXCEEDED', 'retry'],
    ['E_SENDER_NOT_VERIFIED', 'retry'],
    ['E_VALIDATION_ERROR', 'refused'],
    ['E_INTERNAL_SERVER_ERROR', 'uncertain'],
  ])('%s is %s', async (code, type) => {
    const outcome = await createEmailBinding(failing(code), 'help@concord.test', 50).send(MESSAGE)
    expect(outcome).toMatchObject({ type, reason: code })
    expect(JSON.stringify(outcome)).not.toContain('ann@')
  })

  test('a timeout is uncertain', async () => {
    const binding: EmailBinding = { send: () => new Promise(() => {}) }
    expect(await createEmailBinding(binding, 'help@concord.test', 20).send(MESSAGE)).toEqual({ type: 'uncertain', reason: 'no response' })
  })
})

test('a local carrier that fails asks for a retry, and does not reveal the message', async () => {
  expect(await createLocalCarrier('desk', async () => {}).send(MESSAGE)).toEqual({ type: 'sent', reference: null })
  expect(await createLocalCarrier('outbox', async () => {}).send(MESSAGE)).toEqual({ type: 'kept' })
  const failed = await createLocalCarrier('outbox', () => Promise.reject(new Error('params: ann@example.com'))).send(MESSAGE)
  expect(failed).toEqual({ type: 'retry', reason: 'could not be stored', afterMs: null })
})
