import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createState, type Running, serve } from '../commands/run.ts'
import { collectErrors, launch } from './browser.ts'
import { type Account, createPerson, createStaff, field, fillLogin, send } from './people.ts'

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

const state = createState()
let server: Running
let browser: Browser
let staff: Page
let errors: string[] = []
let mara: Account

const callForHelp = () => send(`${server.origin}/api/v1/event/trigger/${mara.id}/`, {}, { token: mara.token })
const saySafe = (alarmId: string) => send(`${server.origin}/api/v1/event/alarms/${mara.id}/${alarmId}/ack/`, {}, { token: mara.token })
const playing = () => staff.evaluate<number>('signals.playing')
const shown = () => staff.evaluate<string[]>('signals.shown')

beforeAll(async () => {
  server = await serve(state.folder)
  await createStaff(state.folder, 'sam')
  mara = await createPerson(server.origin, 'mara')
  await send(`${server.origin}/api/v1/user/edit/${mara.id}/`, { scenario: 3 }, { method: 'PATCH', token: mara.token })
  browser = await launch()
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, permissions: ['notifications'] })
  await context.addInitScript(RECORD)
  staff = await context.newPage()
  errors = collectErrors(staff)
  await staff.goto(`${server.origin}/console`)
  await fillLogin(staff, 'sam')
  await staff.locator('#connection[data-state="open"]').waitFor()
})

afterAll(async () => {
  await browser?.close()
  await server?.kill()
  state.remove()
})

afterEach(() => {
  expect(errors).toEqual([])
})

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
  await page.goto(`${server.origin}/console`)
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
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  // The real prompt has no user here. This one is dismissed, which leaves the permission as it was.
  await context.addInitScript(`
    globalThis.asked = 0
    globalThis.Notification = class { static permission = 'default'; static async requestPermission() { asked++; return 'default' } }`)
  const page = await context.newPage()
  await page.goto(`${server.origin}/console`)
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
    await server.kill()
    await banner.waitFor()
    expect(await staff.title()).toContain('No connection!')
    server = await serve(state.folder, Number(new URL(server.origin).port))
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
