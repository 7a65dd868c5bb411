import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Account, createPerson, createStaff, field, fillLogin, send } from './people.ts'
import { useSite } from './site.ts'

/** /support with a server that is dead, silent or slow. Each test has a person of its own. */

/** The longest time until the page shows that a call for help has not been received. */
const AT_ONCE = 2_000

const site = useSite()
let count = 0

beforeAll(async () => {
  await site.start()
  await createStaff(site.folder, 'rosa')
})

interface Visitor extends Account {
  readonly username: string
  readonly page: Page
}

const newVisitor = async (): Promise<Visitor> => {
  const username = `visitor${++count}`
  const account = await createPerson(site.origin, username)
  const page = await site.newPage({ viewport: { width: 390, height: 844 } })
  await page.goto(`${site.origin}/support`)
  await fillLogin(page, username)
  await page.locator('#connection[data-state="open"]').waitFor()
  return { ...account, username, page }
}

const press = (page: Page): Promise<void> => page.getByRole('button', { name: 'Call for help' }).click()
const unsent = (page: Page) => page.locator('.help-status', { hasText: 'Your call for help has not reached us yet.' })
const received = (page: Page) => page.locator('.help-status', { hasText: 'We have received your call for help.' })

const alarmsOf = async ({ id, token }: Account): Promise<readonly unknown[]> => {
  const response = await fetch(`${site.origin}/api/v1/event/alarms/${id}/`, { headers: { Authorization: `Token ${token}` } })
  const alarms = field(await response.json(), 'alarms')
  if (!Array.isArray(alarms)) throw new Error('no list of alarms')
  return alarms
}

/** The numbers can be called, and nothing covers them. */
const expectNumbers = async (page: Page): Promise<void> => {
  const links = page.locator('.emergency-numbers a[href^="tel:"]')
  expect(await links.count()).toBeGreaterThanOrEqual(3)
  for (const link of await links.all()) await link.click({ trial: true, timeout: 10_000 })
}

describe('without a connection', () => {
  test('the numbers are there before log-in, and a log-in shows within two seconds that there is no connection', async () => {
    const page = await (await site.browser.newContext()).newPage()
    await page.goto(`${site.origin}/support`)
    await expectNumbers(page)
    site.server.pause()
    await fillLogin(page, 'anybody')
    await page.getByText('No connection yet.').waitFor({ timeout: AT_ONCE })
    await expectNumbers(page)
    site.server.resume()
    await page.context().close()
  })

  test('a wrong password is answered late on purpose, and is not taken for a missing connection', async () => {
    await createPerson(site.origin, 'guessed')
    const page = await (await site.browser.newContext()).newPage()
    await page.goto(`${site.origin}/support`)
    await page.locator('#username:focus').waitFor()
    await page.keyboard.type('guessed')
    await page.locator('#password').fill('wrong')
    await page.locator('#password').press('Enter')
    const error = page.locator('#login-error:not(:empty)')
    await error.waitFor()
    expect(await error.textContent()).not.toContain('No connection')
    await page.context().close()
  })

  test('a call to a killed server is kept, which the page shows within two seconds, and rings once when the server is back', async () => {
    const visitor = await newVisitor()
    const { page } = visitor
    await site.server.kill()
    await page.locator('#connection', { hasText: 'No connection' }).waitFor({ timeout: AT_ONCE })
    await press(page)
    await unsent(page).waitFor({ timeout: AT_ONCE })
    await page.locator('#assertive', { hasText: 'has not reached us yet' }).waitFor({ state: 'attached' })
    await expectNumbers(page)
    // It can be pressed again, as often as a frightened person does. It is the same call.
    for (let presses = 0; presses < 5; presses++) await press(page)
    await unsent(page).waitFor()
    await site.restart()
    await received(page).waitFor({ timeout: 30_000 })
    expect(await alarmsOf(visitor)).toHaveLength(1)
    await page.getByRole('button', { name: 'I am safe' }).click()
    await page.getByText('Good to know that you are safe').waitFor()
    await page.reload()
    await page.locator('#connection[data-state="open"]').waitFor()
    expect(await alarmsOf(visitor)).toHaveLength(1)
    await page.context().close()
  })

  test('a silent line, where nothing is closed, is noticed within two seconds as well', async () => {
    const visitor = await newVisitor()
    const { page } = visitor
    site.server.pause()
    await press(page)
    await Promise.all([
      unsent(page).waitFor({ timeout: AT_ONCE }),
      page.locator('#connection', { hasText: 'No connection' }).waitFor({ timeout: AT_ONCE * 2 }),
    ])
    site.server.resume()
    await received(page).waitFor({ timeout: 30_000 })
    await page.locator('#connection[data-state="open"]').waitFor()
    expect(await alarmsOf(visitor)).toHaveLength(1)
    await page.context().close()
  })

  test('the browser goes offline and online again', async () => {
    const visitor = await newVisitor()
    const { page } = visitor
    await page.context().setOffline(true)
    await page.locator('#connection', { hasText: 'No connection' }).waitFor({ timeout: AT_ONCE })
    await press(page)
    await unsent(page).waitFor({ timeout: AT_ONCE })
    await page.context().setOffline(false)
    await received(page).waitFor({ timeout: 5_000 })
    expect(await alarmsOf(visitor)).toHaveLength(1)
    await page.context().close()
  })

  test('a call survives that the page is left and opened again, and rings once', async () => {
    const visitor = await newVisitor()
    const { page } = visitor
    await site.server.kill()
    await press(page)
    await unsent(page).waitFor()
    await page.goto('about:blank')
    await site.restart()
    expect(await alarmsOf(visitor)).toHaveLength(0)
    await page.goto(`${site.origin}/support`)
    await received(page).waitFor()
    expect(await alarmsOf(visitor)).toHaveLength(1)
    await page.context().close()
  })
})

describe('a call whose response is lost', () => {
  test('is not rung again, even if staff have acknowledged it meanwhile', async () => {
    const visitor = await newVisitor()
    const { page, id, token } = visitor
    let requests = 0
    let responsesAreLost = true
    await page.route('**/support/help/', async (route) => {
      if (route.request().method() !== 'POST' || !responsesAreLost) return route.fallback()
      requests++
      await route.fetch()
      await route.abort()
    })
    await press(page)
    await unsent(page).waitFor()
    const [alarm, ...others] = await alarmsOf(visitor)
    expect(others).toEqual([])
    await send(`${site.origin}/api/v1/event/alarms/${id}/${field(alarm, 'alarm_id')}/ack/`, {}, { token })
    await expect.poll(() => requests, { timeout: 20_000 }).toBeGreaterThan(2)
    // Removing the route here would leave a request between its fetch and its abort without a handler.
    responsesAreLost = false
    await expect.poll(() => unsent(page).count(), { timeout: 20_000 }).toBe(0)
    expect(await alarmsOf(visitor)).toHaveLength(1)
    await page.context().close()
  })
})

test('a second press, by key or at the same place, does not end the alarm', async () => {
  const visitor = await newVisitor()
  const { page } = visitor
  const button = page.getByRole('button', { name: 'Call for help' })
  const box = await button.boundingBox()
  if (!box) throw new Error('the button is not visible')
  const onceMore = async (again: () => Promise<void>): Promise<void> => {
    await Promise.all([page.waitForResponse((response) => response.request().method() === 'POST'), again()])
    await received(page).waitFor()
  }
  await button.focus()
  await onceMore(() => page.keyboard.press('Enter'))
  await onceMore(() => page.keyboard.press('Enter'))
  await onceMore(() => page.mouse.click(box.x + box.width - 5, box.y + box.height / 2))
  expect((await alarmsOf(visitor)).map((alarm) => field(alarm, 'status'))).toEqual(['open'])
  await page.context().close()
})

describe('a call that was kept', () => {
  /** A call that was pressed a while ago and never sent. */
  const keptCall = async (minutesAgo: number): Promise<Visitor> => {
    const visitor = await newVisitor()
    const call = JSON.stringify({ id: 'kept', pressedAt: Date.now() - minutesAgo * 60_000 })
    await visitor.page.evaluate(`localStorage.setItem('concord.call.${visitor.id}', '${call}')`)
    await visitor.page.reload()
    return visitor
  }

  test('rings by itself after 14 minutes', async () => {
    const visitor = await keptCall(14)
    await received(visitor.page).waitFor()
    await visitor.page.context().close()
  })

  test('of 16 minutes ago does not ring by itself: the person is asked, and can call', async () => {
    const visitor = await keptCall(16)
    const { page } = visitor
    await page.getByText('Do you still need help?').waitFor()
    await page.locator('#connection[data-state="open"]').waitFor()
    expect(await alarmsOf(visitor)).toHaveLength(0)
    await press(page)
    await received(page).waitFor()
    expect(await alarmsOf(visitor)).toHaveLength(1)
    await page.context().close()
  })

  test('can be dropped', async () => {
    const visitor = await keptCall(16)
    const { page } = visitor
    await page.getByRole('button', { name: 'No, I do not need help now' }).click()
    await page.getByText('Your call for help is not sent.').waitFor()
    await page.reload()
    await page.locator('#connection[data-state="open"]').waitFor()
    expect(await page.getByText('Do you still need help?').count()).toBe(0)
    expect(await alarmsOf(visitor)).toHaveLength(0)
    await page.context().close()
  })

  test('belongs to its account: another person who logs in on this device does not call', async () => {
    const visitor = await newVisitor()
    const { page } = visitor
    const other = await createPerson(site.origin, 'somebody')
    await page.route('**/support/help/', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()))
    await press(page)
    await unsent(page).waitFor()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByText('Your call for help has not been sent. Log in to send it').waitFor()
    await expectNumbers(page)
    await page.unroute('**/support/help/')
    await fillLogin(page, 'somebody')
    await page.locator('#connection[data-state="open"]').waitFor()
    expect(await alarmsOf(other)).toHaveLength(0)
    await page.getByRole('button', { name: 'Log out' }).click()
    await fillLogin(page, visitor.username)
    await received(page).waitFor()
    const token = String(await page.evaluate("sessionStorage.getItem('concord.token')"))
    expect(await alarmsOf({ id: visitor.id, token })).toHaveLength(1)
    expect(await alarmsOf(other)).toHaveLength(0)
    await page.context().close()
  })
})
