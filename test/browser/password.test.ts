import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createState, type Running, serve } from '../commands/run.ts'
import { expectAccessible } from './axe.ts'
import { collectErrors, launch } from './browser.ts'
import { createStaff, field, PASSWORD, send } from './people.ts'

/** A person who has forgotten their password. The outbox is the channel, so the link is read there. */

const state = createState()
let server: Running
let browser: Browser

const readOutbox = async (): Promise<string> => {
  const token = String(field(await send(`${server.origin}/api/v1/user/login/`, { username: 'rosa', password: PASSWORD }), 'token'))
  return (await fetch(`${server.origin}/console/api/outbox/`, { headers: { Authorization: `Token ${token}` } })).text()
}

beforeAll(async () => {
  server = await serve(state.folder)
  await createStaff(state.folder, 'rosa')
  await send(`${server.origin}/api/v1/user/registration/`, { username: 'mara', email: 'mara@example.com', password: PASSWORD })
  browser = await launch()
})

afterAll(async () => {
  await browser?.close()
  await server?.kill()
  state.remove()
})

test('a new password, from the log-in form to the log-in', async () => {
  const page = await (await browser.newContext()).newPage()
  const errors = collectErrors(page)
  await page.goto(`${server.origin}/support`)
  const [asking] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'Forgotten your password?' }).click()])
  errors.push(...collectErrors(asking))
  await asking.getByLabel('Username or e-mail address').fill('Mara@example.com')
  await expectAccessible(asking, 'asking for a link')
  await asking.getByRole('button', { name: 'Send the link' }).click()
  await asking.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
  await expect.poll(readOutbox, { timeout: 10_000 }).toContain('/support/password/new?token=')

  const [link = ''] = /http:[^"\\\s]*\/support\/password\/new\?token=\w+/.exec(await readOutbox()) ?? []
  // `npm run dev` names itself `localhost`.
  expect(new URL(link).port).toBe(new URL(server.origin).port)
  await asking.goto(link)
  await asking.getByLabel('New password').fill('password123')
  await asking.getByRole('button', { name: 'Set the password' }).click()
  await asking.getByText('This password is too common.').waitFor()
  await expectAccessible(asking, 'choosing a password')
  await asking.getByLabel('New password').fill('a better horse 8')
  await asking.getByRole('button', { name: 'Set the password' }).click()
  await asking.getByRole('heading', { name: 'Your new password is set' }).waitFor()
  // The secret is not in the address of the page that follows.
  expect(asking.url()).toBe(`${new URL(link).origin}/support/password/new`)

  await asking.goto(link)
  await asking.getByLabel('New password').fill('a better horse 9')
  await asking.getByRole('button', { name: 'Set the password' }).click()
  await asking.getByRole('heading', { name: 'This link is not valid' }).waitFor()

  await page.locator('#username').fill('mara')
  await page.locator('#password').fill('a better horse 8')
  await page.locator('#password').press('Enter')
  await page.locator('#connection[data-state="open"]').waitFor()
  expect(errors).toEqual([])
})
