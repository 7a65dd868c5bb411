import { afterAll, expect, test } from 'vitest'
import { fresh, type Running, run, serve } from './run.ts'

/** The support chat over real sockets, with a server that is killed between two messages, as a power cut would. */

const state = fresh()
let server: Running | null = null

afterAll(async () => {
  await server?.kill()
  state.remove()
})

const PASSWORD = 'correct horse 7'

const until = async (look: () => unknown, what: string, ms = 60_000): Promise<void> => {
  for (const end = Date.now() + ms; !(await look()); ) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`)
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
  const made = await post(origin, '/user/register/', { username, email: `${username}@example.com`, password: PASSWORD })
  return { id: Number(Object(made.user).id), token: String(made.token) }
}

/**
 * What a client does that wants to lose nothing: it keeps what was not acknowledged, comes back by itself, asks for what
 * it has missed, and errorResponse again what nobody has confirmed.
 */
class Client {
  readonly heard: Record<string, unknown>[] = []
  readonly #path: string
  readonly #token: string
  readonly #unconfirmed = new Map<string, object>()
  #origin: string
  #socket: WebSocket | null = null
  #seen = 0
  code = 0

  constructor(origin: string, path: string, token: string) {
    this.#origin = origin
    this.#path = path
    this.#token = token
    this.#open()
  }

  #open(): void {
    const socket = new WebSocket(`${this.#origin.replace('http', 'ws')}${this.#path}?since=${this.#seen}`, [
      'concord.v1',
      `concord.token.${this.#token}`,
    ])
    this.#socket = socket
    socket.addEventListener('open', () => {
      for (const frame of this.#unconfirmed.values()) socket.send(JSON.stringify(frame))
    })
    socket.addEventListener('message', ({ data }) => {
      const frame: Record<string, unknown> = JSON.parse(String(data))
      if (frame.type === 'ack') this.#unconfirmed.delete(String(frame.client_id))
      else this.heard.push(frame)
      // The desk counts events, and a room its messages, also in what it confirms.
      this.#seen = Math.max(this.#seen, Number((this.#path.includes('admin') ? frame.event_id : frame.id) ?? 0))
    })
    socket.addEventListener('close', ({ code }) => {
      this.code = code
    })
    socket.addEventListener('error', () => undefined)
  }

  say(message: string, to: object = {}): void {
    const frame = { message, client_id: message, ...to }
    this.#unconfirmed.set(message, frame)
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  comeBack(origin: string): void {
    this.#origin = origin
    this.#open()
  }

  isConfirmed = (): boolean => this.#unconfirmed.size === 0
  isOpen = (): boolean => this.#socket?.readyState === WebSocket.OPEN
  close = (): void => this.#socket?.close(1000)
  messages = (): string[] => this.heard.filter(({ event }) => event === 'chat_message').map(({ message }) => String(message))
}

const once = (messages: readonly string[]): boolean => new Set(messages).size === messages.length

test('a server that is killed between messages loses nothing and doubles nothing; an operator’s word closes sockets', async () => {
  server = await serve(state.folder)
  const sam = await register(server.origin, 'sam')
  await register(server.origin, 'helper')
  expect((await run('admin', ['grant', 'helper', '--staff', '--persist-to', state.folder])).code).toBe(0)
  const helperToken = String((await post(server.origin, '/user/login/', { username: 'helper', password: PASSWORD })).token)

  const room = `/ws/chat/${sam.id}/`
  const phone = new Client(server.origin, room, sam.token)
  const laptop = new Client(server.origin, room, sam.token)
  const helper = new Client(server.origin, room, helperToken)
  const desk = new Client(server.origin, '/ws/admin/', helperToken)
  const everybody = [phone, laptop, helper, desk]
  await until(() => everybody.every((one) => one.isOpen()), 'everybody is there')

  const said: string[] = []
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 4; n++) {
      for (const [who, name, to] of [
        [phone, 'phone', {}],
        [helper, 'helper', {}],
        [desk, 'desk', { user_id: String(sam.id) }],
      ] as const) {
        const message = `${name} ${round}.${n}`
        said.push(message)
        who.say(message, to)
      }
      // In the midst of it: some of these are stored and not confirmed, some not even stored.
      if (n === 2) await server.kill()
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    server = await serve(state.folder)
    for (const one of everybody) one.comeBack(server.origin)
    await until(() => everybody.every((one) => one.isOpen() && one.isConfirmed()), `round ${round} is confirmed`)
  }

  await until(() => laptop.messages().length >= said.length, 'the laptop has heard everything')
  await until(() => desk.messages().length >= said.length - 12, 'the desk has heard everything')
  expect([...laptop.messages()].sort()).toEqual([...said].sort())
  const ids = laptop.heard.filter(({ event }) => event === 'chat_message').map(({ id }) => Number(id))
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
  for (const one of everybody) expect(once(one.messages())).toBe(true)
  for (const message of said.filter((text) => !text.startsWith('desk'))) expect(desk.messages()).toContain(message)

  const history = await fetch(`${server.origin}/api/v1/chat/user/support/${sam.id}/messages/?limit=500`, {
    headers: { Authorization: `Token ${sam.token}` },
  })
  const kept: { id: number; message: string }[] = Object(await history.json()).messages
  expect(kept.map(({ message }) => message)).toEqual(laptop.messages())

  const connected = desk.heard.filter(({ event }) => event === 'user_connected')
  expect(connected.length).toBeGreaterThan(0)

  // No request of the Worker's has any part in this.
  expect((await run('admin', ['revoke', 'helper', '--staff', '--persist-to', state.folder])).code).toBe(0)
  await until(() => helper.code === 4403 && desk.code === 4403, 'staff that are none any more')
  expect((await run('admin', ['sessions', 'sam', '--end', '--persist-to', state.folder])).code).toBe(0)
  await until(() => phone.code === 4401 && laptop.code === 4401, 'somebody whose sessions were ended')
}, 240_000)
