import { afterAll, expect, test } from 'vitest'
import {
  type Chat,
  type ChatMessage,
  type ChatOptions,
  type ChatStorage,
  connectChat,
  connectDesk,
  createHelpCall,
  type DeskEvent,
  helpRequest,
  type StoredMessage,
} from '#chat/index.ts'
import { createAdmin } from './admin-here.ts'
import { createState, type Running, run, serve } from './run.ts'
import { prepareDatabase } from './shared.ts'

/** The chat of @concord/client against a server that is killed with SIGKILL, and starts again with the same database. */

const state = createState()
const { run: admin, close } = createAdmin(state.folder)
let server: Running

afterAll(async () => {
  await close()
  await server?.kill()
  state.remove()
})

const PASSWORD = 'correct horse 7'
const TIMEOUT_MS = 60_000

const waitUntil = async (isDone: () => unknown, description: string): Promise<void> => {
  for (const deadline = Date.now() + TIMEOUT_MS; !(await isDone()); ) {
    if (Date.now() > deadline) throw new Error(`timeout: ${description}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const request = async (path: string, { json, token = '' }: { readonly json?: object; readonly token?: string } = {}): Promise<unknown> => {
  const response = await fetch(`${server.origin}${path}`, {
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Token ${token}` }) },
    ...(json && { method: 'POST', body: JSON.stringify(json) }),
  })
  return response.json()
}

const register = async (username: string): Promise<{ readonly id: number; readonly token: string }> => {
  const registered = Object(await request('/user/register/', { json: { username, password: PASSWORD, email: `${username}@example.com` } }))
  return { id: Number(registered.user.id), token: String(registered.token) }
}

const logIn = async (username: string): Promise<string> =>
  String(Object(await request('/user/login/', { json: { username, password: PASSWORD } })).token)

/** What a device keeps when the app is restarted. */
const createDevice = (): ChatStorage & { readonly items: ReadonlyMap<string, string> } => {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  }
}

const idsOf = (messages: readonly { readonly id: number }[]): number[] => messages.map(({ id }) => id)

test('nothing is lost and nothing is sent twice, although the server and the app are killed', async () => {
  await prepareDatabase(state.folder)
  server = await serve(state.folder)
  const port = Number(new URL(server.origin).port)
  const sam = await register('sam')
  await register('helper')
  // In a process that ends: `npm run dev` does not start while another one is registered for its database.
  expect((await run('admin', ['grant', 'helper', '--staff', '--persist-to', state.folder])).code).toBe(0)
  const helperToken = await logIn('helper')

  const url = `${server.origin}/ws/chat/${sam.id}/`
  const device = createDevice()
  const [received, events, stored]: [ChatMessage[], DeskEvent[], StoredMessage[]] = [[], [], []]
  const loggedOut: string[] = []
  const phoneOptions: ChatOptions = {
    url,
    token: sam.token,
    storage: device,
    onStored: (message) => stored.push(message),
    onLoggedOut: () => loggedOut.push('phone'),
  }
  let phone: Chat = connectChat(phoneOptions)
  const laptop = connectChat({ url, token: sam.token, storage: null, onMessage: (message) => received.push(message) })
  const helper = connectChat({ url, token: helperToken, storage: null })
  const forbidden: string[] = []
  const desk = connectDesk({
    url: `${server.origin}/ws/admin/`,
    token: helperToken,
    storage: null,
    onEvent: (event) => events.push(event),
    onForbidden: () => forbidden.push('desk'),
  })
  await waitUntil(() => [phone, laptop, helper, desk].every((client) => client.state === 'open'), 'all clients are connected')

  const texts: string[] = []
  const others: Promise<StoredMessage>[] = []
  const write = (text: string): string => {
    texts.push(text)
    return text
  }
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 4; n++) {
      void phone.send(write(`phone ${round}.${n}`))
      others.push(helper.send(write(`helper ${round}.${n}`)), desk.send(sam.id, write(`desk ${round}.${n}`)))
      // Now some messages are stored and not acknowledged, and some are not even stored.
      if (n === 2) await server.kill()
      if (n === 2 && round === 0) {
        // The app is killed, too: another one continues with what the device has kept.
        phone.close()
        phone = connectChat(phoneOptions)
      }
    }
    if (round === 1) {
      createHelpCall({ userId: sam.id, storage: device, trigger: helpRequest({ baseUrl: server.origin, token: sam.token }) }).press()
    }
    server = await serve(state.folder, port)
    await waitUntil(() => phone.outbox.length + helper.outbox.length + desk.outbox.length === 0, `round ${round} is acknowledged`)
  }
  const ids = idsOf(await Promise.all(others))
  await waitUntil(() => received.length >= texts.length, 'the laptop has received all messages')

  // The server has each message once, and each client has got it once and in order.
  const history: ChatMessage[] = Object(
    await request(`/api/v1/chat/user/support/${sam.id}/messages/?limit=500`, { token: sam.token }),
  ).messages
  expect(history.map((message) => Object(message).message).sort()).toEqual([...texts].sort())
  expect(idsOf(received)).toEqual(idsOf(history))
  expect([...ids, ...idsOf(stored)].sort((a, b) => a - b)).toEqual(idsOf(history))
  expect(device.items.has(`concord.unsent.${sam.id}`)).toBe(false)
  const eventIds = events.map(({ eventId }) => eventId)
  expect(new Set(eventIds).size).toBe(eventIds.length)
  await waitUntil(() => events.some(({ type }) => type === 'alarm'), 'the desk is told of the alarm')
  expect(events.some((event) => event.type === 'presence' && event.userId === sam.id && event.online)).toBe(true)

  // The press on the dead line has started one alarm, and is not kept any longer.
  await waitUntil(() => !device.items.has(`concord.call.${sam.id}`), 'the call is received')
  expect(Object(await request(`/api/v1/event/alarms/${sam.id}/`, { token: sam.token })).alarms).toHaveLength(1)

  // Operator commands end the connections. After a new log-in the same client goes on.
  expect((await admin(['revoke', 'helper', '--staff'])).code).toBe(0)
  expect((await admin(['sessions', 'sam', '--end'])).code).toBe(0)
  // Node reports the end of a connection only when its TCP connection has ended, too: here after twenty seconds.
  await waitUntil(() => [phone, helper, desk].every((client) => client.state === 'closed'), 'the connections are ended')
  expect([forbidden, loggedOut]).toEqual([['desk'], ['phone']])
  const late = phone.send('after the log-out')
  phone.setToken(await logIn('sam'))
  expect(await late).toMatchObject({ text: 'after the log-out' })
  for (const client of [phone, laptop, helper, desk]) client.close()
}, 240_000)
