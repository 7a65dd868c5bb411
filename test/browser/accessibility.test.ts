import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { expectAccessible } from './axe.ts'
import { type Account, createPerson, createStaff, fillLogin, send } from './people.ts'
import { useSite } from './site.ts'

/** Every state of every page has no violation of axe's rules. Each test continues from the state that the previous one left. */

const site = useSite()
let staff: Page
let person: Page
let mara: Account

const newPage = async (path: string): Promise<Page> => {
  const page = await (await site.browser.newContext()).newPage()
  await page.goto(`${site.origin}${path}`)
  return page
}

beforeAll(async () => {
  await site.start()
  await createStaff(site.folder, 'sam')
  mara = await createPerson(site.origin, 'mara')
})

const logIn = async (page: Page, username: string): Promise<void> => {
  await page.locator('#password').fill('')
  await page.locator('#username').fill('')
  await page.locator('#username').focus()
  await fillLogin(page, username)
  await page.locator('#connection[data-state="open"]').waitFor()
}

const failLogIn = async (page: Page): Promise<void> => {
  await page.locator('#username').fill('mara')
  await page.locator('#password').fill('wrong')
  await page.locator('#password').press('Enter')
  await expect.poll(() => page.locator('#login-error').textContent(), { timeout: 10_000 }).not.toBe('')
}

const write = async (page: Page, text: string): Promise<void> => {
  await page.locator('#reply').fill(text)
  await page.locator('#reply').press('Enter')
  await page.locator('.message p').getByText(text, { exact: true }).waitFor()
}

test('/', async () => {
  const page = await newPage('/')
  await expectAccessible(page, 'home')
  await page.context().close()
})

test('/console before a log-in, with an error, and empty', async () => {
  staff = await newPage('/console')
  await staff.locator('#username:focus').waitFor()
  await expectAccessible(staff, 'logged out')
  await failLogIn(staff)
  await expectAccessible(staff, 'log-in failed')
  await logIn(staff, 'sam')
  await staff.getByText('No conversations yet.').waitFor()
  await expectAccessible(staff, 'empty inbox')
  for (const view of ['alarms', 'outbox', 'reports']) {
    await staff.goto(`${site.origin}/console#/${view}`)
    await staff.locator(`#view-${view} .empty`).waitFor()
    await expectAccessible(staff, `empty ${view}`)
  }
})

test('/support before a log-in, with an error, empty, and with messages', async () => {
  person = await newPage('/support')
  await person.locator('#username:focus').waitFor()
  await expectAccessible(person, 'logged out')
  await failLogIn(person)
  await expectAccessible(person, 'log-in failed')
  await logIn(person, 'mara')
  await person.getByText('No messages yet.').waitFor()
  await expectAccessible(person, 'empty')
  await write(person, 'is anybody there?')
  await staff.goto(`${site.origin}/console#/room/${mara.id}`)
  await write(staff, 'I am here.')
  await person.getByText('I am here.').first().waitFor()
  await expectAccessible(person, 'with messages')
})

test('/console with a conversation, canned replies, a crisis, and the lists', async () => {
  await expectAccessible(staff, 'conversation')
  await staff.getByText('Canned replies').click()
  await staff.locator('.menu summary').click()
  await expectAccessible(staff, 'canned replies and transcript')
  await staff.getByRole('button', { name: 'Claim' }).click()
  await staff.getByRole('button', { name: 'Release' }).waitFor()
  await staff.goto(`${site.origin}/console#/`)
  await send(`${site.origin}/api/v1/chat/${mara.id}/`, { text: 'I want to kill myself' }, { token: mara.token })
  await staff.locator('.alert-strip').waitFor()
  await expectAccessible(staff, 'inbox with a crisis')
})

test('an alarm, on both pages', async () => {
  // Not before the outbox was empty: a contact is asked whether they agree.
  const ann = { name: 'Ann', phone: '+12025550143', relationship: 'sister', email: 'ann@example.com' }
  await send(`${site.origin}/api/v1/user/edit/contact/${mara.id}/`, ann, { method: 'PATCH', token: mara.token })
  await person.getByRole('button', { name: 'Call for help' }).click()
  await person.getByText('Ann was not notified').waitFor()
  await expectAccessible(person, 'open alarm')
  await staff.locator('.alert-strip', { hasText: 'mara needs help' }).waitFor()
  await expectAccessible(staff, 'inbox with an alarm')
  await staff.goto(`${site.origin}/console#/room/${mara.id}`)
  await staff.locator('.open-alarm-strip').waitFor()
  await expectAccessible(staff, 'conversation with an alarm')
  await staff.goto(`${site.origin}/console#/alarms`)
  await staff.locator('.card').getByRole('row', { name: /Ann/ }).waitFor()
  await expectAccessible(staff, 'open alarm')
  await staff.goto(`${site.origin}/console#/outbox`)
  await staff.locator('#outbox-feed summary').first().click()
  await expectAccessible(staff, 'outbox')
  await staff.goto(`${site.origin}/console#/alarms`)
  await staff.locator('.card').getByRole('button', { name: 'Acknowledge' }).click()
  await person.getByText('sam has seen your alarm').waitFor()
  await expectAccessible(person, 'acknowledged alarm')
  await person.getByRole('button', { name: 'I am safe' }).click()
  await staff.locator('.card', { hasText: 'mara reports that they are safe' }).waitFor()
  await expectAccessible(person, 'safe')
  await expectAccessible(staff, 'ended alarm')
})

test('without a connection', async () => {
  await staff.goto(`${site.origin}/console#/room/${mara.id}`)
  await staff.locator('.message').first().waitFor()
  await site.server.kill()
  await person.locator('#connection', { hasText: 'No connection' }).waitFor()
  await expectAccessible(person, 'no connection')
  await person.locator('#reply').fill('written without a connection')
  await person.locator('#reply').press('Enter')
  await person.getByRole('button', { name: 'Call for help' }).click()
  await person.getByText('has not reached us yet').first().waitFor()
  await expectAccessible(person, 'a call that was not sent')
  await staff.locator('#reply').fill('written without a connection')
  await staff.locator('#reply').press('Enter')
  await staff.locator('.message.pending').waitFor()
  await expectAccessible(staff, 'no connection')
  await site.restart()
  await person.locator('.help-status', { hasText: 'We have received your call for help.' }).waitFor({ timeout: 30_000 })
  await person.evaluate(`localStorage.setItem('concord.call.${mara.id}', '{"id":"old","pressedAt":1}')`)
  await person.reload()
  await person.getByText('Do you still need help?').waitFor()
  await expectAccessible(person, 'a call that is too old')
})
