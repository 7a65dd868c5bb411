import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { run } from '../commands/run.ts'
import { serveEmbeddingPage } from './browser.ts'
import { createPerson, createStaff, field, fillLogin, PASSWORD, send } from './people.ts'
import { useSite } from './site.ts'

/** The support console and the support page in a real browser. Each test continues from the state that the previous one left. */

const MARKUP = `<img src=x onerror="alert(1)"><script>alert(2)</script><b>bold</b> &amp; "quoted"`

const site = useSite()
let staff: Page
let person: Page

const post = (path: string, ...rest: [json: object, options?: { method?: string; token?: string }]): Promise<unknown> =>
  send(`${site.origin}${path}`, ...rest)

const newPage = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> => {
  const page = await site.newPage({ viewport: { width: 1200, height: 800 }, ...options })
  return page
}

const logIn = async (page: Page, path: string, username: string): Promise<void> => {
  await page.goto(`${site.origin}${path}`)
  await fillLogin(page, username)
}

const sendMessage = async (page: Page, text: string): Promise<void> => {
  await page.locator('#reply').fill(text)
  await page.locator('#reply').press('Enter')
}

const message = (page: Page, text: string): Locator => page.locator('.message p').getByText(text, { exact: true })
const rowOf = (username: string): Locator => staff.locator('.rooms li', { hasText: username })

/** The texts of all messages on a page, in order. Duplicates are included, so that a test can find them. */
const messageTexts = (page: Page): Promise<string[]> => page.locator('.message p').allTextContents()

let mara = { id: 0, token: '' }

beforeAll(async () => {
  await site.start()
  await createStaff(site.folder, 'sam')
  mara = await createPerson(site.origin, 'mara')
  const { id, token } = mara
  await post(`/api/v1/user/edit/${id}/`, { scenario: 3 }, { method: 'PATCH', token })
  await post(
    `/api/v1/user/edit/contact/${id}/`,
    { name: 'Ann', phone: '+12025550143', relationship: 'sister', email: 'ann@example.com' },
    { method: 'PATCH', token },
  )
  staff = await newPage()
  person = await newPage({ viewport: { width: 390, height: 844 } })
})

describe('logging in', () => {
  test('an account that is not staff gets an error and sees no data', async () => {
    const page = await newPage()
    await logIn(page, '/console', 'mara')
    await page.getByText('mara is not a staff account').waitFor()
    expect(await page.locator('#sections').isVisible()).toBe(false)
    await page.context().close()
  })

  test('a wrong password shows an error and can be corrected', async () => {
    await staff.goto(`${site.origin}/console`)
    await staff.locator('#username:focus').waitFor()
    await staff.keyboard.type('sam')
    await staff.keyboard.press('Tab')
    await staff.keyboard.type('not the password')
    await staff.keyboard.press('Enter')
    // A failed log-in is answered after a second.
    await expect.poll(() => staff.locator('#login-error').textContent(), { timeout: 10_000 }).toContain('Invalid')
    await staff.keyboard.type(PASSWORD) // replaces the selected text
    await staff.keyboard.press('Enter')
    await staff.locator('#connection[data-state="open"]').waitFor()
    expect(await staff.locator('#current-user').textContent()).toBe('sam')
  })

  test('a person logs in on the support page', async () => {
    await logIn(person, '/support', 'mara')
    await person.locator('#connection[data-state="open"]').waitFor()
  })
})

describe('a conversation', () => {
  test('a message from a person appears in the inbox at once', async () => {
    await sendMessage(person, 'is anybody there?')
    await message(person, 'is anybody there?').waitFor()
    await rowOf('mara').waitFor()
    await expect.poll(() => rowOf('mara').locator('.preview').textContent()).toBe('is anybody there?')
    await expect.poll(() => rowOf('mara').locator('.count').textContent()).toBe('1')
    expect(await rowOf('mara').locator('.presence-dot.online').count()).toBe(1)
    await expect.poll(() => staff.title()).toContain('(1)')
    await expect.poll(() => person.locator('.pending').count()).toBe(0)
  })

  test('staff open it and answer with the keyboard only, and the person sees the answer', async () => {
    await rowOf('mara').locator('a').focus()
    await staff.keyboard.press('Enter')
    await staff.locator('#reply:focus').waitFor()
    await message(staff, 'is anybody there?').waitFor()
    await expect.poll(() => rowOf('mara').locator('.count').isVisible()).toBe(false)
    await staff.keyboard.type('I am')
    await person.getByText('Support is typing…').waitFor()
    await staff.keyboard.press('Enter')
    await message(person, 'I am').waitFor()
    await message(staff, 'I am').waitFor()
    await expect.poll(() => staff.locator('.pending').count()).toBe(0)
    await expect.poll(() => staff.locator('.message.own.seen').count()).toBe(1)
    await expect.poll(() => person.locator('.message.own.seen').count()).toBe(1)
    // A new message is announced to screen readers.
    await person.locator('#polite', { hasText: 'Support: I am' }).waitFor({ state: 'attached' })
    // A draft is still there when the conversation is opened again.
    await staff.keyboard.type('half a')
    await staff.keyboard.press('Escape')
    await rowOf('mara').locator('a:focus').waitFor()
  })

  test('markup in a message is shown as text on every page', async () => {
    await sendMessage(person, MARKUP)
    await expect.poll(() => rowOf('mara').locator('.preview').textContent()).toContain('<img src=x')
    await rowOf('mara').locator('a').press('Enter')
    await message(staff, MARKUP).waitFor()
    expect(await staff.locator('#reply').inputValue()).toBe('half a')
    await sendMessage(staff, MARKUP)
    await expect.poll(() => person.locator('.message p').getByText(MARKUP, { exact: true }).count()).toBe(2)
    for (const page of [staff, person]) {
      expect(await page.locator('main img, main b, main script').count()).toBe(0)
      expect(await page.locator('script').count()).toBe(1)
    }
  })

  test('a conversation is claimed and released', async () => {
    await staff.getByRole('button', { name: 'Claim' }).click()
    await staff.getByRole('button', { name: 'Release' }).waitFor()
    await expect.poll(() => rowOf('mara').locator('.badge').allTextContents()).toContain('with sam')
    await staff.getByRole('button', { name: 'Release' }).click()
    await staff.getByRole('button', { name: 'Claim' }).waitFor()
  })

  test('a canned reply is inserted into the composer and is not sent by itself', async () => {
    await staff.getByText('Canned replies').click()
    await staff.getByRole('button', { name: 'Are you safe where you are?' }).click()
    expect(await staff.locator('#reply').inputValue()).toBe('Are you safe where you are?')
    expect(await message(person, 'Are you safe where you are?').count()).toBe(0)
    await staff.locator('#reply').press('Enter')
    await message(person, 'Are you safe where you are?').waitFor()
  })

  test('the transcript can be downloaded', async () => {
    for (const format of ['txt', 'json']) {
      const path = await staff.locator(`.menu a[href$=".${format}"]`).getAttribute('href')
      const response = await staff.request.get(`${site.origin}${path}`)
      expect([format, response.status()]).toEqual([format, 200])
      expect(await response.text()).toContain('is anybody there?')
    }
  })
})

describe('an alarm', () => {
  test('appears at once in the banner, lists its notifications, and is acknowledged', async () => {
    await staff.goto(`${site.origin}/console#/outbox`)
    await person.getByRole('button', { name: 'Call for help' }).click()
    await person.getByText('We have received your call for help.').first().waitFor()
    await staff.locator('.alert-strip', { hasText: 'mara needs help' }).waitFor()
    await staff.locator('#assertive', { hasText: 'mara needs help' }).waitFor({ state: 'attached' })
    await expect.poll(() => staff.title()).toContain('Alarm!')
    await staff.getByRole('link', { name: /^Alarms/ }).click()
    const card = staff.locator('.card', { hasText: 'mara' })
    await card.getByRole('row', { name: /Ann.*email/ }).waitFor()
    await card.getByRole('button', { name: 'Acknowledge' }).click()
    await card.getByText('Acknowledged', { exact: true }).waitFor()
    await card.getByText('by sam').waitFor()
    expect(await staff.locator('.alert-strip').count()).toBe(0)
    // The person who called for help learns that someone has seen the alarm.
    await person.getByText('sam has seen your alarm').waitFor()
  })

  test('the outbox lists each message with its recipient', async () => {
    await staff.getByRole('link', { name: 'Outbox' }).click()
    await staff.locator('#outbox-feed', { hasText: 'Ann' }).waitFor()
    await staff.locator('#outbox-feed summary').first().click()
    // In the message that was opened: the notice of the acknowledgement may arrive meanwhile, and is then the first one.
    await staff.locator('#outbox-feed details[open]').getByText('To ann@example.com').waitFor()
  })

  test('"I am safe" also ends the alarm for the desk', async () => {
    await person.getByRole('button', { name: 'Call for help' }).click()
    await staff.locator('.alert-strip', { hasText: 'mara needs help' }).waitFor()
    await person.getByRole('button', { name: 'I am safe' }).click()
    await person.getByText('Good to know that you are safe').waitFor()
    await staff.locator('.alert-strip').waitFor({ state: 'detached' })
    await expect.poll(() => staff.locator('#alarm-count').textContent()).toBe('')
  })
})

describe('when the server is killed', () => {
  test('both pages reconnect, and no message is missing or duplicated', async () => {
    await staff.goto(`${site.origin}/console#/room/${mara.id}`)
    await message(staff, 'is anybody there?').waitFor()
    await sendMessage(person, 'before the cut')
    await message(staff, 'before the cut').waitFor()

    // The server is killed meanwhile: some of these messages are stored but not acknowledged, some were never sent.
    for (const text of ['one', 'two', 'three', 'four', 'five']) {
      await sendMessage(person, `cut off: ${text}`)
      await sendMessage(staff, `cut off too: ${text}`)
    }
    await site.server.kill()
    for (const page of [staff, person])
      await page.locator('#connection[data-state="waiting"], #connection[data-state="connecting"]').waitFor()
    await sendMessage(person, 'written in the dark')
    await sendMessage(person, 'and a second one')
    await sendMessage(staff, 'are you still there?')
    for (const page of [staff, person]) await page.getByText('Waiting for the connection').first().waitFor()

    await site.restart()
    const texts = ['before the cut', 'written in the dark', 'and a second one', 'are you still there?']
    for (const page of [staff, person]) {
      for (const text of texts) await message(page, text).waitFor({ timeout: 40_000 })
      await expect.poll(() => page.locator('.pending').count(), { timeout: 40_000 }).toBe(0)
      await page.locator('#connection[data-state="open"]').waitFor()
    }
    await sendMessage(person, 'and we are back')
    await message(staff, 'and we are back').waitFor()

    const stored: unknown = await (
      await fetch(`${site.origin}/api/v1/chat/user/support/${mara.id}/messages/?limit=100`, {
        headers: { Authorization: `Token ${mara.token}` },
      })
    ).json()
    const messages = field(stored, 'messages')
    const storedTexts = (Array.isArray(messages) ? messages : []).map((item) => String(field(item, 'message')))
    expect(new Set(storedTexts.filter((text) => text.startsWith('cut off'))).size).toBe(10)
    expect(storedTexts.filter((text) => text.startsWith('cut off')).length).toBe(10)
    for (const text of texts) expect(storedTexts.filter((stored) => stored === text)).toEqual([text])
    await expect.poll(() => messageTexts(staff)).toEqual(storedTexts)
    await expect.poll(() => messageTexts(person)).toEqual(storedTexts)
    await expect.poll(() => rowOf('mara').locator('.preview').textContent()).toBe('and we are back')
  })

  test('an unsent message survives a reload of the page', async () => {
    await site.server.kill()
    await person.locator('#connection[data-state="waiting"]').waitFor()
    await sendMessage(person, 'reloaded meanwhile')
    await person.getByText('Waiting for the connection').waitFor()
    await site.restart()
    await person.reload()
    await message(staff, 'reloaded meanwhile').waitFor({ timeout: 40_000 })
    await expect.poll(() => message(person, 'reloaded meanwhile').count()).toBe(1)
    await expect.poll(() => person.locator('.pending').count()).toBe(0)
  })
})

describe('messages that the server does not accept at once', () => {
  test('a rejected message shows the reason and does not hold back others', async () => {
    await sendMessage(person, 'a bell: \u0007')
    await sendMessage(person, 'after the bell')
    await message(staff, 'after the bell').waitFor()
    await person.locator('.pending', { hasText: 'Not accepted' }).waitFor()
    await person.getByRole('button', { name: 'Discard' }).click()
    await expect.poll(() => person.locator('.pending').count()).toBe(0)
  })

  test('a person who exceeds the rate limit loses no message, and the order stays', async () => {
    const other = new WebSocket(`${site.origin.replace('http', 'ws')}/ws/chat/${mara.id}/?token=${mara.token}`)
    await new Promise((resolve) => other.addEventListener('open', resolve))
    // The rate limit is per person, over all devices. This connection uses it up.
    for (let count = 0; count < 40; count++) other.send('{"type":"typing"}')
    const texts = [...Array(6).keys()].map((count) => `in a hurry: ${count}`)
    for (const text of texts) await sendMessage(person, text)
    await person.getByText('Slow down.').waitFor()
    await message(staff, texts.at(-1) ?? '').waitFor({ timeout: 40_000 })
    other.close()
    const hurriedTexts = async (page: Page) => (await messageTexts(page)).filter((text) => text.startsWith('in a hurry'))
    await expect.poll(() => hurriedTexts(staff)).toEqual(texts)
    await expect.poll(() => hurriedTexts(person)).toEqual(texts)
    await expect.poll(() => person.locator('.pending').count()).toBe(0)
  })
})

test('the tab "Reports" is visible only if the server has the list', async () => {
  const reports = '**/console/api/reports/**'
  const tab = staff.getByRole('link', { name: 'Reports' })
  const report = {
    id: 1,
    reporter: { id: 2, username: 'ann' },
    reported: { id: 3, username: 'bob' },
    reason: '<b>rude</b>',
    created_at: '2026-11-20T12:00:00Z',
  }
  let exists = false
  // One route for both: a request that is under way while a route is removed would reach the server.
  await staff.route(reports, (route) =>
    exists ? route.fulfill({ json: { reports: [report], next: null } }) : route.fulfill({ status: 404, json: { detail: 'Not found.' } }),
  )
  for (exists of [false, true]) {
    await staff.reload()
    await staff.locator('#connection[data-state="open"]').waitFor()
    await expect.poll(() => tab.isVisible()).toBe(exists)
  }
  await tab.click()
  await staff.getByText('ann reported bob').waitFor()
  await staff.getByText('<b>rude</b>').waitFor()
  await staff.unroute(reports)
  await staff.goto(`${site.origin}/console#/room/${mara.id}`)
})

describe('a long conversation', () => {
  test('opens at its end, and older messages load when the user scrolls up', async () => {
    const talker = await createPerson(site.origin, 'longtalker')
    const socket = new WebSocket(`${site.origin.replace('http', 'ws')}/ws/chat/${talker.id}/?token=${talker.token}`)
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    for (let count = 1; count <= 75; count++) {
      socket.send(JSON.stringify({ message: `number ${count}` }))
      if (count > 25) await new Promise((resolve) => setTimeout(resolve, 520)) // the rate limit allows two messages a second
    }
    await rowOf('longtalker').waitFor()
    await expect.poll(() => rowOf('longtalker').locator('.preview').textContent(), { timeout: 10_000 }).toBe('number 75')
    socket.close()
    await rowOf('longtalker').locator('a').click()
    await message(staff, 'number 75').waitFor()
    expect(await message(staff, 'number 25').count()).toBe(0)
    const scroller = staff.locator('.scroller')
    for (const text of ['number 25', 'number 1']) {
      await scroller.focus()
      await staff.keyboard.press('Home')
      await message(staff, text).waitFor({ state: 'attached' })
    }
    expect(await messageTexts(staff)).toEqual([...Array(75).keys()].map((count) => `number ${count + 1}`))
    expect(await staff.getByRole('button', { name: 'Earlier messages' }).isVisible()).toBe(false)
  }, 120_000)
})

test('the desk is notified when a person writes to the assistant about suicide', async () => {
  await staff.goto(`${site.origin}/console#/outbox`)
  await post(`/api/v1/chat/${mara.id}/`, { text: 'I want to kill myself' }, { token: mara.token })
  await staff.locator('.alert-strip', { hasText: 'mara wrote to the assistant' }).waitFor()
  await staff.getByRole('link', { name: 'Open the conversation' }).click()
  await message(staff, 'in a hurry: 5').waitFor()
  await staff.locator('.alert-strip').waitFor({ state: 'detached' })
})

test('a conversation with an unknown account shows an error and stops reconnecting', async () => {
  await staff.goto(`${site.origin}/console#/room/99999`)
  await staff.getByText('User not found').waitFor()
})

describe('screen sizes, colour schemes and the keyboard', () => {
  test('a phone shows one pane at a time and does not scroll sideways', async () => {
    await staff.setViewportSize({ width: 390, height: 844 })
    for (const hash of ['#/', `#/room/${mara.id}`, '#/alarms', '#/outbox']) {
      await staff.goto(`${site.origin}/console${hash}`)
      await staff.locator('main section:visible').first().waitFor()
      await expect.poll(() => staff.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    }
    await staff.goto(`${site.origin}/console#/room/${mara.id}`)
    await message(staff, 'in a hurry: 5').waitFor()
    expect(await staff.locator('#rooms').isVisible()).toBe(false)
    await staff.getByRole('link', { name: '← Inbox' }).click()
    await rowOf('mara').waitFor()
    expect(await staff.locator('#conversation').isVisible()).toBe(false)
    await staff.setViewportSize({ width: 1200, height: 800 })
  })

  test('it follows the settings for dark mode and reduced motion', async () => {
    const background = () => staff.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const light = await background()
    await staff.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    expect(await background()).not.toBe(light)
    expect(await staff.evaluate('document.getAnimations().length')).toBe(0)
    await staff.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' })
  })

  test('the Tab key reaches everything, and the focus is visible', async () => {
    await staff.goto(`${site.origin}/console`)
    await rowOf('mara').waitFor()
    const reached: string[] = []
    for (let presses = 0; presses < 12; presses++) {
      // The list of conversations is one Tab stop. The arrow keys move inside it.
      await staff.keyboard.press((await staff.locator('.rooms a:focus').count()) > 0 ? 'ArrowDown' : 'Tab')
      const focused = staff.locator(':focus')
      reached.push((await focused.textContent()) ?? '')
      expect(await focused.evaluate('(element) => getComputedStyle(element).outlineStyle')).not.toBe('none')
      if (reached.some((text) => text.includes('mara'))) break
    }
    for (const label of ['Skip to content', 'Inbox', 'Alarms', 'Outbox', 'Log out', 'mara']) {
      expect(reached.some((text) => text.includes(label))).toBe(true)
    }
  })

  test('the first load is small', () => {
    const assets = join(import.meta.dirname, '../../dist/assets/console/assets')
    const size = (...files: string[]) => files.reduce((sum, file) => sum + gzipSync(readFileSync(join(assets, file))).length, 0)
    expect(size('console.js', 'console.css', 'icon.svg')).toBeLessThan(20 * 1024)
    expect(size('support.js', 'support.css', 'icon.svg')).toBeLessThan(15 * 1024)
    expect(size('conversation.js', 'files.js')).toBeLessThan(20 * 1024)
  })
})

describe('embedded in another site', () => {
  test('a person can log in, write and call for help; the console is not shown', async () => {
    const clinic = await serveEmbeddingPage(`${site.origin}/support`)
    const page = await newPage()
    await page.goto(clinic.origin)
    const frame = page.frameLocator('iframe')
    await frame.locator('#username').fill('mara')
    await frame.locator('#password').fill(PASSWORD)
    await frame.locator('#password').press('Enter')
    await frame.locator('#connection[data-state="open"]').waitFor()
    await frame.locator('#reply').fill('from the clinic')
    await frame.locator('#reply').press('Enter')
    await frame.locator('.message p').getByText('from the clinic').waitFor()
    await message(person, 'from the clinic').waitFor()
    await frame.getByRole('button', { name: 'Call for help' }).click()
    await frame.getByRole('button', { name: 'I am safe' }).click()
    await frame.getByText('Good to know that you are safe').waitFor()
    await page.context().close()
    clinic.close()

    const attacker = await serveEmbeddingPage(`${site.origin}/console`)
    const other = await site.browser.newPage()
    await other.goto(attacker.origin)
    await other.waitForTimeout(500)
    expect(await other.frameLocator('iframe').locator('#login').count()).toBe(0)
    await other.close()
    attacker.close()
  })
})

describe('logging out', () => {
  test('log-out ends the session, and the next user has to log in', async () => {
    const before = (await staff.context().cookies()).find(({ name }) => name === 'sessionid')
    await staff.getByRole('button', { name: 'Log out' }).click()
    await staff.locator('#username:focus').waitFor()
    expect(await staff.locator('.rooms li').count()).toBe(0)
    const response = await fetch(`${site.origin}/console/api/rooms`, { headers: { Cookie: `sessionid=${before?.value}` } })
    expect(response.status).toBe(401)
    await staff.reload()
    await staff.locator('#username:focus').waitFor()
  })

  test('when a token is revoked elsewhere, the log-in form appears', async () => {
    expect(await run('admin', ['sessions', 'mara', '--end', '--persist-to', site.folder])).toMatchObject({ code: 0 })
    // Whichever comes first: the desk notices the revocation, or the person's next message is rejected.
    if ((await person.locator('#reply').count()) > 0) await sendMessage(person, 'am I still here?').catch(() => undefined)
    await person.getByText('You were logged out.').waitFor()
  })
})
