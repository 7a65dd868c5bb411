import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createState, type Running, run, serve } from '../commands/run.ts'
import { collectErrors, launch } from './browser.ts'
import { type Account, createPerson, createStaff, field, fillLogin, PASSWORD, send } from './people.ts'

/** An alarm that nobody acknowledges, and a conversation whose holder does not answer. Two seconds and one minute are the times here. */

const state = createState()
let server: Running
let browser: Browser
let desk: Page
let errors: string[][] = []
let mara: Account
let alexToken: string

const tokenOf = async (username: string): Promise<string> =>
  String(field(await send(`${server.origin}/api/v1/user/login/`, { username, password: PASSWORD }), 'token'))

const get = async (path: string, token: string): Promise<unknown> => {
  const response = await fetch(server.origin + path, { headers: { Authorization: `Token ${token}` } })
  return response.json()
}

/** The messages to alex in the outbox, newest first. */
const toAlex = async (): Promise<readonly { readonly subject: string; readonly body: string }[]> => {
  const messages = field(await get('/console/api/outbox/?limit=200', alexToken), 'messages')
  return (Array.isArray(messages) ? messages : [])
    .filter((message) => field(message, 'recipient') === 'alex')
    .map((message) => ({ subject: String(field(message, 'subject')), body: String(field(message, 'body')) }))
}

/** Asks again until there is a value, for twenty seconds. */
const until = async <T>(ask: () => Promise<T | undefined>): Promise<T> => {
  for (const end = Date.now() + 20_000; ; ) {
    const value = await ask()
    if (value !== undefined) return value
    if (Date.now() > end) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

const newPage = async (width: number): Promise<Page> => {
  const page = await (await browser.newContext({ viewport: { width, height: 844 } })).newPage()
  page.setDefaultTimeout(20_000)
  errors.push(collectErrors(page))
  return page
}

beforeAll(async () => {
  const escalation = JSON.stringify([{ after: 2 / 60, staff: ['alex'] }])
  server = await serve(state.folder, undefined, { ESCALATION: escalation, CHAT_HOLDER_MINUTES: '1' })
  await createStaff(state.folder, 'rosa')
  const created = await run('admin', ['create', 'alex', '--email', 'alex@example.com', '--persist-to', state.folder], `${PASSWORD}\n`)
  expect(created).toMatchObject({ code: 0 })
  expect(await run('admin', ['grant', 'alex', '--staff', '--persist-to', state.folder])).toMatchObject({ code: 0 })
  alexToken = await tokenOf('alex')
  mara = await createPerson(server.origin, 'mara')
  browser = await launch()
  desk = await newPage(1200)
  await desk.goto(`${server.origin}/console#/room/${mara.id}`)
  await fillLogin(desk, 'rosa')
  await desk.locator('#connection[data-state="open"]').waitFor()
})

afterAll(async () => {
  await browser?.close()
  await server?.kill()
  state.remove()
})

afterEach(() => {
  expect(errors.flat()).toEqual([])
  errors = errors.map(() => [])
})

test('the link in a message to staff acknowledges an alarm, once, and shows nothing else; the console says who, and by what', async () => {
  await send(`${server.origin}/support/help/`, {}, { token: mara.token })
  await desk.getByRole('button', { name: 'Acknowledge' }).first().waitFor()
  const message = await until(async () => (await toAlex())[0])
  expect(message.subject).toContain('No one has answered the alarm of')
  const [link = ''] = /http\S+/.exec(message.body) ?? []
  const phone = await newPage(390)
  await phone.goto(link)
  await phone.getByRole('button', { name: 'Acknowledge the alarm' }).click()
  await phone.getByText('The alarm is acknowledged.').waitFor()
  expect(await phone.locator('body').textContent()).not.toMatch(/mara|alex/)
  const events = async () => (await desk.locator('.thread-event').allTextContents()).join('\n')
  await expect.poll(events, { timeout: 20_000 }).toContain('alex acknowledged the alarm with the link in an e-mail.')
  await phone.goto(link)
  await phone.getByRole('button', { name: 'Acknowledge the alarm' }).click()
  await phone.getByText('support console').waitFor()
  await until(async () => (await toAlex()).find(({ subject }) => /^The alarm of .* is answered$/.test(subject)))
  expect(await toAlex()).toHaveLength(2)
})

test('a conversation whose holder is silent goes back to the queue, and says so to both, also after a reload', {
  timeout: 180_000,
}, async () => {
  const rosaToken = await tokenOf('rosa')
  const phone = await newPage(390)
  await phone.goto(`${server.origin}/support`)
  await fillLogin(phone, 'mara')
  await phone.locator('#connection[data-state="open"]').waitFor()
  await send(`${server.origin}/console/api/rooms/${mara.id}/take/`, {}, { token: rosaToken })
  await phone.getByRole('textbox').last().fill('Are you there?')
  await phone.keyboard.press('Enter')
  await desk.getByText('Are you there?').first().waitFor()
  // The shortest time that can be set is a minute.
  const toStaff = desk.getByText('rosa did not answer in time. The conversation is in the queue again.')
  const toPerson = phone.getByText('Your message is with our whole team now')
  await toStaff.waitFor({ timeout: 90_000 })
  await toPerson.waitFor()
  expect(await phone.locator('body').textContent()).not.toContain('rosa')
  const rooms = await get('/console/api/rooms?filter=waiting', rosaToken)
  expect(field(field(rooms, 'rooms', '0'), 'username')).toBe('mara')
  expect(field(field(rooms, 'rooms', '0'), 'taken_by')).toBeNull()
  for (const page of [phone, desk]) await page.reload()
  await toPerson.waitFor()
  await toStaff.waitFor()
})
