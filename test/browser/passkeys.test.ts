import type { CDPSession, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { run } from '../commands/run.ts'
import { expectAccessible } from './axe.ts'
import { createStaff, fillLogin, PASSWORD } from './people.ts'
import { useSite } from './site.ts'

/**
 * Passkeys in the console, with the browser's own virtual authenticator. Every account of staff needs one here. Each test continues
 * from the state that the previous one left.
 */

const SHOTS = process.env.SCREENSHOTS
const site = useSite()
let page: Page
let origin: string
let devtools: CDPSession
let authenticatorId = ''

const admin = async (...args: string[]): Promise<string> => {
  const { code, out } = await run('admin', [...args, '--persist-to', site.folder])
  expect([code, out]).toEqual([0, out])
  return out
}

const addAuthenticator = async (transport: 'internal' | 'usb'): Promise<string> => {
  const options = {
    protocol: 'ctap2',
    transport,
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const
  return (await devtools.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId
}

const heading = (name: string) => page.getByRole('heading', { name, exact: true })
const isOpen = () => page.locator('#connection[data-state="open"]').waitFor()

const screenshot = async (name: string): Promise<void> => {
  if (SHOTS === undefined) return
  await page.setViewportSize({ width: 390, height: 844 })
  await page.screenshot({ path: `${SHOTS}/${name}.png` })
}

const fillNewPasskey = async (name: string, code: string | null): Promise<void> => {
  await page.getByLabel('Name, such as the device').fill(name)
  await page.getByLabel('Your password').last().fill(PASSWORD)
  if (code !== null) await page.getByLabel('Code of the operator').fill(code)
  await page.keyboard.press('Enter')
}

beforeAll(async () => {
  await site.start({ REQUIRE_STAFF_PASSKEY: 'true' })
  await createStaff(site.folder, 'sam')
  // The server's own name for itself. A passkey cannot be bound to an address of numbers.
  origin = site.origin.replace('127.0.0.1', 'localhost')
  page = await site.browser.newPage({ viewport: { width: 1200, height: 800 } })
  page.setDefaultTimeout(20_000)
  site.watch(page)
  devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  authenticatorId = await addAuthenticator('internal')
})

test('with the password alone, staff get no further than to a page for their first passkey', async () => {
  await page.goto(`${origin}/console`)
  await fillLogin(page, 'sam')
  await heading('Add your first passkey').waitFor()
  expect(await page.evaluate('document.activeElement.id')).toBe('passkey-step-title')
  expect(await page.locator('#sections').isHidden()).toBe(true)
  await fillNewPasskey('Laptop', 'a guess')
  await page.getByText('The first passkey needs a valid code of the operator.').waitFor()
  await expectAccessible(page, 'the first passkey')
  await screenshot('first-passkey')
})

test('with the code of the operator, the first passkey is added by keyboard, and the console opens', async () => {
  const code = (await admin('passkeys', 'sam', '--enrol')).trim().split('\n').at(-1) ?? ''
  expect(code).toMatch(/^[0-9a-f]{32}$/)
  await fillNewPasskey('Laptop', code)
  await isOpen()
  expect(await page.locator('#current-user').textContent()).toBe('sam')
  expect(await admin('passkeys', 'sam')).toContain('Laptop')
})

test('the page of passkeys warns of a single one; the same device cannot be added twice, another one can', async () => {
  await page.getByRole('link', { name: 'Passkeys' }).click()
  await page.getByText('Add a second passkey, on another device').waitFor()
  await fillNewPasskey('Laptop again', null)
  await page.getByText('This device has a passkey of your account already.').waitFor()
  await expectAccessible(page, 'a passkey that exists')
  await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: false })
  const second = await addAuthenticator('usb')
  await fillNewPasskey('Blue key', null)
  await page.getByRole('listitem').filter({ hasText: 'Blue key' }).waitFor()
  await page.getByText('The passkey was added.').waitFor()
  await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: second })
  await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: true })
  await expectAccessible(page, 'two passkeys')
  await screenshot('passkeys')
})

test('a log-in is confirmed with a passkey, by keyboard, also after a reload of the page', async () => {
  await page.getByRole('button', { name: 'Log out' }).click()
  await fillLogin(page, 'sam')
  await heading('Confirm that it is you').waitFor()
  await expectAccessible(page, 'confirm')
  await screenshot('confirm')
  await page.reload()
  await page.getByRole('button', { name: 'Use a passkey' }).press('Enter')
  await isOpen()
})

test('a passkey is removed with the password; the last one stays', async () => {
  await page.goto(`${origin}/console#/passkeys`)
  const item = (name: string) => page.getByRole('listitem').filter({ hasText: name })
  await page.getByRole('button', { name: 'Remove Blue key' }).press('Enter')
  await page.keyboard.type('wrong horse 7')
  await page.keyboard.press('Enter')
  await page.getByText('The password is wrong.').waitFor()
  await expectAccessible(page, 'removing a passkey')
  await item('Blue key').getByLabel('Your password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await item('Blue key').waitFor({ state: 'detached' })
  expect(await page.evaluate('document.activeElement.id')).toBe('passkeys-title')
  await page.getByRole('button', { name: 'Remove Laptop' }).press('Enter')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByText('This is the last passkey. Add another one first.').waitFor()
})

test('when the operator removes the passkey of a lost device, the open console loses its rights', async () => {
  const id = /^[0-9a-f]{32}/m.exec(await admin('passkeys', 'sam'))?.[0] ?? ''
  expect(await admin('passkeys', 'sam', '--remove', id)).toContain('removed')
  await heading('Add your first passkey').waitFor()
  expect(await page.locator('#sections').isHidden()).toBe(true)
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.locator('#username:focus').waitFor()
})
