import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fresh, type Running, run, serve } from '../commands/run.ts'
import { complaintsOf, embedding, launch } from './browser.ts'

/** The story of a support desk, told once, in a real browser: each test goes on where the one before it ended. */

const PASSWORD = 'correct horse 7'
const MARKUP = `<img src=x onerror="alert(1)"><script>alert(2)</script><b>bold</b> &amp; "quoted"`

const state = fresh()
let server: Running
let browser: Browser
let staff: Page
let person: Page
let complaints: string[][] = []

const post = async (path: string, json: object, { method = 'POST', token = '' } = {}): Promise<unknown> => {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Token ${token}` }) }
  const response = await fetch(`${server.origin}${path}`, { method, headers, body: JSON.stringify(json) })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

const field = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined), value)

const newPage = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> => {
  const page = await (await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options })).newPage()
  complaints.push(complaintsOf(page))
  return page
}

const logIn = async (page: Page, path: string, username: string): Promise<void> => {
  await page.goto(`${server.origin}${path}`)
  await logInHere(page, username)
}

/** By the keyboard alone: the form has the focus when it appears. */
const logInHere = async (page: Page, username: string): Promise<void> => {
  await page.locator('#username:focus').waitFor()
  await page.keyboard.type(username)
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
}

const write = async (page: Page, words: string): Promise<void> => {
  await page.locator('#reply').fill(words)
  await page.locator('#reply').press('Enter')
}

const message = (page: Page, words: string): Locator => page.locator('.message p').getByText(words, { exact: true })
const lineOf = (username: string): Locator => staff.locator('.rooms li', { hasText: username })

/** Every word that stands on a page, in its order; a word that is there twice shows. */
const said = (page: Page): Promise<string[]> => page.locator('.message p').allTextContents()

let mara = { id: 0, token: '' }

const personCalled = async (username: string): Promise<{ id: number; token: string }> => {
  await post('/api/v1/user/registration/', { username, password: PASSWORD })
  const token = String(field(await post('/api/v1/user/login/', { username, password: PASSWORD }), 'token'))
  const me: unknown = await (await fetch(`${server.origin}/api/users/me/`, { headers: { Authorization: `Token ${token}` } })).json()
  return { id: Number(field(me, 'data', 'user', 'id')), token }
}

beforeAll(async () => {
  server = await serve(state.folder)
  const admin = (given: string[], typed?: string) => run('admin', [...given, '--persist-to', state.folder], typed)
  expect(await admin(['create', 'sam'], `${PASSWORD}\n`)).toMatchObject({ code: 0 })
  expect(await admin(['grant', 'sam', '--staff'])).toMatchObject({ code: 0 })
  mara = await personCalled('mara')
  const { id, token } = mara
  await post(`/api/v1/user/edit/${id}/`, { scenario: 3 }, { method: 'PATCH', token })
  await post(
    `/api/v1/user/edit/contact/${id}/`,
    { name: 'Ann', phone: '+12025550143', relationship: 'sister', email: 'ann@example.com' },
    { method: 'PATCH', token },
  )
  browser = await launch()
  staff = await newPage()
  person = await newPage({ viewport: { width: 390, height: 844 } })
})

afterAll(async () => {
  await browser?.close()
  await server?.kill()
  state.remove()
})

afterEach(() => {
  expect(complaints.flat()).toEqual([])
})

describe('who comes in', () => {
  test('somebody who is not staff is told so, and sees nothing', async () => {
    const page = await newPage()
    await logIn(page, '/console', 'mara')
    await page.getByText('mara is not staff').waitFor()
    expect(await page.locator('#sections').isVisible()).toBe(false)
    await page.context().close()
  })

  test('a wrong password is said, and what was typed can be mended', async () => {
    await staff.goto(`${server.origin}/console`)
    await staff.locator('#username:focus').waitFor()
    await staff.keyboard.type('sam')
    await staff.keyboard.press('Tab')
    await staff.keyboard.type('not the password')
    await staff.keyboard.press('Enter')
    await expect.poll(() => staff.locator('#login-error').textContent()).not.toBe('')
    await staff.keyboard.type(PASSWORD) // over what was selected
    await staff.keyboard.press('Enter')
    await staff.locator('#link[data-state="open"]').waitFor()
    expect(await staff.locator('#who').textContent()).toBe('sam')
  })

  test('a person logs in on a page of their own', async () => {
    await logIn(person, '/support', 'mara')
    await person.locator('#link[data-state="open"]').waitFor()
  })
})

describe('a conversation', () => {
  test('what a person writes appears in the inbox, at once', async () => {
    await write(person, 'is anybody there?')
    await message(person, 'is anybody there?').waitFor()
    await lineOf('mara').waitFor()
    await expect.poll(() => lineOf('mara').locator('.words').textContent()).toBe('is anybody there?')
    await expect.poll(() => lineOf('mara').locator('.count').textContent()).toBe('1')
    expect(await lineOf('mara').locator('.dot.online').count()).toBe(1)
    await expect.poll(() => staff.title()).toContain('(1)')
    await expect.poll(() => person.locator('.pending').count()).toBe(0)
  })

  test('staff open it, answer, and the person sees it: by the keyboard alone', async () => {
    await lineOf('mara').locator('a').focus()
    await staff.keyboard.press('Enter')
    await staff.locator('#reply:focus').waitFor()
    await message(staff, 'is anybody there?').waitFor()
    await expect.poll(() => lineOf('mara').locator('.count').isVisible()).toBe(false)
    await staff.keyboard.type('I am')
    await person.getByText('Support is typing…').waitFor()
    await staff.keyboard.press('Enter')
    await message(person, 'I am').waitFor()
    await message(staff, 'I am').waitFor()
    await expect.poll(() => staff.locator('.pending').count()).toBe(0)
    await expect.poll(() => staff.locator('.message.own.seen').count()).toBe(1)
    await expect.poll(() => person.locator('.message.own.seen').count()).toBe(1)
    // What came is told to whoever does not see it.
    await person.locator('#polite', { hasText: 'Support: I am' }).waitFor({ state: 'attached' })
    // What is half written is there when one comes back.
    await staff.keyboard.type('half a')
    await staff.keyboard.press('Escape')
    await lineOf('mara').locator('a:focus').waitFor()
  })

  test('markup stays text, on every page that shows it', async () => {
    await write(person, MARKUP)
    await expect.poll(() => lineOf('mara').locator('.words').textContent()).toContain('<img src=x')
    await lineOf('mara').locator('a').press('Enter')
    await message(staff, MARKUP).waitFor()
    expect(await staff.locator('#reply').inputValue()).toBe('half a')
    await write(staff, MARKUP)
    await expect.poll(() => person.locator('.message p').getByText(MARKUP, { exact: true }).count()).toBe(2)
    for (const page of [staff, person]) {
      expect(await page.locator('main img, main b, main script').count()).toBe(0)
      expect(await page.locator('script').count()).toBe(1)
    }
  })

  test('it is taken, and given back', async () => {
    await staff.getByRole('button', { name: 'Take' }).click()
    await staff.getByRole('button', { name: 'Release' }).waitFor()
    await expect.poll(() => lineOf('mara').locator('.badge').allTextContents()).toContain('with sam')
    await staff.getByRole('button', { name: 'Release' }).click()
    await staff.getByRole('button', { name: 'Take' }).waitFor()
  })

  test('a canned reply is put where it can be changed, and is not sent by itself', async () => {
    await staff.getByText('Canned replies').click()
    await staff.getByRole('button', { name: 'Are you safe where you are?' }).click()
    expect(await staff.locator('#reply').inputValue()).toBe('Are you safe where you are?')
    expect(await message(person, 'Are you safe where you are?').count()).toBe(0)
    await staff.locator('#reply').press('Enter')
    await message(person, 'Are you safe where you are?').waitFor()
  })

  test('the transcript is there for the taking', async () => {
    for (const kind of ['txt', 'json']) {
      const address = await staff.locator(`.menu a[href$=".${kind}"]`).getAttribute('href')
      const answer = await staff.request.get(`${server.origin}${address}`)
      expect([kind, answer.status()]).toEqual([kind, 200])
      expect(await answer.text()).toContain('is anybody there?')
    }
  })
})

describe('an alarm', () => {
  test('appears at once, on top, with who was told; and is acknowledged', async () => {
    await staff.goto(`${server.origin}/console#/outbox`)
    await person.getByRole('button', { name: 'Call for help' }).click()
    await person.getByText('Help was called.').first().waitFor()
    await staff.locator('.strip', { hasText: 'mara needs help' }).waitFor()
    await staff.locator('#assertive', { hasText: 'mara needs help' }).waitFor({ state: 'attached' })
    await expect.poll(() => staff.title()).toContain('Alarm!')
    await staff.getByRole('link', { name: /^Alarms/ }).click()
    const card = staff.locator('.card', { hasText: 'mara' })
    await card.getByRole('row', { name: /Ann.*email/ }).waitFor()
    await card.getByRole('button', { name: 'Acknowledge' }).click()
    await card.getByText('Acknowledged').waitFor()
    await card.getByText('by sam').waitFor()
    expect(await staff.locator('.strip').count()).toBe(0)
    // Whoever rang is told that they were heard.
    await person.getByText('sam has seen your alarm').waitFor()
  })

  test('what was sent to whom stands in the outbox', async () => {
    await staff.getByRole('link', { name: 'Outbox' }).click()
    await staff.locator('#outbox-feed', { hasText: 'Ann' }).waitFor()
    await staff.locator('#outbox-feed summary').first().click()
    await staff.getByText('To ann@example.com').first().waitFor()
  })

  test('"I am safe" ends it for the desk, too', async () => {
    await person.getByRole('button', { name: 'Call for help' }).click()
    await staff.locator('.strip', { hasText: 'mara needs help' }).waitFor()
    await person.getByRole('button', { name: 'I am safe' }).click()
    await person.getByText('Good to know that you are safe').waitFor()
    await staff.locator('.strip').waitFor({ state: 'detached' })
    await expect.poll(() => staff.locator('#alarm-count').textContent()).toBe('')
  })
})

describe('when the server dies', () => {
  test('both reconnect, and nothing is missing or doubled', async () => {
    await staff.goto(`${server.origin}/console#/room/${mara.id}`)
    await message(staff, 'is anybody there?').waitFor()
    await write(person, 'before the cut')
    await message(staff, 'before the cut').waitFor()

    // Cut in the middle of it: some of these are stored and not answered for, some were never sent.
    for (const text of ['one', 'two', 'three', 'four', 'five']) {
      await write(person, `cut off: ${text}`)
      await write(staff, `cut off too: ${text}`)
    }
    await server.kill()
    for (const page of [staff, person]) await page.locator('#link[data-state="waiting"], #link[data-state="connecting"]').waitFor()
    await write(person, 'written in the dark')
    await write(person, 'and a second one')
    await write(staff, 'are you still there?')
    for (const page of [staff, person]) await page.getByText('Waiting for the connection').first().waitFor()

    server = await serve(state.folder, Number(new URL(server.origin).port))
    const texts = ['before the cut', 'written in the dark', 'and a second one', 'are you still there?']
    for (const page of [staff, person]) {
      for (const text of texts) await message(page, text).waitFor({ timeout: 40_000 })
      await expect.poll(() => page.locator('.pending').count(), { timeout: 40_000 }).toBe(0)
      await page.locator('#link[data-state="open"]').waitFor()
    }
    await write(person, 'and we are back')
    await message(staff, 'and we are back').waitFor()

    const stored: unknown = await (
      await fetch(`${server.origin}/api/v1/chat/user/support/${mara.id}/messages/?limit=100`, {
        headers: { Authorization: `Token ${mara.token}` },
      })
    ).json()
    const messages = field(stored, 'messages')
    const truth = (Array.isArray(messages) ? messages : []).map((each) => String(field(each, 'message')))
    expect(new Set(truth.filter((each) => each.startsWith('cut off'))).size).toBe(10)
    expect(truth.filter((each) => each.startsWith('cut off')).length).toBe(10)
    for (const text of texts) expect(truth.filter((each) => each === text)).toEqual([text])
    await expect.poll(() => said(staff)).toEqual(truth)
    await expect.poll(() => said(person)).toEqual(truth)
    await expect.poll(() => lineOf('mara').locator('.words').textContent()).toBe('and we are back')
  })

  test('what was written outlives a reload of the page', async () => {
    await server.kill()
    await person.locator('#link[data-state="waiting"]').waitFor()
    await write(person, 'reloaded meanwhile')
    await person.getByText('Waiting for the connection').waitFor()
    server = await serve(state.folder, Number(new URL(server.origin).port))
    await person.reload()
    await message(staff, 'reloaded meanwhile').waitFor({ timeout: 40_000 })
    await expect.poll(() => message(person, 'reloaded meanwhile').count()).toBe(1)
    await expect.poll(() => person.locator('.pending').count()).toBe(0)
  })
})

describe('more than the server takes', () => {
  test('a message that it will not have errorResponse why, and keeps no other waiting', async () => {
    await write(person, 'a bell: \u0007')
    await write(person, 'after the bell')
    await message(staff, 'after the bell').waitFor()
    await person.locator('.pending', { hasText: 'Not accepted' }).waitFor()
    await person.getByRole('button', { name: 'Discard' }).click()
    await expect.poll(() => person.locator('.pending').count()).toBe(0)
  })

  test('whoever writes faster than anybody can loses nothing, and no order', async () => {
    const other = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/chat/${mara.id}/?token=${mara.token}`)
    await new Promise((resolve) => other.addEventListener('open', resolve))
    // The limit is the person's, on whatever device: this one leaves nothing of it.
    for (let count = 0; count < 40; count++) other.send('{"type":"typing"}')
    const words = [...Array(6).keys()].map((count) => `in a hurry: ${count}`)
    for (const each of words) await write(person, each)
    await person.getByText('Slow down.').waitFor()
    await message(staff, words.at(-1) ?? '').waitFor({ timeout: 40_000 })
    other.close()
    const hurried = async (page: Page) => (await said(page)).filter((each) => each.startsWith('in a hurry'))
    await expect.poll(() => hurried(staff)).toEqual(words)
    await expect.poll(() => hurried(person)).toEqual(words)
    await expect.poll(() => person.locator('.pending').count()).toBe(0)
  })
})

test('reports have a tab where the server has such a list, and none where it has not', async () => {
  const reports = '**/console/api/reports/**'
  const tab = staff.getByRole('link', { name: 'Reports' })
  const report = {
    id: 1,
    reporter: { id: 2, username: 'ann' },
    reported: { id: 3, username: 'bob' },
    reason: '<b>rude</b>',
    created_at: '2026-11-20T12:00:00Z',
  }
  for (const there of [false, true]) {
    await staff.route(reports, (route) =>
      there ? route.fulfill({ json: { reports: [report], next: null } }) : route.fulfill({ status: 404, json: { detail: 'Not found.' } }),
    )
    await staff.reload()
    await staff.locator('#link[data-state="open"]').waitFor()
    await expect.poll(() => tab.isVisible()).toBe(there)
    if (!there) await staff.unroute(reports)
  }
  await tab.click()
  await staff.getByText('ann reports bob').waitFor()
  await staff.getByText('<b>rude</b>').waitFor()
  await staff.unroute(reports)
  await staff.goto(`${server.origin}/console#/room/${mara.id}`)
})

describe('a long conversation', () => {
  test('is read from its end, and what is older comes as one scrolls up', async () => {
    const long = await personCalled('longtalker')
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/chat/${long.id}/?token=${long.token}`)
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    for (let count = 1; count <= 75; count++) {
      socket.send(JSON.stringify({ message: `number ${count}` }))
      if (count > 25) await new Promise((resolve) => setTimeout(resolve, 520)) // as fast as the server lets anybody write
    }
    await lineOf('longtalker').waitFor()
    await expect.poll(() => lineOf('longtalker').locator('.words').textContent(), { timeout: 10_000 }).toBe('number 75')
    socket.close()
    await lineOf('longtalker').locator('a').click()
    await message(staff, 'number 75').waitFor()
    expect(await message(staff, 'number 25').count()).toBe(0)
    const scroller = staff.locator('.scroller')
    for (const shows of ['number 25', 'number 1']) {
      await scroller.focus()
      await staff.keyboard.press('Home')
      await message(staff, shows).waitFor({ state: 'attached' })
    }
    expect(await said(staff)).toEqual([...Array(75).keys()].map((count) => `number ${count + 1}`))
    expect(await staff.getByRole('button', { name: 'Earlier messages' }).isVisible()).toBe(false)
  }, 120_000)
})

test('words of harm to the assistant are told to the desk', async () => {
  await staff.goto(`${server.origin}/console#/outbox`)
  await post(`/api/v1/chat/${mara.id}/`, { text: 'I want to kill myself' }, { token: mara.token })
  await staff.locator('.strip', { hasText: 'mara wrote to the assistant' }).waitFor()
  await staff.getByRole('link', { name: 'Open the conversation' }).click()
  await message(staff, 'in a hurry: 5').waitFor()
  await staff.locator('.strip').waitFor({ state: 'detached' })
})

test('a conversation with nobody errorResponse so, and does not ask for ever', async () => {
  await staff.goto(`${server.origin}/console#/room/99999`)
  await staff.getByText('User not found').waitFor()
})

describe('however it is looked at', () => {
  test('on a phone there is one thing at a time, and nothing to scroll sideways', async () => {
    await staff.setViewportSize({ width: 390, height: 844 })
    for (const hash of ['#/', `#/room/${mara.id}`, '#/alarms', '#/outbox']) {
      await staff.goto(`${server.origin}/console${hash}`)
      await staff.locator('main section:visible').first().waitFor()
      await expect.poll(() => staff.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    }
    await staff.goto(`${server.origin}/console#/room/${mara.id}`)
    await message(staff, 'in a hurry: 5').waitFor()
    expect(await staff.locator('#rooms').isVisible()).toBe(false)
    await staff.getByRole('link', { name: '← Inbox' }).click()
    await lineOf('mara').waitFor()
    expect(await staff.locator('#conversation').isVisible()).toBe(false)
    await staff.setViewportSize({ width: 1200, height: 800 })
  })

  test('in the dark it is dark, and where motion is unwelcome nothing moves', async () => {
    const paper = () => staff.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const light = await paper()
    await staff.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    expect(await paper()).not.toBe(light)
    expect(await staff.evaluate('document.getAnimations().length')).toBe(0)
    await staff.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' })
  })

  test('the Tab key reaches everything, and one sees where one is', async () => {
    await staff.goto(`${server.origin}/console`)
    await lineOf('mara').waitFor()
    const reached: string[] = []
    for (let presses = 0; presses < 12; presses++) {
      await staff.keyboard.press('Tab')
      const focused = staff.locator(':focus')
      reached.push((await focused.textContent()) ?? '')
      expect(await focused.evaluate('(element) => getComputedStyle(element).outlineStyle')).not.toBe('none')
      if (reached.some((text) => text.includes('mara'))) break
    }
    for (const words of ['Skip to the content', 'Inbox', 'Alarms', 'Outbox', 'Log out', 'mara']) {
      expect(reached.some((text) => text.includes(words))).toBe(true)
    }
  })

  test('the first load is small', () => {
    const assets = join(import.meta.dirname, '../../dist/assets/console/assets')
    const size = (...files: string[]) => files.reduce((sum, file) => sum + gzipSync(readFileSync(join(assets, file))).length, 0)
    expect(size('console.js', 'console.css', 'icon.svg')).toBeLessThan(20 * 1024)
    expect(size('support.js', 'support.css', 'icon.svg')).toBeLessThan(15 * 1024)
  })
})

describe('inside a page of another site', () => {
  test('a person can log in, write and ring; the console is not shown', async () => {
    const clinic = await embedding(`${server.origin}/support`)
    const page = await newPage()
    await page.goto(clinic.origin)
    const frame = page.frameLocator('iframe')
    await frame.locator('#username').fill('mara')
    await frame.locator('#password').fill(PASSWORD)
    await frame.locator('#password').press('Enter')
    await frame.locator('#link[data-state="open"]').waitFor()
    await frame.locator('#reply').fill('from the clinic')
    await frame.locator('#reply').press('Enter')
    await frame.locator('.message p').getByText('from the clinic').waitFor()
    await message(person, 'from the clinic').waitFor()
    await frame.getByRole('button', { name: 'Call for help' }).click()
    await frame.getByRole('button', { name: 'I am safe' }).click()
    await frame.getByText('Good to know that you are safe').waitFor()
    await page.context().close()
    clinic.close()

    const trap = await embedding(`${server.origin}/console`)
    const other = await browser.newPage()
    await other.goto(trap.origin)
    await other.waitForTimeout(500)
    expect(await other.frameLocator('iframe').locator('#login').count()).toBe(0)
    await other.close()
    trap.close()
  })
})

describe('who goes', () => {
  test('logging out ends it, and the next one at this desk is asked who they are', async () => {
    const before = (await staff.context().cookies()).find(({ name }) => name === 'sessionid')
    await staff.getByRole('button', { name: 'Log out' }).click()
    await staff.locator('#username:focus').waitFor()
    expect(await staff.locator('.rooms li').count()).toBe(0)
    const answer = await fetch(`${server.origin}/console/api/rooms`, { headers: { Cookie: `sessionid=${before?.value}` } })
    expect(answer.status).toBe(401)
    await staff.reload()
    await staff.locator('#username:focus').waitFor()
  })

  test('a token that is revoked elsewhere shows the door by itself', async () => {
    expect(await run('admin', ['sessions', 'mara', '--end', '--persist-to', state.folder])).toMatchObject({ code: 0 })
    await write(person, 'am I still here?')
    await person.getByText('You were logged out.').waitFor()
    complaints = []
  })
})
