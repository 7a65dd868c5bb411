import { describe, expect, test } from 'vitest'
import type { Carrier, Message } from '../../src/providers/carrier.ts'
import { createEmailApi, createEmailBinding, type EmailBinding } from '../../src/providers/email.ts'
import type { Wire } from '../../src/providers/http.ts'
import { createLocal } from '../../src/providers/local.ts'
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

/** A provider that keeps what it is asked, and replies as it is told. */
const served = (...replies: Reply[]) => {
  const heard: { method: string; url: string; headers: Headers; body: string }[] = []
  const wire: Wire = {
    timeoutMs: 50,
    now: () => NOW,
    fetch: async (url, init) => {
      const request = new Request(url, init)
      heard.push({
        method: request.method,
        url,
        headers: request.headers,
        body: new TextDecoder().decode(await request.clone().arrayBuffer()),
      })
      const reply = replies[Math.min(heard.length, replies.length) - 1]
      if (!reply) throw new Error('nobody answers')
      return reply(request)
    },
  }
  return { wire, heard }
}

const errorResponse =
  (status: number, body: unknown = {}, headers: Record<string, string> = {}): Reply =>
  () =>
    Response.json(body, { status, headers })

/** Takes the request and never answers, as long as it is waited for. */
const hangs: Reply = (request) =>
  new Promise((_resolve, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))

const drops: Reply = () => Promise.reject(new Error('Network connection lost.'))

const breaksOff: Reply = () =>
  new Response(
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"id":'))
        controller.error(new Error('Network connection lost.'))
      },
    }),
  )

const made: Record<string, (wire: Wire) => Carrier> = {
  'the e-mail API': (wire) => createEmailApi({ url: 'https://mail.test', key: 're_123', from: 'Concord <help@concord.test>' }, wire),
  'the SMS API': (wire) => createSmsApi({ url: 'https://sms.test', account: 'AC1', token: 'tok', from: '+15550000000' }, wire),
  'the webhook': (wire) => createWebhook({ url: 'https://hook.test/alarms?x=1', secret: 'a secret of sixteen' }, wire),
}

describe.each(Object.entries(made))('%s', (_name, make) => {
  test.each([
    ['a refusal for now, with seconds', errorResponse(429, {}, { 'Retry-After': '30' }), { is: 'retry', why: 'HTTP 429', afterMs: 30_000 }],
    [
      'a refusal for now, with a date',
      errorResponse(503, {}, { 'Retry-After': new Date(NOW + 90_000).toUTCString() }),
      { is: 'retry', why: 'HTTP 503', afterMs: 90_000 },
    ],
    ['a time that is none', errorResponse(429, {}, { 'Retry-After': 'soon' }), { is: 'retry', why: 'HTTP 429', afterMs: null }],
    ['a fault of theirs', errorResponse(500, 'not an object'), { is: 'retry', why: 'HTTP 500', afterMs: null }],
    ['a key that is wrong', errorResponse(401), { is: 'retry', why: 'HTTP 401', afterMs: null }],
    [
      'an address that has moved',
      errorResponse(302, {}, { Location: 'https://elsewhere.test' }),
      { is: 'retry', why: 'HTTP 302', afterMs: null },
    ],
    ['a message that they will never take', errorResponse(422), { is: 'refused', why: 'HTTP 422' }],
    ['a gateway that lost the answer', errorResponse(504), { is: 'uncertain', why: 'HTTP 504' }],
    ['a hang', hangs, { is: 'uncertain', why: 'no answer' }],
    ['a dropped connection', drops, { is: 'uncertain', why: 'no answer' }],
    ['an answer that breaks off', breaksOff, { is: 'uncertain', why: 'no answer' }],
  ])('takes %s for what it is', async (_what, reply, outcome) => {
    const { wire, heard } = served(reply)
    expect(await make(wire).send(MESSAGE)).toEqual(outcome)
    expect(heard).toHaveLength(1)
  })

  test('repeats nothing of what a provider errorResponse but its own word for it', async () => {
    const said = { name: 'validation_error', code: 'bad thing: ann@example.com', message: 'ann@example.com is invalid' }
    const outcome = await make(served(errorResponse(400, said)).wire).send(MESSAGE)
    expect(JSON.stringify(outcome)).not.toContain('ann@')
  })
})

test('the e-mail API is asked in Resend’s form, with the key', async () => {
  const { wire, heard } = served(errorResponse(200, { id: '49a3999c' }))
  expect(await made['the e-mail API']?.(wire).send(MESSAGE)).toEqual({ is: 'sent', reference: '49a3999c' })
  const [asked] = heard
  expect([asked?.method, asked?.url]).toEqual(['POST', 'https://mail.test/emails'])
  expect(asked?.headers.get('Authorization')).toBe('Bearer re_123')
  expect(asked?.headers.get('Idempotency-Key')).toBe(MESSAGE.key)
  expect(asked?.headers.get('Content-Type')).toBe('application/json')
  expect(JSON.parse(asked?.body ?? '')).toEqual({
    from: 'Concord <help@concord.test>',
    to: ['ann@example.com'],
    subject: 'sam needs help',
    text: MESSAGE.body,
  })
})

test.each([
  ['concurrent_idempotent_requests', { is: 'retry', why: 'HTTP 409 concurrent_idempotent_requests', afterMs: null }],
  ['invalid_idempotent_request', { is: 'uncertain', why: 'HTTP 409 invalid_idempotent_request' }],
])('the e-mail API: %s', async (name, outcome) => {
  expect(await made['the e-mail API']?.(served(errorResponse(409, { name })).wire).send(MESSAGE)).toEqual(outcome)
})

describe('the SMS API', () => {
  const text = { ...MESSAGE, address: '+380501234567' }

  test('is asked in Twilio’s form', async () => {
    const { wire, heard } = served(errorResponse(201, { sid: 'SM1' }))
    expect(await made['the SMS API']?.(wire).send(text)).toEqual({ is: 'sent', reference: 'SM1' })
    const [asked] = heard
    expect([asked?.method, asked?.url]).toEqual(['POST', 'https://sms.test/2010-04-01/Accounts/AC1/Messages.json'])
    expect(asked?.headers.get('Authorization')).toBe(`Basic ${btoa('AC1:tok')}`)
    expect(asked?.headers.get('Content-Type')).toMatch(/^application\/x-www-form-urlencoded/)
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({ To: '+380501234567', From: '+15550000000', Body: text.body })
  })

  test('by a messaging service, where that is what is set', async () => {
    const { wire, heard } = served(errorResponse(201, { sid: 'SM1' }))
    await createSmsApi({ url: 'https://sms.test', account: 'AC1', token: 'tok', from: 'MG9' }, wire).send(text)
    expect(new URLSearchParams(heard[0]?.body).get('MessagingServiceSid')).toBe('MG9')
  })

  test.each([
    ['it is among those that were sent', errorResponse(200, { messages: [{ body: 'x' }, { body: `Trial account - ${text.body}` }] }), true],
    ['it is not', errorResponse(200, { messages: [{ body: 'Call sam now. Ref 0f398f-1' }] }), false],
    ['nothing was sent', errorResponse(200, { messages: [] }), false],
    ['the answer is none', errorResponse(200, 'oops'), null],
    ['a fault of theirs', errorResponse(500), null],
    ['a hang', hangs, null],
  ])('looks for a message whose fate is unknown: %s', async (_what, reply, found) => {
    const { wire, heard } = served(reply)
    expect(await made['the SMS API']?.(wire).find?.(text)).toBe(found)
    expect(heard[0]?.url).toBe('https://sms.test/2010-04-01/Accounts/AC1/Messages.json?To=%2B380501234567&PageSize=50')
    expect(heard[0]?.method).toBe('GET')
  })
})

test('the webhook is signed over time and body, as whoever receives it can verify', async () => {
  const { wire, heard } = served(errorResponse(204))
  const body = '{"event":"alarm","user_id":"7"}'
  const carrier = createWebhook({ url: 'https://hook.test/alarms', secret: 'a secret of sixteen' }, { ...wire, fetch: wire.fetch })
  await carrier.send({ ...MESSAGE, body })
  const [asked] = heard
  expect(asked?.headers.get('Idempotency-Key')).toBe(MESSAGE.key)
  expect(asked?.body).toBe(body)
  // The recipe, step by step.
  const signature = new Map(
    (asked?.headers.get('Concord-Signature') ?? '')
      .split(',')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  )
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode('a secret of sixteen'), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ])
  const bytes = Uint8Array.from((signature.get('v1') ?? '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const verify = (over: string) => crypto.subtle.verify('HMAC', key, bytes, encoder.encode(over))
  expect(await verify(`${signature.get('t')}.${asked?.body}`)).toBe(true)
  expect(await verify(`${signature.get('t')}.${asked?.body} `)).toBe(false)
  expect(await verify(`${Number(signature.get('t')) + 1}.${asked?.body}`)).toBe(false)
  expect(signature.get('t')).toBe(String(NOW / 1000))
})

describe('the platform’s e-mail binding', () => {
  const failing = (code: string): EmailBinding => ({
    send: () => Promise.reject(Object.assign(new Error('no: ann@example.com'), { code })),
  })

  test('is given the message', async () => {
    const given: unknown[] = []
    const binding: EmailBinding = {
      send: async (message) => {
        given.push(message)
        return { messageId: 'm1' }
      },
    }
    expect(await createEmailBinding(binding, 'help@concord.test', 50).send(MESSAGE)).toEqual({ is: 'sent', reference: 'm1' })
    expect(given).toEqual([
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
  ])('%s is %s', async (code, is) => {
    const outcome = await createEmailBinding(failing(code), 'help@concord.test', 50).send(MESSAGE)
    expect(outcome).toMatchObject({ is, why: code })
    expect(JSON.stringify(outcome)).not.toContain('ann@')
  })

  test('a hang is uncertain', async () => {
    const binding: EmailBinding = { send: () => new Promise(() => {}) }
    expect(await createEmailBinding(binding, 'help@concord.test', 20).send(MESSAGE)).toEqual({ is: 'uncertain', why: 'no answer' })
  })
})

test('what the house keeps by itself is tried again when it could not, and errorResponse nothing of what it was', async () => {
  expect(await createLocal('outbox', async () => {}).send(MESSAGE)).toEqual({ is: 'sent', reference: null })
  const failed = await createLocal('outbox', () => Promise.reject(new Error('params: ann@example.com'))).send(MESSAGE)
  expect(failed).toEqual({ is: 'retry', why: 'could not be kept', afterMs: null })
})
