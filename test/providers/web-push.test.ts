import { describe, expect, test } from 'vitest'
import { fromBase64Url, toBase64Url } from '../../src/model/base64url.ts'
import type { PushMessage } from '../../src/model/push.ts'
import type { HttpClient } from '../../src/providers/http.ts'
import { encryptPush, newOnce } from '../../src/providers/push-encryption.ts'
import { createWebPush } from '../../src/providers/web-push.ts'
import { createDevice, createVapidKeys, verifyAuthorization } from '../support/push-service.ts'

const bytes = (text: string) => fromBase64Url(text) ?? new Uint8Array()

/** RFC 8291, appendix A. */
const VECTOR = {
  text: 'When I grow up, I want to be a watermelon',
  sender: {
    d: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
    public: 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
  },
  device: {
    d: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  body: 'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
}

const ECDH = { name: 'ECDH', namedCurve: 'P-256' }

const vectorKeys = async (): Promise<CryptoKeyPair> => {
  const point = bytes(VECTOR.sender.public)
  const [x, y] = [toBase64Url(point.subarray(1, 33)), toBase64Url(point.subarray(33))]
  const jwk = { kty: 'EC', crv: 'P-256', x, y }
  return {
    publicKey: await crypto.subtle.importKey('jwk', jwk, ECDH, true, []),
    privateKey: await crypto.subtle.importKey('jwk', { ...jwk, d: VECTOR.sender.d }, ECDH, true, ['deriveBits']),
  }
}

describe('the encryption', () => {
  test('is that of the vector in RFC 8291', async () => {
    const body = await encryptPush(VECTOR.text, VECTOR.device, { keys: await vectorKeys(), salt: bytes(VECTOR.salt) })
    expect(toBase64Url(body)).toBe(VECTOR.body)
  })

  test('is undone by the device of the vector, in the tests, too', () => {
    const device = createDevice({ privateKey: VECTOR.device.d, auth: VECTOR.device.auth })
    expect(device).toMatchObject({ p256dh: VECTOR.device.p256dh, auth: VECTOR.device.auth })
    expect(device.decrypt(bytes(VECTOR.body))).toBe(VECTOR.text)
  })

  test('is different each time, and only for its device', async () => {
    const [device, other] = [createDevice(), createDevice()]
    const [first, second] = [await encryptPush('a', device, await newOnce()), await encryptPush('a', device, await newOnce())]
    expect(toBase64Url(first)).not.toBe(toBase64Url(second))
    for (const body of [first, second]) {
      expect(device.decrypt(body)).toBe('a')
      expect(() => other.decrypt(body)).toThrow()
    }
    first.set([1], first.length - 1)
    expect(() => device.decrypt(first)).toThrow()
  })
})

const NOW = Date.UTC(2026, 10, 20, 18, 55)
const MESSAGE: PushMessage = { tag: 'a', title: 'An alarm is open.', silent: false }
const ENDPOINT = 'https://push.example/send/1'

const serviceWith = (reply: (request: Request) => Response | Promise<Response>) => {
  const requests: Request[] = []
  const client: HttpClient = {
    timeoutMs: 50,
    now: () => NOW,
    fetch: async (url, init) => {
      const request = new Request(url, init)
      requests.push(request.clone())
      return reply(request)
    },
  }
  const settings = { ...createVapidKeys(), subject: 'mailto:operator@example.com', origins: ['https://push.example'] }
  return { push: createWebPush(settings, client), requests, settings }
}

describe('a message', () => {
  test('is encrypted for the device, and signed for the push service', async () => {
    const device = createDevice()
    const { push, requests, settings } = serviceWith(() => new Response(null, { status: 201 }))
    expect(await push.send({ ...device, endpoint: ENDPOINT }, MESSAGE)).toBe('sent')
    const [request] = requests
    if (!request) throw new Error('no request')
    expect([request.method, request.url, request.redirect]).toEqual(['POST', ENDPOINT, 'manual'])
    expect(Object.fromEntries(request.headers)).toMatchObject({ ttl: '3600', urgency: 'high', 'content-encoding': 'aes128gcm' })
    const body = new Uint8Array(await request.arrayBuffer())
    expect(JSON.parse(String(device.decrypt(body)))).toEqual(MESSAGE)
    expect(await verifyAuthorization(request.headers.get('Authorization') ?? '')).toEqual({
      typ: 'JWT',
      alg: 'ES256',
      aud: 'https://push.example',
      exp: NOW / 1000 + 12 * 60 * 60,
      sub: 'mailto:operator@example.com',
      key: settings.publicKey,
    })
  })

  test.each([
    [200, 'sent'],
    [201, 'sent'],
    [202, 'sent'],
    [404, 'gone'],
    [410, 'gone'],
    [400, 'refused'],
    [413, 'refused'],
    [302, { retryAfterMs: null }],
    [401, { retryAfterMs: null }],
    [403, { retryAfterMs: null }],
    [429, { retryAfterMs: null }],
    [500, { retryAfterMs: null }],
    [503, { retryAfterMs: null }],
  ] as const)('status %i: %j', async (status, outcome) => {
    const { push } = serviceWith(() => new Response(null, { status }))
    expect(await push.send({ ...createDevice(), endpoint: ENDPOINT }, MESSAGE)).toEqual(outcome)
  })

  test('waits as long as the push service says', async () => {
    const { push } = serviceWith(() => new Response(null, { status: 429, headers: { 'Retry-After': '120' } }))
    expect(await push.send({ ...createDevice(), endpoint: ENDPOINT }, MESSAGE)).toEqual({ retryAfterMs: 120_000 })
  })

  test('is sent again if there is no response, and never to a device whose key is no point of the curve', async () => {
    const { push } = serviceWith(
      (request) => new Promise((_resolve, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason))),
    )
    expect(await push.send({ ...createDevice(), endpoint: ENDPOINT }, MESSAGE)).toEqual({ retryAfterMs: null })
    const offCurve = toBase64Url(Uint8Array.of(4, ...new Uint8Array(64).fill(7)))
    expect(await push.send({ ...createDevice(), p256dh: offCurve, endpoint: ENDPOINT }, MESSAGE)).toBe('refused')
  })
})
