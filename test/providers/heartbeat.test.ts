import { expect, test } from 'vitest'
import { createHeartbeat } from '../../src/providers/heartbeat.ts'

const URL_OF_MONITOR = 'https://monitor.example/ping/secret'

const heartbeatWith = (respond: () => Promise<Response>) => {
  const requests: [url: string, method: string | undefined][] = []
  const heartbeat = createHeartbeat(URL_OF_MONITOR, {
    fetch: (url, init) => {
      requests.push([url, init.method])
      return respond()
    },
    timeoutMs: 1000,
    now: () => 0,
  })
  return { heartbeat, requests }
}

test('one POST to the address, which confirms it', async () => {
  const { heartbeat, requests } = heartbeatWith(async () => new Response('OK'))
  expect(await heartbeat()).toBe(true)
  expect(requests).toEqual([[URL_OF_MONITOR, 'POST']])
})

test.each([
  ['an error', async () => new Response(null, { status: 500 })],
  ['a redirect', async () => new Response(null, { status: 302 })],
  ['no response', () => Promise.reject(new Error('unreachable'))],
])('%s does not confirm it, and throws nothing', async (_what, respond) => {
  expect(await heartbeatWith(respond).heartbeat()).toBe(false)
})
