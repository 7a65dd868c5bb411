import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible } from './axe.ts'
import { createPerson, PASSWORD } from './people.ts'
import { useSite } from './site.ts'

/** The API reference at /docs. Each test has a page of its own. */

const site = useSite()

beforeAll(async () => {
  await site.start()
  await createPerson(site.origin, 'mara')
})

const open = async (fragment = ''): Promise<Page> => {
  const page = await site.newPage()
  await page.goto(`${site.origin}/docs${fragment}`)
  return page
}

const logIn = async (page: Page, password = PASSWORD): Promise<void> => {
  await page.locator('#account [name=username]').fill('mara')
  await page.locator('#account [name=password]').fill(password)
  await page.locator('#account form button').click()
}

const status = (page: Page): Locator => page.locator('#account output')
const operation = (page: Page, id: string): Locator => page.locator(`[id="${id}"]`)
const storedToken = (page: Page): Promise<string> => page.evaluate(`JSON.parse(sessionStorage.getItem('concord.docs')).token`)

/** Sends the request of an operation that is open. */
const sendRequest = async (page: Page, id: string): Promise<Locator> => {
  await operation(page, id).getByRole('button', { name: 'Send the request' }).click()
  return operation(page, id).locator('.response')
}

describe('the account', () => {
  test('a log-in stays over a reload, requests are sent with it, and a log-out revokes the token', async () => {
    const page = await open('#mindharmony/getUserDetails')
    const without = await sendRequest(page, 'mindharmony/getUserDetails')
    await without.getByText(/^401 .*without a log-in$/).waitFor()
    await logIn(page)
    await status(page).getByText('Logged in as mara.').waitFor()
    await page.reload()
    await status(page).getByText('Logged in as mara.').waitFor()
    expect(await page.locator('#account [name=password]').isVisible()).toBe(false)
    const response = await sendRequest(page, 'mindharmony/getUserDetails')
    await response.getByText(/^200 /).waitFor()
    expect(await response.locator('pre').textContent()).toContain('"username": "mara"')
    const token = await storedToken(page)
    await page.getByRole('button', { name: 'Log out' }).click()
    await status(page).getByText('Logged out.').waitFor()
    await page.locator('#account [name=password]').waitFor()
    await expect
      .poll(async () => (await fetch(`${site.origin}/api/users/me/`, { headers: { Authorization: `Token ${token}` } })).status)
      .toBe(401)
    await page.reload()
    await page.locator('#account [name=password]').waitFor()
    expect(await status(page).textContent()).toBe('')
    await page.context().close()
  })

  test('a wrong password is reported, and a token that was revoked elsewhere is noticed', async () => {
    const page = await open()
    await logIn(page, 'wrong')
    await expect.poll(() => status(page).textContent()).toContain('Invalid')
    await logIn(page)
    await status(page).getByText('Logged in as mara.').waitFor()
    const headers = { Authorization: `Token ${await storedToken(page)}` }
    expect((await fetch(`${site.origin}/api/v1/user/logout/`, { method: 'POST', headers })).ok).toBe(true)
    await page.reload()
    await status(page).getByText('You were logged out.').waitFor()
    await page.context().close()
  })
})

describe('the contracts', () => {
  test('another one is shown by a link, by the address, and by the way back', async () => {
    const page = await open()
    await page.getByRole('heading', { level: 1, name: 'Mindharmony' }).waitFor()
    await page.getByRole('link', { name: 'Recovery' }).click()
    await page.getByRole('heading', { level: 1, name: 'Recovery' }).waitFor()
    expect(await page.locator('[aria-current="page"]').textContent()).toBe('Recovery')
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Mindharmony' }).waitFor()
    await page.goto(`${site.origin}/docs#meetups/deletePlan`)
    await operation(page, 'meetups/deletePlan').getByRole('button', { name: 'Send the request' }).waitFor()
    await page.context().close()
  })

  test('one that does not arrive can be chosen again', async () => {
    const page = await open()
    let requests = 0
    await page.route('**/docs/assets/meetups.html', (route) => (requests++ === 0 ? route.abort() : route.continue()))
    await page.getByRole('link', { name: 'Meetups' }).click()
    await page.getByText('The server did not respond.').waitFor()
    await page.getByRole('link', { name: 'Mindharmony' }).click()
    await page.getByRole('heading', { level: 1, name: 'Mindharmony' }).waitFor()
    await page.getByRole('link', { name: 'Meetups' }).click()
    await page.getByRole('heading', { level: 1, name: 'Meetups' }).waitFor()
    await page.context().close()
  })

  test('the filter finds by path, summary and operation id', async () => {
    const page = await open('#recovery')
    await page.getByRole('heading', { level: 1, name: 'Recovery' }).waitFor()
    await page.getByLabel('Filter').fill('trigger post')
    await expect.poll(() => page.locator('#reference details:visible .method').allTextContents()).toEqual(['POST'])
    await page.context().close()
  })
})

describe('requests', () => {
  test('with a path, a query, and a body', async () => {
    const page = await open('#meetups/logIn')
    const form = operation(page, 'meetups/logIn')
    await form.getByLabel('Body, as JSON').fill(JSON.stringify({ username: 'mara', password: PASSWORD }))
    await (await sendRequest(page, 'meetups/logIn')).getByText('"access"').waitFor()
    await form.getByLabel('Body, as JSON').fill('{')
    await (await sendRequest(page, 'meetups/logIn')).getByText(/^400 /).waitFor()
    await page.goto(`${site.origin}/docs#meetups/listPlans`)
    await operation(page, 'meetups/listPlans').locator('input[name=limit]').fill('nonsense')
    const response = await sendRequest(page, 'meetups/listPlans')
    await response.getByText('?limit=nonsense').waitFor()
    await page.context().close()
  })

  test('with a file, as a form', async () => {
    const page = await open('#matrimony/createProfile')
    await logIn(page)
    await status(page).getByText('Logged in as mara.').waitFor()
    const file = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') }
    await operation(page, 'matrimony/createProfile').locator('input[name="Profile_img"]').setInputFiles(file)
    const [request] = await Promise.all([
      page.waitForRequest((sent) => sent.method() === 'POST' && sent.url().includes('/profile')),
      sendRequest(page, 'matrimony/createProfile'),
    ])
    expect(request.headers()['content-type']).toContain('multipart/form-data')
    await operation(page, 'matrimony/createProfile').getByLabel('Body, as JSON').fill('{')
    await (await sendRequest(page, 'matrimony/createProfile')).getByText('The body is not valid JSON').waitFor()
    await page.context().close()
  })
})

test('no violation of axe, with operations open, and with a response', async () => {
  const page = await open()
  await expectAccessible(page, 'logged out')
  await logIn(page, 'wrong')
  await expect.poll(() => status(page).textContent()).toContain('Invalid')
  await expectAccessible(page, 'log-in failed')
  await logIn(page)
  await status(page).getByText('Logged in as mara.').waitFor()
  for (const name of ['mindharmony', 'facility', 'matrimony', 'recovery', 'meetups']) {
    await page.goto(`${site.origin}/docs#${name}`)
    await page.locator(`#reference [id^="${name}/"]`).first().waitFor()
    // With all of them open, axe takes minutes. The operations of one section have the same parts.
    await page.evaluate('for (const details of document.querySelectorAll("section > details:nth-of-type(1)")) details.open = true')
    await expectAccessible(page, `the first operations of ${name}`)
  }
  await page.goto(`${site.origin}/docs#recovery/listAlarmScenarios`)
  await (await sendRequest(page, 'recovery/listAlarmScenarios')).locator('.status').waitFor()
  await expectAccessible(page, 'with a response')
  await page.context().close()
}, 180_000)

test('the page is small, loads nothing but its own files, and works without inline code', async () => {
  const page = await site.browser.newPage()
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(request.url()))
  const response = await page.goto(`${site.origin}/docs`)
  await page.waitForLoadState('networkidle')
  expect(loaded.every((url) => url.startsWith(site.origin))).toBe(true)
  // Whether a browser without a window loads the icon is its own affair.
  const paths = loaded.map((url) => new URL(url).pathname).filter((path) => !path.endsWith('/icon.svg'))
  expect(paths.sort()).toEqual(['/docs', '/docs/assets/reference.css', '/docs/assets/reference.js', '/docs/assets/site.css'])
  expect(response?.headers()['content-security-policy']).not.toContain('unsafe')
  const size = (file: string) => gzipSync(readFileSync(join(import.meta.dirname, '../../dist/assets', file))).length
  // A reference that is a program, such as Swagger UI, blocks a phone for seconds.
  expect(size('docs/assets/reference.js')).toBeLessThan(5 * 1024)
  expect(size('reference/pages/docs.html') + size('docs/assets/reference.css') + size('docs/assets/site.css')).toBeLessThan(20 * 1024)
  for (const name of ['facility', 'matrimony', 'recovery', 'meetups']) expect(size(`docs/assets/${name}.html`)).toBeLessThan(40 * 1024)
  await page.close()
})
