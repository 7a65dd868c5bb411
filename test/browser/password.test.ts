import { beforeAll, expect, test } from 'vitest'
import { expectAccessible } from './axe.ts'
import { createStaff, field, PASSWORD, send } from './people.ts'
import { useSite } from './site.ts'

/** A person who has forgotten their password. The outbox is the channel, so the link is read there. */

const site = useSite()

const readOutbox = async (): Promise<string> => {
  const token = String(field(await send(`${site.origin}/api/v1/user/login/`, { username: 'rosa', password: PASSWORD }), 'token'))
  return (await fetch(`${site.origin}/console/api/outbox/`, { headers: { Authorization: `Token ${token}` } })).text()
}

beforeAll(async () => {
  await site.start()
  await createStaff(site.folder, 'rosa')
  await send(`${site.origin}/api/v1/user/registration/`, { username: 'mara', email: 'mara@example.com', password: PASSWORD })
})

test('a new password, from the log-in form to the log-in', async () => {
  const page = await site.newPage()
  await page.goto(`${site.origin}/support`)
  const [asking] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'Forgotten your password?' }).click()])
  site.watch(asking)
  await asking.getByLabel('Username or e-mail address').fill('Mara@example.com')
  await expectAccessible(asking, 'asking for a link')
  await asking.getByRole('button', { name: 'Send the link' }).click()
  await asking.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
  await expect.poll(readOutbox, { timeout: 10_000 }).toContain('/support/password/new?token=')

  const [link = ''] = /http:[^"\\\s]*\/support\/password\/new\?token=\w+/.exec(await readOutbox()) ?? []
  // `npm run dev` names itself `localhost`.
  expect(new URL(link).port).toBe(new URL(site.origin).port)
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
})
