import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type ChatOptions, connectChat } from '#chat/chat.ts'
import { createAsyncStorage, createPage, createServer, createStorage } from './fake-server.ts'

/** The chat of @concord/client with a clock and a server that the test controls. */

const URL = 'https://concord.example/ws/chat/2/'

const message = (id: number, text = `message ${id}`, more: object = {}) => ({
  event: 'chat_message',
  message: text,
  identifier: '2',
  user_id: '2',
  from_admin: true,
  id,
  sent_at: '2026-11-20T18:55:00.000Z',
  ...more,
})

const fieldOf = (frame: unknown, name: string): unknown => Object(frame)[name]

let fetched: Request[] = []
let handshakeStatus: number | null = null

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 30) })
  vi.spyOn(Math, 'random').mockReturnValue(1)
  fetched = []
  handshakeStatus = null
  vi.stubGlobal('fetch', async (...args: ConstructorParameters<typeof Request>) => {
    fetched.push(new Request(...args))
    if (handshakeStatus === null) throw new TypeError('no connection')
    return Response.json({ error: 'User not found' }, { status: handshakeStatus })
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const connect = (options: Partial<ChatOptions> = {}) => {
  const server = createServer()
  const texts: string[] = []
  const states: string[] = []
  const stored: number[] = []
  const onLoggedOut = vi.fn()
  const onForbidden = vi.fn()
  const onError = vi.fn()
  const chat = connectChat({
    url: URL,
    token: 'a.b-c',
    storage: null,
    webSocket: server.webSocket,
    onMessage: ({ text }) => texts.push(text),
    onState: (state) => states.push(state),
    onStored: ({ id }) => stored.push(id),
    onLoggedOut,
    onForbidden,
    onError,
    ...options,
  })
  return { chat, server, texts, states, stored, onLoggedOut, onForbidden, onError }
}

describe('connecting', () => {
  test('offers the protocol and the token, and not the token in the address', async () => {
    const { server } = connect()
    await server.accept()
    expect(server.last.url).toBe('wss://concord.example/ws/chat/2/?since=0')
    expect(server.last.protocols).toEqual(['concord.v1', 'concord.token.a.b-c'])
  })

  test('nothing is called back before `connectChat` has returned', async () => {
    const storage = createStorage({ 'concord.unsent.2': '[{"clientId":"a","text":"hello"}]' })
    let isReturned = false
    const early: string[] = []
    const note = (name: string) => () => void (isReturned || early.push(name))
    const { chat } = connect({ storage, onState: note('state'), onOutbox: note('outbox') })
    isReturned = true
    expect(early).toEqual([])
    expect(chat.outbox.map(({ text }) => text)).toEqual(['hello'])
    await vi.advanceTimersByTimeAsync(0)
    chat.close()
  })

  test('without a WebSocket names what is missing', () => {
    vi.stubGlobal('WebSocket', undefined)
    expect(() => connectChat({ url: URL, storage: null })).toThrow('no global WebSocket')
  })

  test('closed at once, it never connects', async () => {
    const { chat, server } = connect()
    chat.close()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(server.sockets).toEqual([])
  })
})

describe('resuming', () => {
  test('after the last message that arrived, each message once and in order', async () => {
    const { server, texts } = connect({ lastSeen: 4 })
    const first = await server.accept()
    expect(first.url).toContain('?since=4')
    first.receive(message(5))
    first.receive(message(6))
    first.receive(message(6))
    first.drop()
    await vi.advanceTimersByTimeAsync(500)
    expect(server.last.url).toContain('?since=6')
    server.last.open()
    server.last.receive(message(6))
    server.last.receive(message(7))
    expect(texts).toEqual(['message 5', 'message 6', 'message 7'])
  })

  test('what this client has sent itself does not arrive again in a replay', async () => {
    const { chat, server, texts, stored } = connect()
    const first = await server.accept()
    first.receive(message(1))
    void chat.send('mine')
    first.receive({ type: 'ack', id: 3, client_id: fieldOf(first.frames[0], 'client_id') })
    first.drop()
    await vi.advanceTimersByTimeAsync(500)
    // The acknowledgement may have arrived before message 2, so it does not move the position.
    expect(server.last.url).toContain('?since=1')
    server.last.open()
    for (const id of [2, 3, 4]) server.last.receive(message(id))
    expect([texts, stored]).toEqual([['message 1', 'message 2', 'message 4'], [3]])
  })

  test('a replay of a message whose acknowledgement was lost acknowledges it', async () => {
    const { chat, server, texts, stored } = connect()
    const first = await server.accept()
    const promise = chat.send('mine')
    const clientId = fieldOf(first.frames[0], 'client_id')
    first.drop()
    await vi.advanceTimersByTimeAsync(500)
    server.last.open()
    server.last.receive(message(1, 'mine', { client_id: clientId }))
    expect(await promise).toMatchObject({ id: 1, text: 'mine', sentAt: '2026-11-20T18:55:00.000Z' })
    server.last.receive({ type: 'ack', id: 1, client_id: clientId })
    expect([texts, stored, chat.outbox]).toEqual([[], [1], []])
  })

  test('with `lastSeen: null` nothing old arrives until the app calls `seen`; then there is no gap and no duplicate', async () => {
    const { chat, server, texts } = connect({ lastSeen: null })
    const first = await server.accept()
    expect(first.url).toBe('wss://concord.example/ws/chat/2/')
    first.receive(message(9))
    chat.seen(7)
    expect(first.frames).toEqual([{ type: 'resume', since: 7 }])
    first.receive(message(8))
    first.receive(message(9))
    first.receive(message(10))
    expect(texts).toEqual(['message 9', 'message 8', 'message 10'])
    first.drop()
    await vi.advanceTimersByTimeAsync(500)
    expect(server.last.url).toContain('?since=10')
  })
})

describe('back-off', () => {
  /** The times between the attempts, while no server responds. */
  const delays = async (code: number, count: number): Promise<number[]> => {
    const { chat, server } = connect()
    await vi.advanceTimersByTimeAsync(0)
    const waited: number[] = []
    for (let attempt = 0; attempt < count; attempt++) {
      const before = server.sockets.length
      const from = Date.now()
      server.last.drop(code)
      while (server.sockets.length === before) await vi.advanceTimersByTimeAsync(50)
      waited.push(Date.now() - from)
    }
    chat.close()
    return waited
  }

  test('doubles up to twenty seconds', async () => {
    expect(await delays(1006, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000])
  })

  test('half of it is random', async () => {
    vi.mocked(Math.random).mockReturnValue(0)
    expect(await delays(1006, 3)).toEqual([250, 500, 1000])
  })

  test('4429: waits ten seconds more, and nothing shortens it', async () => {
    const page = createPage()
    const { chat, server, states } = connect()
    const first = await server.accept()
    first.drop(4429)
    expect(states.at(-1)).toBe('waiting')
    page.window('online')
    page.setVisible('visible')
    chat.reconnect()
    await vi.advanceTimersByTimeAsync(10_499)
    expect(server.sockets).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(server.sockets).toHaveLength(2)
  })

  test('a connection that was open starts again with a short wait', async () => {
    const { server } = connect()
    await vi.advanceTimersByTimeAsync(0)
    server.last.drop()
    await vi.advanceTimersByTimeAsync(500)
    server.last.drop()
    await vi.advanceTimersByTimeAsync(1000)
    server.last.open()
    server.last.drop()
    await vi.advanceTimersByTimeAsync(500)
    expect(server.sockets).toHaveLength(4)
  })

  test('in a page, the network and the page itself end the wait; a hidden page does not', async () => {
    const page = createPage()
    const { chat, server, states } = connect()
    for (let attempt = 0; attempt < 6; attempt++) {
      await vi.advanceTimersByTimeAsync(20_000)
      server.last.drop()
    }
    const before = server.sockets.length
    page.setVisible('hidden')
    expect(server.sockets).toHaveLength(before)
    page.setVisible('visible')
    expect(server.sockets).toHaveLength(before + 1)
    server.last.open()
    page.window('offline')
    expect(states.at(-1)).toBe('waiting')
    page.window('online')
    expect(server.last.sent.at(-1)).toBe('ping')
    server.last.pong()
    expect(states.at(-1)).toBe('open')
    chat.close()
    page.window('online')
    expect(server.sockets).toHaveLength(before + 1)
  })
})

describe('a dead connection that is not closed', () => {
  test('is noticed by a ping, and replaced', async () => {
    const { server, states } = connect()
    const first = await server.accept()
    await vi.advanceTimersByTimeAsync(25_000)
    expect(first.sent).toEqual(['ping'])
    await vi.advanceTimersByTimeAsync(1_500)
    expect(states.at(-1)).toBe('waiting')
    first.pong()
    expect(states.at(-1)).toBe('open')
    await vi.advanceTimersByTimeAsync(25_000 + 10_000 + 500)
    expect(server.sockets).toHaveLength(2)
    // What the first one still delivers is ignored.
    first.receive(message(1))
    first.drop(4401)
    expect(states).not.toContain('closed')
  })

  test('a handshake without a response is given up after ten seconds', async () => {
    const { server, states } = connect()
    await vi.advanceTimersByTimeAsync(1_500)
    expect(states).toEqual(['connecting', 'waiting'])
    await vi.advanceTimersByTimeAsync(8_500 + 500)
    expect(server.sockets).toHaveLength(2)
  })
})

describe('log in again', () => {
  test('4401 ends the attempts; nothing is lost, and the new token goes on', async () => {
    const storage = createStorage()
    const { chat, server, states, onLoggedOut } = connect({ storage })
    const first = await server.accept()
    first.receive(message(5))
    const promise = chat.send('before the log-out')
    first.drop(4401)
    expect([states.at(-1), onLoggedOut.mock.calls.length]).toEqual(['closed', 1])
    void chat.send('after it')
    await vi.advanceTimersByTimeAsync(120_000)
    chat.reconnect()
    expect(server.sockets).toHaveLength(1)
    expect(JSON.parse(storage.getItem('concord.unsent.2') ?? '[]')).toHaveLength(2)
    chat.setToken('new')
    const second = await server.accept()
    expect([second.url, second.protocols]).toEqual(['wss://concord.example/ws/chat/2/?since=5', ['concord.v1', 'concord.token.new']])
    second.receive({ type: 'ack', id: 6, client_id: fieldOf(second.frames[0], 'client_id') })
    expect(await promise).toMatchObject({ id: 6 })
    expect(fieldOf(second.frames[1], 'message')).toBe('after it')
  })

  test('4403 ends the attempts', async () => {
    const { server, onForbidden, onLoggedOut } = connect()
    const first = await server.accept()
    first.drop(4403)
    await vi.advanceTimersByTimeAsync(120_000)
    expect([onForbidden.mock.calls.length, onLoggedOut.mock.calls.length, server.sockets.length]).toEqual([1, 0, 1])
  })

  test.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'forbidden'],
    [426, 'neither'],
    [500, 'neither'],
    [null, 'neither'],
  ])('a rejected handshake, whose address responds with %s: %s', async (status, reason) => {
    handshakeStatus = status
    const { server, onForbidden, onLoggedOut } = connect()
    await vi.advanceTimersByTimeAsync(0)
    server.last.drop()
    await vi.advanceTimersByTimeAsync(500)
    expect([fetched[0]?.url, fetched[0]?.headers.get('Authorization')]).toEqual([URL, 'Token a.b-c'])
    expect([onLoggedOut.mock.calls.length, onForbidden.mock.calls.length]).toEqual([
      reason === 'unauthenticated' ? 1 : 0,
      reason === 'forbidden' ? 1 : 0,
    ])
    if (reason === 'forbidden') expect(onForbidden.mock.calls).toEqual([['User not found']])
    expect(server.sockets).toHaveLength(reason === 'neither' ? 2 : 1)
  })
})

describe('sending', () => {
  test('one at a time and in order; the promise resolves with the acknowledgement', async () => {
    const { chat, server, stored } = connect()
    const [a, b] = [chat.send('a'), chat.send('b')]
    const socket = await server.accept()
    expect(socket.frames).toEqual([{ message: 'a', client_id: expect.stringMatching(/^[0-9a-f]{32}$/) }])
    const clientId = String(fieldOf(socket.frames[0], 'client_id'))
    socket.receive({ type: 'ack', id: 1, client_id: clientId })
    expect(await a).toEqual({ id: 1, clientId, text: 'a', sentAt: '2026-11-30T00:00:00.000Z' })
    expect(fieldOf(socket.frames[1], 'message')).toBe('b')
    socket.receive({ type: 'ack', id: 2, client_id: fieldOf(socket.frames[1], 'client_id') })
    expect([(await b).id, stored, chat.outbox]).toEqual([2, [1, 2], []])
  })

  test('a repeated or unknown acknowledgement changes nothing', async () => {
    const { chat, server, stored } = connect()
    const socket = await server.accept()
    void chat.send('a')
    const clientId = fieldOf(socket.frames[0], 'client_id')
    for (const client_id of [clientId, clientId, 'unknown']) socket.receive({ type: 'ack', id: 1, client_id })
    expect([stored, socket.frames.length]).toEqual([[1], 1])
  })

  test('without an acknowledgement it is sent again, with the same client id', async () => {
    const { chat, server } = connect()
    const first = await server.accept()
    void chat.send('a')
    await vi.advanceTimersByTimeAsync(8_000)
    expect(first.frames).toHaveLength(2)
    expect(chat.outbox).toMatchObject([{ text: 'a', attempts: 2, state: 'sending' }])
    first.drop()
    await vi.advanceTimersByTimeAsync(500)
    server.last.open()
    expect(new Set([...first.frames, ...server.last.frames].map((frame) => fieldOf(frame, 'client_id'))).size).toBe(1)
  })

  test('an outbox survives a reload: what was acknowledged is not sent again', async () => {
    const storage = createStorage()
    const before = connect({ storage })
    const first = await before.server.accept()
    void before.chat.send('a')
    void before.chat.send('b')
    first.receive({ type: 'ack', id: 1, client_id: fieldOf(first.frames[0], 'client_id') })
    const sent = first.frames[1]
    const after = connect({ storage, lastSeen: 1 })
    expect(after.chat.outbox).toMatchObject([{ text: 'b', attempts: 0, state: 'waiting' }])
    const second = await after.server.accept()
    expect(second.frames).toEqual([sent])
    second.receive({ type: 'ack', id: 2, client_id: fieldOf(sent, 'client_id') })
    expect([after.stored, [...storage.items]]).toEqual([[2], []])
  })

  test('with an asynchronous storage, what was kept is sent first, and nothing is overwritten', async () => {
    const storage = createAsyncStorage({ 'concord.unsent.2': '[{"clientId":"old","text":"kept"}]' })
    const { chat, server } = connect({ storage })
    void chat.send('new')
    expect(storage.items.get('concord.unsent.2')).toContain('kept')
    const socket = await server.accept()
    socket.receive({ type: 'ack', id: 1, client_id: 'old' })
    expect(socket.frames.map((frame) => fieldOf(frame, 'message'))).toEqual(['kept', 'new'])
    await vi.advanceTimersByTimeAsync(0)
    expect(JSON.parse(storage.items.get('concord.unsent.2') ?? '[]')).toMatchObject([{ text: 'new' }])
  })

  test.each([
    [
      'is blocked',
      () => {
        throw new Error('blocked')
      },
    ],
    ['fails later', () => Promise.reject(new Error('blocked'))],
    ['contains something else', () => '{"a":'],
    ['contains other values', () => '[1,null,{"text":"no id"}]'],
  ])('a storage that %s is no obstacle', async (_name, use) => {
    const { chat, server } = connect({ storage: { getItem: use, setItem: use, removeItem: use } })
    const socket = await server.accept()
    const promise = chat.send('a')
    socket.receive({ type: 'ack', id: 1, client_id: fieldOf(socket.frames[0], 'client_id') })
    expect(await promise).toMatchObject({ id: 1 })
  })

  test('a rejected message is kept with the reason and holds no other message back, also not after a reload', async () => {
    const { chat, server, onError } = connect()
    const socket = await server.accept()
    const [bad, good] = [chat.send('too long'), chat.send('good')]
    socket.receive({ event: 'error', detail: 'message: Ensure this field has no more than 4000 characters.' })
    await expect(bad).rejects.toThrow('no more than 4000 characters')
    expect(chat.outbox).toMatchObject([
      { text: 'too long', state: 'rejected', rejection: 'Ensure this field has no more than 4000 characters.' },
      { text: 'good', state: 'sending' },
    ])
    socket.receive({ type: 'ack', id: 1, client_id: fieldOf(socket.frames[1], 'client_id') })
    expect((await good).id).toBe(1)
    chat.discard(chat.outbox[0]?.clientId ?? '')
    expect([chat.outbox, onError.mock.calls]).toEqual([[], []])
  })

  test.each(['Slow down.', 'The message could not be delivered. Send it again.', 'id: A valid integer is required.'])(
    'after "%s" the message is sent again',
    async (detail) => {
      const { chat, server, onError } = connect()
      const socket = await server.accept()
      void chat.send('a')
      socket.receive({ event: 'error', detail })
      expect([chat.outbox[0]?.state, onError.mock.calls]).toEqual(['sending', [[detail]]])
      await vi.advanceTimersByTimeAsync(8_000)
      expect(socket.frames).toHaveLength(2)
    },
  )

  test('what is discarded is not sent any more, and its promise is rejected', async () => {
    const { chat, server } = connect()
    const [a, b] = [chat.send('a'), chat.send('b')]
    chat.discard(chat.outbox[0]?.clientId ?? '')
    await expect(a).rejects.toThrow('Discarded.')
    const socket = await server.accept()
    expect(socket.frames).toMatchObject([{ message: 'b' }])
    chat.close()
    await expect(b).rejects.toThrow('The chat was closed.')
  })

  test('a file', async () => {
    const { chat, server } = connect()
    const socket = await server.accept()
    const file = { id: '0123', name: 'beach.jpg', type: 'image/jpeg', size: 5 }
    const promise = chat.sendFile(file)
    expect(socket.frames).toEqual([{ type: 'file', file: '0123', client_id: expect.any(String) }])
    socket.receive({ type: 'ack', id: 4, client_id: fieldOf(socket.frames[0], 'client_id') })
    expect(await promise).toMatchObject({ id: 4, file })
  })
})

describe('the other frames', () => {
  test('each is reported', async () => {
    const calls: unknown[] = []
    const note = (name: string) => (value: unknown) => void calls.push([name, value])
    const { server } = connect({
      onMessage: note('message'),
      onTyping: note('typing'),
      onRead: note('read'),
      onNotice: note('notice'),
      onDesk: note('desk'),
      onReturned: note('returned'),
      onError: note('error'),
    })
    const socket = await server.accept()
    const file = { id: 'f', name: 'a.txt', type: 'text/plain', size: 5 }
    for (const frame of [
      message(1, 'hello', { sender: { id: 3, username: 'alex' }, file }),
      { type: 'typing', from_admin: true },
      { type: 'read', id: 12, from_admin: false },
      { type: 'notice', id: 1, after: 11, message: 'Stored.', sent_at: 't' },
      { type: 'desk', staffed: true },
      { type: 'returned', at: 't' },
      { type: 'returned', at: 't', taken_by: { id: 1, username: 'alex' } },
      { event: 'error', detail: 'Slow down.' },
      { type: 'of the future', id: 1 },
      { event: 'chat_message', id: 'x' },
      { type: 'notice', id: 1 },
    ])
      socket.receive(frame)
    expect(calls).toEqual([
      ['message', { id: 1, text: 'hello', fromAdmin: true, sentAt: '2026-11-20T18:55:00.000Z', senderName: 'alex', file }],
      ['typing', { fromAdmin: true }],
      ['read', { id: 12, fromAdmin: false }],
      ['notice', { id: 1, after: 11, text: 'Stored.', sentAt: 't' }],
      ['desk', { staffed: true }],
      ['returned', { at: 't', takenBy: null }],
      ['returned', { at: 't', takenBy: { id: 1, username: 'alex' } }],
      ['error', 'Slow down.'],
    ])
  })

  test('typing is sent every three seconds, not while a message is unsent, and again after it', async () => {
    const { chat, server } = connect()
    const socket = await server.accept()
    for (let press = 0; press < 5; press++) chat.typing()
    expect(socket.frames).toEqual([{ type: 'typing' }])
    await vi.advanceTimersByTimeAsync(3_000)
    chat.typing()
    expect(socket.frames).toHaveLength(2)
    void chat.send('a')
    chat.typing()
    expect(socket.frames).toHaveLength(3)
    socket.receive({ type: 'ack', id: 1, client_id: fieldOf(socket.frames[2], 'client_id') })
    chat.typing()
    expect(socket.frames).toHaveLength(4)
  })

  test('a read mark is sent once, moves forward, and waits for the connection', async () => {
    const { chat, server } = connect()
    chat.read(3)
    const socket = await server.accept()
    for (const id of [3, 2, 5]) chat.read(id)
    expect(socket.frames).toEqual([
      { type: 'read', id: 3 },
      { type: 'read', id: 5 },
    ])
    socket.drop()
    await vi.advanceTimersByTimeAsync(500)
    server.last.open()
    expect(server.last.frames).toEqual([])
    // The mark of the staff has gone back.
    server.last.receive({ type: 'returned', at: 't' })
    chat.read(5)
    expect(server.last.frames).toEqual([{ type: 'read', id: 5 }])
  })

  test('what is no JSON object is ignored', async () => {
    const { server, texts, states } = connect()
    const socket = await server.accept()
    for (const data of [[], 7, null, 'text']) socket.receive(Object(data))
    socket.pong()
    expect([texts, states.at(-1)]).toEqual([[], 'open'])
  })
})
