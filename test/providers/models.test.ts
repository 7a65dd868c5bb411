import { describe, expect, test } from 'vitest'
import { createChatCompletions } from '../../src/providers/chat-completions.ts'
import { type AiBinding, createWorkersAi } from '../../src/providers/workers-ai.ts'

const TURNS = [
  { role: 'system', text: 'Be kind.' },
  { role: 'user', text: 'hello' },
] as const

type Reply = (init: RequestInit) => Response | Promise<Response>

const model = (...replies: Reply[]) => {
  const heard: { url: string; init: RequestInit }[] = []
  const wire = {
    timeoutMs: 30,
    now: () => 0,
    fetch: async (url: string, init: RequestInit) => {
      heard.push({ url, init })
      const reply = replies[heard.length - 1]
      if (!reply) throw new Error('asked too often')
      return reply(init)
    },
  }
  return { heard, asked: createChatCompletions({ url: 'https://ai.test/v1', key: 'sk', model: 'm1' }, wire) }
}

const errorResponse =
  (content: unknown): Reply =>
  () =>
    Response.json({ choices: [{ message: { role: 'assistant', content } }] })
const fails =
  (status: number): Reply =>
  () =>
    new Response('oops', { status })
const hangs: Reply = ({ signal }) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))

describe('an OpenAI-compatible endpoint', () => {
  test('is asked as they all are', async () => {
    const { asked, heard } = model(errorResponse(' Hello. '))
    expect(await asked.reply(TURNS)).toBe('Hello.')
    expect(heard[0]?.url).toBe('https://ai.test/v1/chat/completions')
    expect(new Headers(heard[0]?.init.headers).get('Authorization')).toBe('Bearer sk')
    expect(JSON.parse(String(heard[0]?.init.body))).toEqual({
      model: 'm1',
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'hello' },
      ],
    })
  })

  test.each([
    ['a fault', fails(500)],
    ['too many', fails(429)],
    ['a hang', hangs],
    ['a dropped connection', () => Promise.reject(new Error('lost'))],
    ['an empty reply', errorResponse('')],
    ['a reply of another shape', () => Response.json({ choices: [] })],
  ])('after %s it is asked once more, and no more', async (_what, reply) => {
    expect(await model(reply, errorResponse('Here.')).asked.reply(TURNS)).toBe('Here.')
    const twice = model(reply, reply, errorResponse('never asked'))
    expect(await twice.asked.reply(TURNS)).toBeNull()
    expect(twice.heard).toHaveLength(2)
  })

  test('a request that it does not take is not repeated', async () => {
    const { asked, heard } = model(fails(401), errorResponse('never asked'))
    expect(await asked.reply(TURNS)).toBeNull()
    expect(heard).toHaveLength(1)
  })

  test('a model that runs on is cut off', async () => {
    expect(await model(errorResponse('x'.repeat(100_000))).asked.reply(TURNS)).toHaveLength(8000)
  })
})

describe('the platform’s models', () => {
  const binding = (run: AiBinding['run']) => createWorkersAi({ run }, '@cf/some/model', 20)

  test('are asked by their binding', async () => {
    const heard: unknown[] = []
    const asked = binding(async (...given) => {
      heard.push(given)
      return { response: 'Hello.' }
    })
    expect(await asked.reply(TURNS)).toBe('Hello.')
    expect(heard).toEqual([
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

  test('a failure and a hang are null, after two tries', async () => {
    let tries = 0
    const failing = binding(() => {
      tries++
      return Promise.reject(new Error('down'))
    })
    expect(await failing.reply(TURNS)).toBeNull()
    expect(tries).toBe(2)
    expect(await binding(() => new Promise(() => {})).reply(TURNS)).toBeNull()
  })
})
