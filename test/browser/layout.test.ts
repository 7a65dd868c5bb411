import type { CDPSession, Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { createPerson, createStaff, fillLogin } from './people.ts'
import { useSite } from './site.ts'

/** Long lists scroll inside the page. The page itself does not scroll: "Call for help" and the navigation stay on the screen. */

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const DESKTOP = { viewport: { width: 1200, height: 800 } }
const LONG = 500

const site = useSite()
let personId = 0

beforeAll(async () => {
  await site.start()
  await createStaff(site.folder, 'sam')
  personId = (await createPerson(site.origin, 'mara')).id
})

const openPage = async (path: string, username: string, device: typeof PHONE | typeof DESKTOP): Promise<Page> => {
  const page = await (await site.browser.newContext(device)).newPage()
  await page.route('**/support/messages/**', (route) => route.fulfill({ json: { messages: messages() } }))
  await page.route('**/console/api/rooms/*/messages/**', (route) => route.fulfill({ json: { messages: messages() } }))
  await page.route('**/console/api/rooms?**', (route) => route.fulfill({ json: { rooms: rooms(), next: null } }))
  await page.route('**/console/api/outbox/**', (route) => route.fulfill({ json: { messages: outboxMessages(), next: null } }))
  await page.goto(`${site.origin}${path}`)
  await fillLogin(page, username)
  return page
}

const numbers = [...Array(LONG).keys()].map((index) => index + 1)
const sentAt = '2026-11-20T12:00:00Z'

const messages = () => numbers.map((id) => ({ id, message: `number ${id}`, from_admin: id % 2 === 0, sent_at: sentAt }))

const rooms = () =>
  numbers.map((id) => ({
    user_id: personId + id,
    username: `person ${id}`,
    online: true,
    unread: 1,
    last_message: { id, message: `number ${id}`, from_admin: false, sent_at: sentAt },
    alarm: null,
    taken_by: null,
    updated_at: sentAt,
    waiting_since: sentAt,
  }))

const outboxMessages = () =>
  numbers.map((id) => ({ id, channel: 'sms', recipient: `person ${id}`, address: '1', subject: '', body: 'help', created_at: sentAt }))

/** The size of the document, and how far it is scrolled. */
const documentSize = (page: Page): Promise<unknown> =>
  page.evaluate(`({
    width: document.documentElement.scrollWidth,
    height: document.documentElement.scrollHeight,
    scrolled: scrollY,
  })`)

const scrollTop = (page: Page, selector: string): Promise<number> => page.locator(selector).evaluate((element) => element.scrollTop)

/** A touch gesture of the browser itself, from the middle of the screen. */
const swipe = async (session: CDPSession, page: Page, distance: number): Promise<void> => {
  const { width, height } = page.viewportSize() ?? DESKTOP.viewport
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', moved: number) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x: width / 2, y: height / 2 + moved }] })
  await touch('touchStart', 0)
  for (let part = 1; part <= 10; part++) await touch('touchMove', (distance * part) / 10)
  await touch('touchEnd', distance)
}

const wheel = async (page: Page, selector: string, distance: number): Promise<void> => {
  await page.locator(selector).hover({ position: { x: 100, y: 200 } })
  await page.mouse.wheel(0, distance)
}

describe.each([
  ['/support', 'mara', '.scroller', '.message >> nth=-1', 'button:has-text("Call for help")'],
  ['/console', 'sam', '#inbox', '.rooms li >> nth=-1', '#sections'],
  ['/console#/outbox', 'sam', '#view-outbox', '#outbox-feed details >> nth=-1', '#sections'],
  ['/console#/room/{id}', 'sam', '.conversation .scroller', '.message >> nth=-1', '.conversation .composer'],
])('%s', (path, username, scroller, lastItem, fixed) => {
  test.each([
    ['a phone, by touch', PHONE],
    ['a desktop, by wheel', DESKTOP],
  ])(`${LONG} items on %s`, async (_name, device) => {
    const page = await openPage(path.replace('{id}', String(personId)), username, device)
    site.watch(page)
    const unscrolled = { ...device.viewport, scrolled: 0 }
    await page.locator(lastItem).waitFor({ state: 'attached' })
    expect(await documentSize(page)).toEqual(unscrolled)
    const session = await page.context().newCDPSession(page)
    const scroll = async (distance: number): Promise<void> => {
      for (let times = 0; times < 5; times++) {
        await ('hasTouch' in device ? swipe(session, page, distance) : wheel(page, scroller, -distance))
      }
    }

    // One list starts at its end, the others at their start. So each direction goes past an end of one of them.
    const fixedAt = await page.locator(fixed).boundingBox()
    await scroll(300)
    const before = await scrollTop(page, scroller)
    await scroll(-350)
    await expect.poll(() => scrollTop(page, scroller)).toBeGreaterThan(before + 300)
    expect(await documentSize(page)).toEqual(unscrolled)
    expect(await page.locator(fixed).boundingBox()).toEqual(fixedAt)
    await page.context().close()
  })
})
