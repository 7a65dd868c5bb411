import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Account, createPerson, createStaff, field, fillLogin, send } from './people.ts'
import { useSite } from './site.ts'

/** What staff see around a conversation and an alarm. Each test continues from the state that the previous one left. */

const site = useSite()
let staff: Page
let mara: Account

const edit = (path: string, json: object) => send(`${site.origin}/api/v1/user/edit/${path}`, json, { method: 'PATCH', token: mara.token })
const callForHelp = () => send(`${site.origin}/api/v1/event/trigger/${mara.id}/`, {}, { token: mara.token })
const message = (page: Page, text: string): Locator => page.locator('.message', { hasText: text })
const events = () => staff.locator('.thread-event').allTextContents()
const eventTexts = async () => (await events()).map((text) => text.replace(/\.[^.]*$/, '.'))

const openRoom = async (page: Page, username: string): Promise<void> => {
  await page.goto(`${site.origin}/console#/room/${mara.id}`)
  await fillLogin(page, username)
  // A phone hides the header while a conversation is open.
  await page.locator('#connection[data-state="open"]').waitFor({ state: 'attached' })
}

beforeAll(async () => {
  await site.start()
  await createStaff(site.folder, 'sam')
  await createStaff(site.folder, 'alex')
  mara = await createPerson(site.origin, 'mara')
  await edit(`${mara.id}/`, { scenario: 3, location: 'Berlin, Karl-Marx-Allee 1' })
  await edit(`contact/${mara.id}/`, { name: 'Ann', phone: '+12025550143', relationship: 'sister', email: 'ann@example.com' })
  staff = await site.newPage({ viewport: { width: 1200, height: 800 } })
  await openRoom(staff, 'sam')
})

test('beside a conversation stand place, scenario, therapist, contacts and past alarms', async () => {
  const context = staff.locator('.context-body')
  await context.getByText('Berlin, Karl-Marx-Allee 1').waitFor()
  await context.getByText('Ann', { exact: true }).waitFor()
  expect(await context.getByRole('link', { name: '+12025550143' }).getAttribute('href')).toBe('tel:+12025550143')
  await context.getByText('No alarms before.').waitFor()
  expect(await context.locator('dt').allTextContents()).toEqual(['Name', 'Phone', 'Place', 'Scenario', 'Therapist', 'Contacts'])
})

test('each message of staff shows who wrote it and when, and the same after a reload', async () => {
  const alex = await (await site.browser.newContext({ viewport: { width: 1200, height: 800 } })).newPage()
  await openRoom(alex, 'alex')
  const metas = () => staff.locator('.message .meta').allTextContents()
  for (const [page, text] of [
    [alex, 'Alex is here.'],
    [staff, 'Sam is here, too.'],
  ] as const) {
    await page.locator('#reply').fill(text)
    await page.locator('#reply').press('Enter')
    await message(staff, text).waitFor()
    await expect.poll(() => page.locator('.pending').count()).toBe(0)
  }
  const before = await metas()
  expect(before.map((meta) => meta.split(' · ')[0])).toEqual(['alex', 'sam'])
  await staff.reload()
  await message(staff, 'Sam is here, too.').waitFor()
  expect(await metas()).toEqual(before)
  await alex.context().close()
})

test('the mark of what the person has read survives a reload', async () => {
  const person = await (await site.browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
  await person.goto(`${site.origin}/support`)
  await fillLogin(person, 'mara')
  await message(person, 'Sam is here, too.').waitFor()
  expect(await person.getByText('sam · ').count()).toBe(0)
  const seen = staff.locator('.message.own.seen')
  await expect.poll(() => seen.allTextContents()).toMatchObject([expect.stringContaining('Sam is here, too.')])
  await person.context().close()
  await staff.reload()
  await expect.poll(() => seen.allTextContents()).toMatchObject([expect.stringContaining('Sam is here, too.')])
})

describe('an alarm', () => {
  let alarmId = ''

  test('stands in the thread, and beside each contact how they were told', async () => {
    alarmId = String(field(await callForHelp(), 'alarm_id'))
    await expect.poll(eventTexts).toHaveLength(1)
    expect((await eventTexts())[0]).toMatch(/^mara called for help \(.+\)\.$/)
    await staff.locator('.context-body .notified', { hasText: 'By email: kept in the outbox' }).waitFor({ timeout: 15_000 })
  })

  test('that staff acknowledge is not "safe", and one that the person ends is; both survive a reload', async () => {
    await staff.locator('.open-alarm-strip').getByRole('button', { name: 'Acknowledge' }).click()
    await expect.poll(async () => (await eventTexts()).at(-1)).toBe('sam acknowledged the alarm.')
    const second = String(field(await callForHelp(), 'alarm_id'))
    await expect.poll(eventTexts).toHaveLength(3)
    await send(`${site.origin}/api/v1/event/alarms/${mara.id}/${second}/ack/`, {}, { token: mara.token })
    await expect.poll(async () => (await eventTexts()).at(-1)).toBe('mara reported: I am safe.')
    const before = await events()
    await staff.reload()
    await expect.poll(events).toEqual(before)
    await staff.locator('.past-alarms', { hasText: 'Acknowledged by sam' }).waitFor()
    await staff.locator('.past-alarms', { hasText: 'Safe' }).waitFor()
  })

  test('in the list of alarms says the same, with the person beside it', async () => {
    await staff.getByRole('link', { name: /^Alarms/ }).click()
    const badges = () => staff.locator('#alarm-feed .card .badge').allTextContents()
    await expect.poll(badges).toEqual(['Safe', 'Acknowledged'])
    const card = staff.locator(`[data-alarm="${alarmId}"]`)
    await card.getByText('Person and notifications').click()
    await card.getByText('Berlin, Karl-Marx-Allee 1').waitFor()
    await card.locator('.notified', { hasText: 'By email: kept in the outbox' }).waitFor()
    await card.getByText('acknowledged', { exact: false }).first().waitFor()
    await staff.reload()
    await expect.poll(badges).toEqual(['Safe', 'Acknowledged'])
  })
})

test('on a phone the messages have the place, and the context opens by a press', async () => {
  const context = await site.browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  await openRoom(page, 'alex')
  await message(page, 'Sam is here, too.').waitFor()
  expect(await page.locator('.context-body').isVisible()).toBe(false)
  await page.getByText('About this person').click()
  await page.locator('.context-body').getByText('Berlin, Karl-Marx-Allee 1').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  await context.close()
})
