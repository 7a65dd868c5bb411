import { describe, expect, test } from 'vitest'
import { createChatCompletions } from '../../src/providers/chat-completions.ts'
import { type AiBinding, createWorkersAi } from '../../src/providers/workers-ai.ts'

const TURNS = [
  { role: 'system', text: 'Be kind.' },
  { role: 'user', text: 'hello' },
] as const

type Reply = (init: RequestInit) => Response | Promise<Response>

const chatModel = (...replies: Reply[]) => {
  const requests: { url: string; init: RequestInit }[] = []
  const client = {
    timeoutMs: 30,
    now: () => 0,
    fetch: async (url: string, init: RequestInit) => {
      requests.push({ url, init })
      const reply = replies[requests.length - 1]
      if (!reply) throw new Error('unexpected request')
      return reply(init)
    },
  }
  return { requests, model: createChatCompletions({ url: 'https://ai.test/v1', key: 'sk', model: 'm1' }, client) }
}

const respondWith =
  (content: unknown): Reply =>
  () =>
    Response.json({ choices: [{ message: { role: 'assistant', content } }] })
const fails =
  (status: number): Reply =>
  () =>
    new Response('oops', { status })
const timesOut: Reply = ({ signal }) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))

describe('an OpenAI-compatible endpoint', () => {
  test('gets a chat completion request', async () => {
    const { model, requests } = chatModel(respondWith(' Hello. '))
    expect(await model.reply(TURNS)).toBe('Hello.')
    expect(requests[0]?.url).toBe('https://ai.test/v1/chat/completions')
    expect(new Headers(requests[0]?.init.headers).get('Authorization')).toBe('Bearer sk')
    expect(JSON.parse(String(requests[0]?.init.body))).toEqual({
      model: 'm1',
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'hello' },
      ],
    })
  })

  test.each([
    ['a server error', fails(500)],
    ['a rate limit error', fails(429)],
    ['a timeout', timesOut],
    ['a dropped connection', () => Promise.reject(new Error('lost'))],
    ['an empty reply', respondWith('')],
    ['a malformed reply', () => Response.json({ choices: [] })],
  ])('after %s the request is repeated once, and no more', async (_name, reply) => {
    expect(await chatModel(reply, respondWith('Here.')).model.reply(TURNS)).toBe('Here.')
    const twice = chatModel(reply, reply, respondWith('never requested'))
    expect(await twice.model.reply(TURNS)).toBeNull()
    expect(twice.requests).toHaveLength(2)
  })

  test('a rejected request is not repeated', async () => {
    const { model, requests } = chatModel(fails(401), respondWith('never requested'))
    expect(await model.reply(TURNS)).toBeNull()
    expect(requests).toHaveLength(1)
  })

  test('a reply that is too long is cut off', async () => {
    expect(await chatModel(respondWith('x'.repeat(100_000))).model.reply(TURNS)).toHaveLength(8000)
  })
})

describe('a model of the platform', () => {
  const binding = (run: AiBinding['run']) => createWorkersAi({ run }, '@cf/some/model', 20)

  test('is called through its binding', async () => {
    const requests: unknown[] = []
    const model = binding(async (...args) => {
      requests.push(args)
      return { response: 'Hello.' }
    })
    expect(await model.reply(TURNS)).toBe('Hello.')
    expect(requests).toEqual([
      [
        '@cf/some/model',
        {
          messages: [
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: 'hello' },
          ],
        },
      ],
    ])
  })

  test('an error and a timeout return null, after two attempts', async () => {
    let attempts = 0
    const failing = binding(() => {
      attempts++
      return Promise.reject(new Error('down'))
    })
    expect(await failing.reply(TURNS)).toBeNull()
    expect(attempts).toBe(2)
    expect(await binding(() => new Promise(() => {})).reply(TURNS)).toBeNull()
  })
})
