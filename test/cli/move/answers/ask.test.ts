import { expect, test, vi } from 'vitest'
import { createAsk, type Fetch } from '../../../../src/cli/move/answers/ask.ts'

const ORIGIN = 'https://concord.test'

const askWith = (...answers: (Response | Error)[]) => {
  const fetch = vi.fn<Fetch>(async () => {
    const answer = answers.shift() ?? new Error('no more answers')
    if (answer instanceof Error) throw answer
    return answer
  })
  return { fetch, ask: createAsk(ORIGIN, fetch, 0) }
}

test('reads JSON, and where the next page is', async () => {
  const link = { Link: `<${ORIGIN}/message/?cursor=abc>; rel="next"` }
  const { ask, fetch } = askWith(
    Response.json([1], { headers: link }),
    Response.json({ next: `${ORIGIN}/subscription/list?page=2`, results: [] }),
    new Response('<html>', { headers: { 'Content-Type': 'text/html' } }),
  )
  expect(await ask('/message/', { Authorization: 'Token x' })).toMatchObject({ status: 200, body: [1], next: '/message/?cursor=abc' })
  expect(await ask('/subscription/list', {})).toMatchObject({ next: '/subscription/list?page=2' })
  expect(await ask('/', {})).toMatchObject({ body: undefined, type: 'text/html', next: null })
  expect(fetch).toHaveBeenNthCalledWith(1, `${ORIGIN}/message/`, expect.objectContaining({ headers: { Authorization: 'Token x' } }))
})

test('asks a second time if the Worker fails, and not if it refuses', async () => {
  const { ask } = askWith(new Response('', { status: 500 }), Response.json({}), new Response('', { status: 429 }))
  expect((await ask('/', {})).status).toBe(200)
  expect((await ask('/', {})).status).toBe(429)
  expect(ask.requests()).toBe(3)
  expect((await askWith(new Response('', { status: 500 }), new Response('', { status: 503 })).ask('/', {})).status).toBe(503)
})

test('follows no redirect, because a log-in is for one address only', async () => {
  const { ask, fetch } = askWith(new Response('', { status: 302, headers: { Location: 'https://elsewhere.test/' } }))
  expect((await ask('/', {})).status).toBe(302)
  expect(fetch).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ redirect: 'manual' }))
})

test('without an answer, an error in a sentence', async () => {
  await expect(askWith(new Error('fetch failed'), new Error('fetch failed')).ask('/', {})).rejects.toThrow(
    `${ORIGIN} does not answer: fetch failed`,
  )
})
