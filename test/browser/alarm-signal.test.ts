import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Account, createPerson, createStaff, field, fillLogin, send } from './people.ts'
import { useSite } from './site.ts'

/** An alarm is heard and seen by staff who do not look at the console. Each test continues from the state that the previous one left. */

/** Records what the page plays and which notifications it shows. Both go to the real classes, too. */
const RECORD = `
globalThis.signals = { playing: 0, shown: [], closed: 0 }
const { start, stop } = AudioBufferSourceNode.prototype
AudioBufferSourceNode.prototype.start = function (...when) {
  if (!this.loop || this.buffer.getChannelData(0).every((sample) => sample === 0)) throw new Error('nothing to hear')
  signals.playing++
  return start.apply(this, when)
}
AudioBufferSourceNode.prototype.stop = function (...when) { signals.playing--; return stop.apply(this, when) }
globalThis.Notification = class extends Notification {
  constructor(title, options) { super(title, options); signals.shown.push(title) }
  close() { signals.closed++; super.close() }
}`

const site = useSite()
let staff: Page
let mara: Account

const callForHelp = () => send(`${site.origin}/api/v1/event/trigger/${mara.id}/`, {}, { token: mara.token })
const saySafe = (alarmId: string) => send(`${site.origin}/api/v1/event/alarms/${mara.id}/${alarmId}/ack/`, {}, { token: mara.token })
const playing = () => staff.evaluate<number>('signals.playing')
const shown = () => staff.evaluate<string[]>('signals.shown')

beforeAll(async () => {
  await site.start()
  await createStaff(site.folder, 'sam')
  mara = await createPerson(site.origin, 'mara')
  await send(`${site.origin}/api/v1/user/edit/${mara.id}/`, { scenario: 3 }, { method: 'PATCH', token: mara.token })
  const context = await site.browser.newContext({ viewport: { width: 1200, height: 800 }, permissions: ['notifications'] })
  await context.addInitScript(RECORD)
  staff = await context.newPage()
  site.watch(staff)
  await staff.goto(`${site.origin}/console`)
  await fillLogin(staff, 'sam')
  await staff.locator('#connection[data-state="open"]').waitFor()
})

/** The page announces this after it has used the reloaded list. */
const ANNOUNCED_ACKNOWLEDGEMENT = `new Promise((resolve) => {
  const isAnnounced = ({ addedNodes }) => [...addedNodes].some(({ textContent }) => textContent === 'Acknowledged.')
  new MutationObserver((changes) => { if (changes.some(isAnnounced)) resolve() }).observe(document.body, { childList: true, subtree: true })
})`

describe('an open alarm', () => {
  test('sounds and shows a notification until somebody acknowledges it', async () => {
    expect(await playing()).toBe(0)
    await callForHelp()
    await expect.poll(playing).toBe(1)
    expect(await shown()).toEqual(['Alarm: mara needs help'])
    expect(await staff.locator('#signal-strip').isVisible()).toBe(false)
    await staff.locator('.alert-strip').getByRole('button', { name: 'Acknowledge' }).click()
    await expect.poll(playing).toBe(0)
    expect(await staff.evaluate('signals.closed')).toBe(1)
  })

  test('falls silent when the person says that they are safe', async () => {
    const alarmId = String(field(await callForHelp(), 'alarm_id'))
    await expect.poll(playing).toBe(1)
    await saySafe(alarmId)
    await expect.poll(playing).toBe(0)
  })

  test('sounds although it arrives while the list of alarms is loading, which does not contain it yet', async () => {
    await callForHelp()
    await expect.poll(playing).toBe(1)
    const [loaded, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const path = '**/console/api/alarms/'
    await staff.route(path, async (route) => {
      const response = await route.fetch()
      loaded.resolve()
      await released.promise
      await route.fulfill({ response })
    })
    await staff.locator('.alert-strip').getByRole('button', { name: 'Acknowledge' }).click()
    await loaded.promise
    await expect.poll(playing).toBe(0)
    const alarmId = String(field(await callForHelp(), 'alarm_id'))
    await expect.poll(playing).toBe(1)
    const acknowledged = staff.evaluate(ANNOUNCED_ACKNOWLEDGEMENT)
    released.resolve()
    await acknowledged
    await staff.unroute(path)
    expect(await staff.title()).toContain('Alarm!')
    expect(await playing()).toBe(1)
    await saySafe(alarmId)
    await expect.poll(playing).toBe(0)
  })

  test('sounds again after a reload of the page, until it is acknowledged', async () => {
    const alarmId = String(field(await callForHelp(), 'alarm_id'))
    await expect.poll(playing).toBe(1)
    await staff.reload()
    await expect.poll(playing).toBe(1)
    await staff.getByRole('link', { name: /^Alarms/ }).click()
    await staff.getByText('The alarm sounds. Notifications are on.').waitFor()
    await saySafe(alarmId)
    await expect.poll(playing).toBe(0)
    await staff.getByText('The sound is on. Notifications are on.').waitFor()
  })
})

/** The rule of a desktop browser, which one without a screen does not apply: no sound before the user has pressed something on the page. */
const SOUND_NEEDS_A_PRESS = `
let pressed = false
addEventListener('pointerdown', () => { pressed = true }, { capture: true })
globalThis.AudioContext = class extends AudioContext {
  constructor() { super(); if (!pressed) void this.suspend() }
  resume() { return pressed ? super.resume() : new Promise(() => {}) }
}`

test('a page that the browser does not allow to play says so, until it is pressed', async () => {
  const page = await staff.context().newPage()
  await page.addInitScript(SOUND_NEEDS_A_PRESS)
  await page.goto(`${site.origin}/console`)
  await page.getByText('This page does not sound alarms yet.').waitFor()
  await page.getByRole('button', { name: 'Turn on the alarm sound' }).click()
  await page.locator('#signal-strip').waitFor({ state: 'hidden' })
  await page.close()
})

test('the test button plays the sound and shows a notification for some seconds', async () => {
  await staff.getByRole('button', { name: 'Test the alarm' }).click()
  expect(await playing()).toBe(1)
  expect((await shown()).at(-1)).toBe('Test: an alarm looks like this')
  await expect.poll(playing, { timeout: 10_000 }).toBe(0)
})

test('a test that runs during an alarm does not end its sound', async () => {
  const alarmId = String(field(await callForHelp(), 'alarm_id'))
  await expect.poll(playing).toBe(1)
  await staff.getByRole('button', { name: 'Test the alarm' }).click()
  const closed = await staff.evaluate<number>('signals.closed')
  await expect.poll(() => staff.evaluate<number>('signals.closed'), { timeout: 10_000 }).toBe(closed + 1)
  expect(await playing()).toBe(1)
  await saySafe(alarmId)
  await expect.poll(playing).toBe(0)
})

test('permission is asked for by a click, once', async () => {
  const context = await site.browser.newContext({ viewport: { width: 390, height: 844 } })
  // The real prompt has no user here. This one is dismissed, which leaves the permission as it was.
  await context.addInitScript(`
    globalThis.asked = 0
    globalThis.Notification = class { static permission = 'default'; static async requestPermission() { asked++; return 'default' } }`)
  const page = await context.newPage()
  await page.goto(`${site.origin}/console`)
  await fillLogin(page, 'sam')
  await page.locator('#connection[data-state="open"]').waitFor()
  const strip = page.locator('#signal-strip')
  await strip.waitFor()
  expect(await page.evaluate('asked')).toBe(0)
  await strip.getByRole('button', { name: 'Allow notifications' }).click()
  await strip.waitFor({ state: 'hidden' })
  expect(await page.evaluate('asked')).toBe(1)
  await page.reload()
  await page.locator('#connection[data-state="open"]').waitFor()
  await page
    .locator('#sections')
    .getByRole('link', { name: /^Alarms/ })
    .click()
  await strip.waitFor({ state: 'hidden' })
  await context.close()
})

describe('without a connection to the desk', () => {
  test('a red banner says that no alarm arrives, until the connection is back', async () => {
    const banner = staff.getByText('You receive no alarms.')
    expect(await banner.isVisible()).toBe(false)
    await site.server.kill()
    await banner.waitFor()
    expect(await staff.title()).toContain('No connection!')
    await site.restart()
    await banner.waitFor({ state: 'hidden', timeout: 40_000 })
    // The connection is back before the list of rooms has been loaded again. Until then, the count is the last one that was known.
    await expect.poll(() => staff.title(), { timeout: 10_000 }).toBe('Support console')
  })

  test('the banner appears at once when the device has no network', async () => {
    await staff.context().setOffline(true)
    await staff.getByText('You receive no alarms.').waitFor({ timeout: 2000 })
    await staff.context().setOffline(false)
    await staff.getByText('You receive no alarms.').waitFor({ state: 'hidden', timeout: 40_000 })
  })

  test('an alarm of that time sounds as soon as the connection is back', async () => {
    await staff.context().setOffline(true)
    await staff.getByText('You receive no alarms.').waitFor()
    const alarmId = String(field(await callForHelp(), 'alarm_id'))
    await staff.context().setOffline(false)
    await expect.poll(playing, { timeout: 40_000 }).toBe(1)
    await saySafe(alarmId)
    await expect.poll(playing).toBe(0)
  })
})

test('after log-out the page is silent', async () => {
  const alarmId = String(field(await callForHelp(), 'alarm_id'))
  await expect.poll(playing).toBe(1)
  await staff.getByRole('button', { name: 'Log out' }).click()
  await expect.poll(playing).toBe(0)
  await saySafe(alarmId)
})
