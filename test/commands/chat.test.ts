import { afterAll, expect, test } from 'vitest'
import { createAdmin } from './admin-here.ts'
import { createState, type Running, run, serve } from './run.ts'
import { prepareDatabase } from './shared.ts'

/** The support chat over real sockets, with a server that is killed between two messages, like a power failure. */

const state = createState()
const { run: admin, close } = createAdmin(state.folder)
let server: Running | null = null

afterAll(async () => {
  await close()
  await server?.kill()
  state.remove()
})

const PASSWORD = 'correct horse 7'

const waitUntil = async (isDone: () => unknown, description: string, timeoutMs = 60_000): Promise<void> => {
  for (const deadline = Date.now() + timeoutMs; !(await isDone()); ) {
    if (Date.now() > deadline) throw new Error(`timeout: ${description}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

interface Account {
  readonly id: number
  readonly token: string
}

const post = async (origin: string, path: string, json: object): Promise<Record<string, unknown>> => {
  const response = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(json),
  })
  return Object(await response.json())
}

const register = async (origin: string, username: string): Promise<Account> => {
  const registered = await post(origin, '/user/register/', { username, email: `${username}@example.com`, password: PASSWORD })
  return { id: Number(Object(registered.user).id), token: String(registered.token) }
}

/**
 * A client that loses no messages. It stores each message until the ack arrives, reconnects, resumes after the last message
 * that it has seen, and sends unacknowledged messages again.
 */
class Client {
  readonly frames: Record<string, unknown>[] = []
  readonly #path: string
  readonly #token: string
  readonly #unacknowledged = new Map<string, object>()
  #origin: string
  #socket: WebSocket | null = null
  #lastSeen = 0
  closeCode = 0

  constructor(origin: string, path: string, token: string) {
    this.#origin = origin
    this.#path = path
    this.#token = token
    this.#open()
  }

  #open(): void {
    const socket = new WebSocket(`${this.#origin.replace('http', 'ws')}${this.#path}?since=${this.#lastSeen}`, [
      'concord.v1',
      `concord.token.${this.#token}`,
    ])
    this.#socket = socket
    socket.addEventListener('open', () => {
      for (const frame of this.#unacknowledged.values()) socket.send(JSON.stringify(frame))
    })
    socket.addEventListener('message', ({ data }) => {
      const frame: Record<string, unknown> = JSON.parse(String(data))
      if (frame.type === 'ack') this.#unacknowledged.delete(String(frame.client_id))
      else this.frames.push(frame)
      // The position is the event id at the desk, and the message id in a room. Acks contain it too.
      this.#lastSeen = Math.max(this.#lastSeen, Number((this.#path.includes('admin') ? frame.event_id : frame.id) ?? 0))
    })
    socket.addEventListener('close', ({ code }) => {
      this.closeCode = code
    })
    socket.addEventListener('error', () => undefined)
  }

  send(message: string, recipient: object = {}): void {
    const frame = { message, client_id: message, ...recipient }
    this.#unacknowledged.set(message, frame)
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  reconnect(origin: string): void {
    this.#origin = origin
    this.#open()
  }

  allAcknowledged = (): boolean => this.#unacknowledged.size === 0
  isOpen = (): boolean => this.#socket?.readyState === WebSocket.OPEN
  close = (): void => this.#socket?.close(1000)
  messages = (): string[] => this.frames.filter(({ event }) => event === 'chat_message').map(({ message }) => String(message))
}

const hasNoDuplicates = (messages: readonly string[]): boolean => new Set(messages).size === messages.length

test('a server that is killed between messages loses and duplicates none; operator commands close sockets', async () => {
  await prepareDatabase(state.folder)
  server = await serve(state.folder)
  const sam = await register(server.origin, 'sam')
  await register(server.origin, 'helper')
  // In a process that ends: `npm run dev` does not start while another one is registered for its database.
  expect((await run('admin', ['grant', 'helper', '--staff', '--persist-to', state.folder])).code).toBe(0)
  const helperToken = String((await post(server.origin, '/user/login/', { username: 'helper', password: PASSWORD })).token)

  const room = `/ws/chat/${sam.id}/`
  const phone = new Client(server.origin, room, sam.token)
  const laptop = new Client(server.origin, room, sam.token)
  const helper = new Client(server.origin, room, helperToken)
  const desk = new Client(server.origin, '/ws/admin/', helperToken)
  const clients = [phone, laptop, helper, desk]
  await waitUntil(() => clients.every((client) => client.isOpen()), 'all clients are connected')

  const sentMessages: string[] = []
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 4; n++) {
      for (const [client, name, recipient] of [
        [phone, 'phone', {}],
        [helper, 'helper', {}],
        [desk, 'desk', { user_id: String(sam.id) }],
      ] as const) {
        const message = `${name} ${round}.${n}`
        sentMessages.push(message)
        client.send(message, recipient)
      }
      // At this point some messages are stored and not acknowledged, and some are not even stored.
      if (n === 2) await server.kill()
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    server = await serve(state.folder)
    for (const client of clients) client.reconnect(server.origin)
    await waitUntil(() => clients.every((client) => client.isOpen() && client.allAcknowledged()), `round ${round} is acknowledged`)
  }

  await waitUntil(() => laptop.messages().length >= sentMessages.length, 'the laptop has received all messages')
  // The desk also receives some of its own messages again when it resumes, so a count does not tell that all have arrived.
  const sentByOthers = sentMessages.filter((text) => !text.startsWith('desk'))
  await waitUntil(() => sentByOthers.every((message) => desk.messages().includes(message)), 'the desk has received all messages')
  expect([...laptop.messages()].sort()).toEqual([...sentMessages].sort())
  const ids = laptop.frames.filter(({ event }) => event === 'chat_message').map(({ id }) => Number(id))
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
  for (const client of clients) expect(hasNoDuplicates(client.messages())).toBe(true)
  for (const message of sentByOthers) expect(desk.messages()).toContain(message)

  const history = await fetch(`${server.origin}/api/v1/chat/user/support/${sam.id}/messages/?limit=500`, {
    headers: { Authorization: `Token ${sam.token}` },
  })
  const stored: { id: number; message: string }[] = Object(await history.json()).messages
  expect(stored.map(({ message }) => message)).toEqual(laptop.messages())

  const connected = desk.frames.filter(({ event }) => event === 'user_connected')
  expect(connected.length).toBeGreaterThan(0)

  // The commands change only the database. No request to the Worker is involved.
  expect((await admin(['revoke', 'helper', '--staff'])).code).toBe(0)
  await waitUntil(() => helper.closeCode === 4403 && desk.closeCode === 4403, 'the sockets of an account without the staff flag are closed')
  expect((await admin(['sessions', 'sam', '--end'])).code).toBe(0)
  await waitUntil(
    () => phone.closeCode === 4401 && laptop.closeCode === 4401,
    'the sockets of an account whose sessions were ended are closed',
  )
}, 240_000)
