import { createServer } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Account, createPerson, field } from './people.ts'
import { useSite } from './site.ts'

/**
 * The chat of @concord/client in an app on another origin: with the server killed, the page reloaded and the network gone. The app
 * is the script below; a test reads what it shows.
 */

const APP = `
import { connectChat, createHelpCall, helpRequest } from '#chat/index.ts'
const { origin, id, token } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
const show = (name, text) => { document.getElementById(name).append(Object.assign(document.createElement('li'), { textContent: text })) }
const chat = connectChat({
  url: origin + '/ws/chat/' + id + '/',
  token,
  onMessage: ({ text }) => show('received', text),
  onStored: ({ text }) => show('stored', text),
  onState: (state) => { document.title = state },
})
const help = createHelpCall({
  userId: id,
  trigger: helpRequest({ baseUrl: origin, token }),
  onState: ({ type }) => show('help', type),
  onReceived: () => show('help', 'received'),
})
Object.assign(window, { chat, help })
`

const site = useSite()
let app: { readonly origin: string; close(): void }
let sam: Account

const serveApp = async (): Promise<typeof app> => {
  const { outputFiles } = await build({
    stdin: { contents: APP, resolveDir: join(import.meta.dirname, '../..'), loader: 'ts' },
    bundle: true,
    format: 'iife',
    write: false,
  })
  const script = outputFiles[0]?.text ?? ''
  const lists = ['received', 'stored', 'help'].map((name) => `<ul id="${name}"></ul>`).join('')
  const http = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><html lang="en"><title>app</title>${lists}<script>${script}</script></html>`)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  if (!address || typeof address !== 'object') throw new Error('no port')
  return { origin: `http://localhost:${address.port}`, close: () => http.close() }
}

beforeAll(async () => {
  await site.start()
  ;[sam, app] = await Promise.all([createPerson(site.origin, 'sam'), serveApp()])
})

afterAll(async () => {
  app?.close()
})

const openApp = async (): Promise<Page> => {
  const page = await site.newPage()
  await page.goto(`${app.origin}/#${encodeURIComponent(JSON.stringify({ origin: site.origin, ...sam }))}`)
  await isConnected(page)
  return page
}

const isConnected = (page: Page) => expect.poll(() => page.title()).toBe('open')
const list = (page: Page, name: string) => page.locator(`#${name} li`).allTextContents()
const shows = (page: Page, name: string, texts: readonly string[]) => expect.poll(() => list(page, name)).toEqual(texts)
const read = (path: string): Promise<unknown> =>
  fetch(`${site.origin}${path}`, { headers: { Authorization: `Token ${sam.token}` } }).then((response) => response.json())

test('messages survive that the server is killed and the page is reloaded, and are stored once', async () => {
  const [page, other] = [await openApp(), await openApp()]
  await page.evaluate('void chat.send("before")')
  await shows(other, 'received', ['before'])
  await site.server.kill()
  await page.evaluate('for (const text of ["one", "two", "three"]) void chat.send(text)')
  await expect.poll(() => page.title()).toBe('waiting')
  await page.reload()
  expect(await page.evaluate('chat.outbox.map(({ text }) => text)')).toEqual(['one', 'two', 'three'])
  await site.restart()
  await isConnected(page)
  await shows(page, 'stored', ['one', 'two', 'three'])
  // After the reload the app has asked for the whole conversation.
  await shows(page, 'received', ['before'])
  await shows(other, 'received', ['before', 'one', 'two', 'three'])
  await page.reload()
  await shows(page, 'received', ['before', 'one', 'two', 'three'])
  expect(await page.evaluate('chat.outbox.length')).toBe(0)
  const stored = field(await read(`/api/v1/chat/user/support/${sam.id}/messages/`), 'messages')
  expect(Array.isArray(stored) && stored.map((message) => field(message, 'message'))).toEqual(['before', 'one', 'two', 'three'])
  await page.context().close()
  await other.context().close()
})

test('the network goes and comes back', async () => {
  const page = await openApp()
  await page.context().setOffline(true)
  await expect.poll(() => page.title()).toBe('waiting')
  await page.evaluate('void chat.send("offline")')
  await page.context().setOffline(false)
  await isConnected(page)
  await expect.poll(() => list(page, 'stored')).toContain('offline')
  await page.context().close()
})

test('a press on a dead line is kept over a reload, and opens one alarm', async () => {
  const page = await openApp()
  await site.server.kill()
  await page.evaluate('help.press(); help.press()')
  await expect.poll(() => list(page, 'help')).toContain('waiting')
  await page.reload()
  expect(await page.evaluate('help.isWaiting')).toBe(true)
  await site.restart()
  await expect.poll(() => list(page, 'help')).toContain('received')
  expect(await page.evaluate('help.isWaiting')).toBe(false)
  await page.reload()
  await isConnected(page)
  expect(await list(page, 'help')).toEqual([])
  expect(field(await read(`/api/v1/event/alarms/${sam.id}/`), 'alarms')).toHaveLength(1)
  await page.context().close()
})
