import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { createPerson, createStaff, PASSWORD, send } from './people.ts'
import { useSite } from './site.ts'

/** A person who has just registered calls for help, and what they read about it. Each test continues from the previous one. */

const site = useSite()
let staff: Page
let person: Page

const openPage = async (path: string, username: string): Promise<Page> => {
  const page = await site.newPage({ viewport: { width: 1000, height: 844 } })
  await page.goto(`${site.origin}${path}`)
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(PASSWORD)
  await page.locator('#password').press('Enter')
  await page.locator('#connection[data-state="open"]').waitFor()
  return page
}

beforeAll(async () => {
  await site.start()
  await createStaff(site.folder, 'rosa')
  staff = await openPage('/console', 'rosa')
})

test('the call of a new account, without scenario and contacts, is at the desk within a second', async () => {
  await createPerson(site.origin, 'mara')
  person = await openPage('/support', 'mara')
  const seen = staff.locator('.alert-strip', { hasText: 'mara needs help' }).waitFor()
  const pressedAt = performance.now()
  await person.getByRole('button', { name: 'Call for help' }).click()
  await seen
  const delay = performance.now() - pressedAt
  expect(delay).toBeLessThan(1000)
  await person.getByText('We have received your call for help.').first().waitFor()
  await person.getByText('Only the support team is notified').waitFor()
})

test('staff acknowledge it: the person reads who has seen it, and can still say that they are safe, also after a reload', async () => {
  await staff.getByRole('button', { name: 'Acknowledge' }).first().click()
  await person.getByText('rosa has seen your alarm').waitFor()
  await person.reload()
  await person.getByText('rosa has seen your alarm').waitFor()
  await person.getByRole('button', { name: 'I am safe' }).click()
  await person.getByText('Good to know that you are safe').waitFor()
  await staff.goto(`${site.origin}/console#/alarms`)
  await staff.locator('.card', { hasText: 'mara reports that they are safe' }).waitFor()
})

test('a message that was only kept is not shown as sent: not to the person, and not to staff', async () => {
  const { id, token } = await createPerson(site.origin, 'noor')
  const ann = { name: 'Ann', phone: '+12025550143', relationship: 'sister', email: 'ann@example.com' }
  await send(`${site.origin}/api/v1/user/edit/contact/${id}/`, ann, { method: 'PATCH', token })
  const page = await openPage('/support', 'noor')
  await page.getByRole('button', { name: 'Call for help' }).click()
  await page.getByText('Ann was not notified: the message by e-mail was only kept here, and was not sent.').waitFor()
  expect(await page.locator('#help').textContent()).not.toContain('received a notification')
  const card = staff.locator('.card', { hasText: 'noor' })
  await card.getByRole('cell', { name: 'kept in the outbox: not sent' }).waitFor()

  await page.getByRole('button', { name: 'I am safe' }).click()
  await page.getByText('Ann was not notified that you are safe: the message by e-mail was only kept here, and was not sent.').waitFor()
  await card.getByText('noor reports that they are safe').waitFor()
})
