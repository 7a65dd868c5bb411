import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type CallState, createHelpCall, type HelpCallOptions } from '#chat/help-call.ts'
import { helpRequest } from '#chat/help-request.ts'
import { ResponseError } from '#chat/http.ts'
import { createAsyncStorage, createPage, createStorage } from './fake-server.ts'

const KEY = 'concord.call.2'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 30) })
  vi.spyOn(Math, 'random').mockReturnValue(1)
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A server whose responses the test gives. */
const createHelp = (options: Partial<HelpCallOptions<string>> = {}) => {
  const requests: { readonly id: string; respond(text: string): void; fail(error: unknown): void }[] = []
  const states: CallState[] = []
  const [onReceived, onRefused, onLoggedOut, onSlow] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()]
  const storage = options.storage === undefined ? createStorage() : options.storage
  const help = createHelpCall<string>({
    userId: 2,
    trigger: (id) => new Promise((respond, fail) => requests.push({ id, respond, fail })),
    onState: (state) => states.push(state),
    onReceived,
    onRefused,
    onLoggedOut,
    onSlow,
    ...options,
    storage,
  })
  return { help, requests, states, storage, onReceived, onRefused, onLoggedOut, onSlow }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

test('a press is sent, kept until there is a response, and forgotten then', async () => {
  const storage = createStorage()
  const { help, requests, states, onReceived } = createHelp({ storage })
  help.press()
  expect([help.isWaiting, storage.items.has(KEY), states]).toEqual([true, true, [{ type: 'sending' }]])
  requests[0]?.respond('alarm')
  await settle()
  expect([help.isWaiting, storage.items.has(KEY), onReceived.mock.calls]).toEqual([false, false, [['alarm']]])
})

test('on a dead connection it reports this within two seconds, and repeats the same call until it is received', async () => {
  const { help, requests, states, onSlow, onReceived } = createHelp()
  help.press()
  await vi.advanceTimersByTimeAsync(1_500)
  expect([states.at(-1), onSlow.mock.calls.length]).toEqual([{ type: 'waiting', reason: 'There is no connection.' }, 1])
  for (let attempt = 0; attempt < 6; attempt++) {
    requests.at(-1)?.fail(new TypeError('Failed to fetch'))
    await vi.advanceTimersByTimeAsync(5_000)
  }
  expect(requests.length).toBe(7)
  expect(new Set(requests.map(({ id }) => id)).size).toBe(1)
  help.press()
  help.press()
  requests.at(-1)?.respond('alarm')
  await settle()
  expect([onReceived.mock.calls.length, new Set(requests.map(({ id }) => id)).size]).toEqual([1, 1])
})

test('a response to an older request counts as well', async () => {
  const { help, requests, onReceived } = createHelp()
  help.press()
  await vi.advanceTimersByTimeAsync(1_500)
  help.retryNow()
  expect(requests).toHaveLength(2)
  requests[0]?.respond('first')
  requests[1]?.respond('second')
  await settle()
  expect(onReceived.mock.calls).toEqual([['first']])
})

test.each([500, 503, 429])('after %i it tries again', async (status) => {
  const { help, requests, states } = createHelp()
  help.press()
  requests[0]?.fail(new ResponseError(status, 'Later.'))
  await settle()
  expect(states.at(-1)).toEqual({ type: 'waiting', reason: 'Later.' })
  await vi.advanceTimersByTimeAsync(500)
  expect(requests).toHaveLength(2)
})

test('after 401 the press stays on the device, for the time after the log-in', async () => {
  const storage = createStorage()
  const { help, requests, onLoggedOut } = createHelp({ storage })
  help.press()
  requests[0]?.fail(new ResponseError(401, 'Invalid token.'))
  await settle()
  help.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([requests.length, onLoggedOut.mock.calls.length]).toEqual([1, 1])
  const again = createHelp({ storage })
  await settle()
  expect(again.requests.map(({ id }) => id)).toEqual([requests[0]?.id])
})

test('what the server refuses for good is not kept', async () => {
  const storage = createStorage()
  const { help, requests, onRefused } = createHelp({ storage })
  help.press()
  requests[0]?.fail(new ResponseError(400, 'No.'))
  await settle()
  expect([onRefused.mock.calls, help.isWaiting, storage.items.size]).toEqual([[['No.']], false, 0])
})

describe('a press from before', () => {
  const kept = (minutesAgo: number) => JSON.stringify({ id: 'kept', pressedAt: Date.now() - minutesAgo * 60_000 })

  test('is sent by itself', async () => {
    const { requests } = createHelp({ storage: createStorage({ [KEY]: kept(14) }) })
    await settle()
    expect(requests.map(({ id }) => id)).toEqual(['kept'])
  })

  test('also from an asynchronous storage, and a press meanwhile is the one that counts', async () => {
    const { requests } = createHelp({ storage: createAsyncStorage({ [KEY]: kept(1) }) })
    await settle()
    expect(requests.map(({ id }) => id)).toEqual(['kept'])
    const pressed = createHelp({ storage: createAsyncStorage({ [KEY]: kept(1) }) })
    pressed.help.press()
    await settle()
    expect(pressed.requests).toHaveLength(1)
    expect(pressed.requests[0]?.id).not.toBe('kept')
  })

  test('that is too old is reported and not sent; pressing again is a new call', async () => {
    const { help, requests, states } = createHelp({ storage: createStorage({ [KEY]: kept(16) }) })
    await settle()
    expect([requests, states]).toEqual([[], [{ type: 'expired', pressedAt: Date.now() - 16 * 60_000 }]])
    help.press()
    expect(requests[0]?.id).not.toBe('kept')
  })

  test('of another account is not sent', async () => {
    const { requests } = createHelp({ storage: createStorage({ 'concord.call.3': kept(1) }) })
    await settle()
    expect(requests).toEqual([])
  })
})

test('withdrawn, it is not repeated, and a late response is ignored', async () => {
  const storage = createStorage()
  const { help, requests, states, onReceived } = createHelp({ storage })
  help.press()
  help.withdraw()
  requests[0]?.respond('alarm')
  await vi.advanceTimersByTimeAsync(60_000)
  expect([requests.length, states.at(-1), onReceived.mock.calls, storage.items.size]).toEqual([1, { type: 'none' }, [], 0])
})

test('in a page, the network ends the wait, and another tab ends the call', async () => {
  const page = createPage()
  const { help, requests, states } = createHelp()
  help.press()
  requests[0]?.fail(new TypeError('Failed to fetch'))
  await settle()
  page.window('online')
  expect(requests).toHaveLength(2)
  page.storageEvent('concord.call.3', null)
  expect(help.isWaiting).toBe(true)
  page.storageEvent(KEY, null)
  expect([help.isWaiting, states.at(-1)]).toEqual([false, { type: 'none' }])
  help.close()
})

describe('the request', () => {
  test('contains the id of the call and the credential', async () => {
    const requests: Request[] = []
    const trigger = helpRequest({
      baseUrl: 'https://concord.example/',
      token: 't',
      fetch: async (...args: ConstructorParameters<typeof Request>) => {
        requests.push(new Request(...args))
        return Response.json({ alarm_id: 'a', music_url: null, unreachable: ['Eve'] })
      },
    })
    expect(await trigger('call 1')).toEqual({ alarmId: 'a', musicUrl: null, unreachable: ['Eve'] })
    const [request] = requests
    expect([request?.method, request?.url, request?.headers.get('Authorization'), await request?.json()]).toEqual([
      'POST',
      'https://concord.example/support/help/',
      'Token t',
      { call_id: 'call 1' },
    ])
  })

  test.each([
    ['{"detail":"Invalid token."}', 'Invalid token.'],
    ['{"error":"No."}', 'No.'],
    ['{"call_id":["Too long.","Not a text."]}', 'Too long. Not a text.'],
    ['<html>', 'The server responded with status 400.'],
  ])('an error %s has the text %s', async (body, text) => {
    const trigger = helpRequest({ baseUrl: 'https://concord.example', fetch: async () => new Response(body, { status: 400 }) })
    await expect(trigger('a')).rejects.toMatchObject({ name: 'ResponseError', status: 400, message: text })
  })

  test('that gets no response ends after fifteen seconds', async () => {
    const trigger = helpRequest({
      baseUrl: 'https://concord.example',
      fetch: (_input: unknown, init?: RequestInit) =>
        new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))),
    })
    const failed = expect(trigger('a')).rejects.toThrow('aborted')
    await vi.advanceTimersByTimeAsync(15_000)
    await failed
  })
})
