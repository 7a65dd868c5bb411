import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createState, type Running, serve } from '../commands/run.ts'
import { expectAccessible } from './axe.ts'
import { collectErrors, launch } from './browser.ts'
import { createPerson, createStaff, field, fillLogin, PASSWORD, send } from './people.ts'

/** What a person who waits for support sees and hears on /support. Each test has a person of its own. */

const PHONE = { viewport: { width: 390, height: 844 } }
/** The time is short enough for a test to wait for. */
const SETTINGS = { SUPPORT_HOURS: 'Mon-Fri 09:00-17:00, Sat 10:00-14:00 Europe/Berlin', SUPPORT_REPLY_MINUTES: '0.03' }

/** Counts what the page plays, and lets a test hide the page. A headless browser never hides one by itself. */
const RECORD = `
globalThis.played = 0
const { start } = OscillatorNode.prototype
OscillatorNode.prototype.start = function (...when) { played++; return start.apply(this, when) }
globalThis.setVisibility = (state) => {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}`

const state = createState()
const errors: string[][] = []
let server: Running
let browser: Browser
let staffToken: string
let count = 0

beforeAll(async () => {
  server = await serve(state.folder, undefined, SETTINGS)
  await createStaff(state.folder, 'rosa')
  staffToken = String(field(await send(`${server.origin}/api/v1/user/login/`, { username: 'rosa', password: PASSWORD }), 'token'))
  browser = await launch()
})

afterAll(async () => {
  await browser?.close()
  await server?.kill()
  state.remove()
})

afterEach(() => {
  expect(errors.flat()).toEqual([])
})

const newContext = async (options: Parameters<Browser['newContext']>[0] = PHONE): Promise<BrowserContext> => {
  const context = await browser.newContext(options)
  await context.addInitScript(RECORD)
  return context
}

const openPage = async (context: BrowserContext, path = '/support'): Promise<Page> => {
  const page = await context.newPage()
  errors.push(collectErrors(page))
  await page.goto(`${server.origin}${path}`)
  return page
}

const connected = (page: Page): Promise<void> => page.locator('#connection[data-state="open"]').waitFor()

interface Visitor {
  readonly id: number
  readonly username: string
  readonly page: Page
}

const newVisitor = async (): Promise<Visitor> => {
  const username = `visitor${++count}`
  const { id } = await createPerson(server.origin, username)
  const page = await openPage(await newContext())
  await fillLogin(page, username)
  await connected(page)
  return { id, username, page }
}

const write = async (page: Page, text: string): Promise<void> => {
  await page.locator('#reply').fill(text)
  await page.locator('#reply').press('Enter')
  await page.locator('.message.own:not(.pending) p').getByText(text, { exact: true }).waitFor()
}

/** A staff member, in the console or without it. */
const openDesk = async (): Promise<Page> => {
  const page = await openPage(await newContext({ viewport: { width: 1200, height: 800 } }), '/console')
  await fillLogin(page, 'rosa')
  await connected(page)
  return page
}

/** A reply from a client without the console: nobody is at the desk. */
const reply = (id: number, message: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/chat/${id}/`, ['concord.v1', `concord.token.${staffToken}`])
    const clientId = crypto.randomUUID()
    socket.addEventListener('open', () => socket.send(JSON.stringify({ message, client_id: clientId })))
    socket.addEventListener('error', () => reject(new Error('no socket')))
    socket.addEventListener('message', ({ data }) => {
      if (field(JSON.parse(String(data)), 'client_id') !== clientId) return
      socket.close(1000)
      resolve()
    })
  })

/** An account with an e-mail address. */
const register = async (username: string): Promise<number> => {
  const account = { username, email: `${username}@example.com`, password: PASSWORD }
  return Number(field(await send(`${server.origin}/user/register/`, account), 'user', 'id'))
}

const setVisibility = (page: Page, visibility: 'visible' | 'hidden') => page.evaluate(`setVisibility('${visibility}')`)
const played = (page: Page) => page.evaluate<number>('played')

const outboxOf = async (username: string): Promise<unknown[]> => {
  const response = await fetch(`${server.origin}/console/api/outbox/?limit=100`, { headers: { Authorization: `Token ${staffToken}` } })
  const messages = field(await response.json(), 'messages')
  return Array.isArray(messages) ? messages.filter((message) => field(message, 'recipient') === username) : []
}

describe('whether somebody is there', () => {
  test('the hours stand on the page before a log-in, in words', async () => {
    const page = await openPage(await newContext())
    await page.getByText('Support hours: Monday to Friday 09:00–17:00; Saturday 10:00–14:00 (time in Europe/Berlin)').waitFor()
    expect(await page.locator('#desk-state').textContent()).toBe('')
    await page.context().close()
  })

  test('staff at the desk are shown when they come and after they have left, also to a page that is opened meanwhile', async () => {
    const { page } = await newVisitor()
    const state = page.locator('#desk-state')
    await state.getByText('Support is not online right now.').waitFor()
    await expectAccessible(page, 'nobody at the desk')
    const desk = await openDesk()
    await state.getByText('Support is online now.').waitFor()
    await expectAccessible(page, 'somebody at the desk')
    await page.reload()
    await state.getByText('Support is online now.').waitFor()
    await desk.context().close()
    await state.getByText('Support is not online right now.').waitFor({ timeout: 20_000 })
    await page.context().close()
  })

  test('without a connection the page says nothing about it', async () => {
    const { page } = await newVisitor()
    await page.locator('#desk-state').getByText('not online').waitFor()
    await page.context().setOffline(true)
    await page.locator('#connection', { hasText: 'No connection' }).waitFor()
    expect(await page.locator('#desk-state').textContent()).toBe('')
    await page.context().setOffline(false)
    await page.context().close()
  })
})

describe('the first message', () => {
  test('is answered at once, in the thread, with the emergency numbers; it survives a reload, and staff see it', async () => {
    const { page, id } = await newVisitor()
    await write(page, 'is anybody there?')
    const notice = page.locator('.notice-item')
    await notice.getByText('Your message is stored. No one from the support team is online right now.').waitFor()
    await notice.getByText('Support hours: Monday to Friday').waitFor()
    // The country depends on the machine that runs the test: the same numbers as above the conversation.
    const numbers = await page.locator('.emergency-numbers a strong').allTextContents()
    expect(numbers.length).toBeGreaterThanOrEqual(3)
    const callNow = String(await notice.getByText('Call now:').textContent())
    expect(numbers.filter((number) => !callNow.includes(number))).toEqual([])
    await page.locator('#polite', { hasText: 'Your message is stored.' }).waitFor({ state: 'attached' })
    expect(await page.locator('.messages > .message + .notice-item').count()).toBe(1)
    await expectAccessible(page, 'automatic answer')
    await write(page, 'hello?')
    await page.reload()
    await notice.waitFor()
    await page.locator('.message', { hasText: 'hello?' }).waitFor()
    expect(await notice.count()).toBe(1)
    expect(await page.locator('.message:has-text("is anybody there?") + .notice-item + .message:has-text("hello?")').count()).toBe(1)
    const desk = await openDesk()
    await desk.goto(`${server.origin}/console#/room/${id}`)
    await desk.locator('.notice-item', { hasText: 'Automatic answer' }).waitFor()
    await expectAccessible(desk, 'conversation with an automatic answer')
    await Promise.all([desk.context().close(), page.context().close()])
  })
})

describe('a reply', () => {
  test('to a page that nobody looks at is counted in the title and heard, until the page is seen', async () => {
    const { page, id } = await newVisitor()
    await write(page, 'is anybody there?')
    await reply(id, 'seen at once')
    await page.locator('.message', { hasText: 'seen at once' }).waitFor()
    expect([await page.title(), await played(page)]).toEqual(['Support', 0])
    await setVisibility(page, 'hidden')
    await reply(id, 'one')
    await reply(id, 'two')
    await expect.poll(() => page.title()).toBe('(2) Support')
    expect(await played(page)).toBe(2)
    await setVisibility(page, 'visible')
    await expect.poll(() => page.title()).toBe('Support')
    await page.context().close()
  })

  test('is not heard after the sound was switched off, also after a reload', async () => {
    const { page, id } = await newVisitor()
    await page.getByLabel('Sound for new messages').uncheck()
    await page.reload()
    await connected(page)
    expect(await page.getByLabel('Sound for new messages').isChecked()).toBe(false)
    await page.locator('#reply').click()
    await setVisibility(page, 'hidden')
    await reply(id, 'silent')
    await expect.poll(() => page.title()).toBe('(1) Support')
    expect(await played(page)).toBe(0)
    await setVisibility(page, 'visible')
    await page.getByLabel('Sound for new messages').check()
    // A sample of what it sounds like.
    await expect.poll(() => played(page)).toBe(1)
    await page.context().close()
  })

  test('says that the browser plays no sound before the page was touched', async () => {
    const { page } = await newVisitor()
    expect(await page.locator('#sound-hint').isVisible()).toBe(false)
    await page.reload()
    await connected(page)
    await page.locator('#sound-hint').waitFor()
    await expectAccessible(page, 'sound not allowed yet')
    await page.locator('#reply').click()
    await page.locator('#sound-hint').waitFor({ state: 'hidden' })
    await page.context().close()
  })

  test('that a person who has left does not see is announced once, without its text', async () => {
    const username = `visitor${++count}`
    const id = await register(username)
    const context = await newContext()
    const page = await openPage(context)
    await fillLogin(page, username)
    await connected(page)
    await write(page, 'is anybody there?')
    await page.close()
    await reply(id, 'a secret answer')
    await reply(id, 'another secret')
    await expect.poll(() => outboxOf(username), { timeout: 20_000 }).toHaveLength(1)
    await server.kill()
    server = await serve(state.folder, Number(new URL(server.origin).port), SETTINGS)
    await reply(id, 'a third secret')
    // The announcement of the next person comes later than another one of this person would.
    const other = await register(`visitor${++count}`)
    await reply(other, 'another person')
    await expect.poll(() => outboxOf(`visitor${count}`), { timeout: 20_000 }).toHaveLength(1)
    const [announcement, ...others] = await outboxOf(username)
    expect(others).toEqual([])
    expect(field(announcement, 'address')).toBe(`${username}@example.com`)
    expect(JSON.stringify(announcement)).not.toContain('secret')
    await context.close()
  })
})

describe('a second tab', () => {
  test('is logged in by the first, and both are logged out together', async () => {
    const { page, username } = await newVisitor()
    const second = await openPage(page.context())
    await connected(second)
    expect(await second.locator('#current-user').textContent()).toBe(username)
    await write(second, 'from the second tab')
    await page.locator('.message', { hasText: 'from the second tab' }).waitFor()
    // Read in one tab, it is not unread in the other.
    await setVisibility(page, 'hidden')
    await second.getByRole('button', { name: 'Log out' }).click()
    await page.getByText('You were logged out in another tab.').waitFor()
    expect(await page.evaluate('sessionStorage.getItem("concord.token")')).toBeNull()
    const third = await openPage(page.context())
    await third.locator('#username:focus').waitFor()
    // A log-in reaches the tabs that show the form.
    await fillLogin(third, username)
    await Promise.all([page, second, third].map(connected))
    await page.context().close()
  })

  test('opened after all others were closed has to log in', async () => {
    const { page } = await newVisitor()
    const context = page.context()
    await page.close()
    const later = await openPage(context)
    await later.locator('#username:focus').waitFor()
    expect(await later.evaluate('JSON.stringify(localStorage)')).not.toContain('token')
    await context.close()
  })
})

describe('creating an account', () => {
  const submit = (page: Page): Promise<void> => page.getByRole('button', { name: 'Create the account' }).click()

  const openForm = async (): Promise<Page> => {
    const page = await openPage(await newContext())
    await page.getByRole('button', { name: 'Create an account' }).click()
    await page.locator('#new-username:focus').waitFor()
    return page
  }

  test("shows the server's errors at the fields", async () => {
    const page = await openForm()
    await expectAccessible(page, 'form for a new account')
    await submit(page)
    await page.locator('#new-username-error', { hasText: 'This field may not be blank.' }).waitFor()
    await page.locator('#new-username').fill('rosa')
    await page.locator('#new-email').fill('not an address')
    await page.locator('#new-password').fill('password')
    await submit(page)
    await page.locator('#new-username-error', { hasText: 'A user with that username already exists.' }).waitFor()
    await page.locator('#new-email-error', { hasText: 'Enter a valid email address.' }).waitFor()
    expect(await page.locator('#new-username').getAttribute('aria-invalid')).toBe('true')
    expect(await page.locator('#new-username').evaluate('document.activeElement.id')).toBe('new-username')
    await expectAccessible(page, 'errors of a new account')
    await page.getByRole('button', { name: 'I have an account' }).click()
    await page.locator('#username:focus').waitFor()
    await page.context().close()
  })

  test('logs in, and the account opens all contracts', async () => {
    const page = await openForm()
    const username = `visitor${++count}`
    await page.locator('#new-username').fill(username)
    await page.locator('#new-password').fill(PASSWORD)
    await page.locator('#new-password').press('Enter')
    await connected(page)
    expect(await page.locator('#current-user').textContent()).toBe(username)
    await write(page, 'I am new here')
    for (const path of ['/user/login/', '/api/sessions/', '/users/login/', '/api/v1/user/login/', '/api/token/']) {
      const response = await fetch(`${server.origin}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username, password: PASSWORD }),
      })
      expect([path, response.status]).toEqual([path, 200])
    }
    await page.context().close()
  })

  test('above the rate limit says so', async () => {
    const page = await openForm()
    await page.route('**/user/register/', (route) =>
      route.fulfill({ status: 429, json: { detail: 'Request was throttled. Expected available in 30 seconds.' } }),
    )
    await page.locator('#new-username').fill('somebody.else')
    await page.locator('#new-password').fill(PASSWORD)
    await submit(page)
    await page.locator('#register-error', { hasText: 'Request was throttled. Expected available in 30 seconds.' }).waitFor()
    await page.context().close()
  })
})
