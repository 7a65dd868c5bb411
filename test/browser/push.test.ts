import { createServer, type Server } from 'node:http'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDevice, createVapidKeys, verifyAuthorization } from '../support/push-service.ts'
import { expectAccessible } from './axe.ts'
import { type Account, createPerson, createStaff, field, fillLogin, send } from './people.ts'
import { useSite } from './site.ts'

/**
 * Web Push from the console to a push service of the test's own, which decrypts what arrives. Only the browser's connection to
 * its own push service is replaced. Each test continues from the state that the previous one left.
 */

const site = useSite()
const device = createDevice()
const keys = createVapidKeys()
const received: { readonly claims: unknown; readonly message: unknown }[] = []
let service: Server
let serviceOrigin = ''
let staff: Page
let mara: Account

const listen = async (): Promise<string> => {
  service = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const claims = await verifyAuthorization(request.headers.authorization ?? '')
      received.push({ claims, message: JSON.parse(String(device.decrypt(Buffer.concat(chunks)))) })
      response.writeHead(201).end()
    })
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  const address = service.address()
  if (!address || typeof address !== 'object') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

/** What a browser's push service hands out. */
const fakeSubscription = () => `(() => {
  let current = null
  Notification.requestPermission = async () => 'granted'
  PushManager.prototype.getSubscription = async () => current
  PushManager.prototype.subscribe = async (options) => {
    if (options.applicationServerKey !== '${keys.publicKey}' || !options.userVisibleOnly) throw new Error('wrong options')
    const endpoint = '${serviceOrigin}/push/1'
    current = {
      endpoint,
      toJSON: () => ({ endpoint, keys: { p256dh: '${device.p256dh}', auth: '${device.auth}' } }),
      unsubscribe: async () => { current = null; return true },
    }
    return current
  }
})()`

const callForHelp = async (): Promise<string> =>
  String(field(await send(`${site.origin}/support/help/`, {}, { token: mara.token }), 'alarm_id'))
const messages = () => received.map(({ message }) => message)
const status = (text: string) => staff.locator('#signal-settings').getByText(text).waitFor()

const logIn = async (): Promise<void> => {
  await fillLogin(staff, 'sam')
  await staff.locator('#connection[data-state="open"]').waitFor()
}

beforeAll(async () => {
  serviceOrigin = await listen()
  await site.start({
    VAPID_PUBLIC_KEY: keys.publicKey,
    VAPID_PRIVATE_KEY: keys.privateKey,
    VAPID_SUBJECT: 'mailto:operator@example.com',
    PUSH_ORIGINS: serviceOrigin,
  })
  await createStaff(site.folder, 'sam')
  mara = await createPerson(site.origin, 'mara')
  const context = await site.browser.newContext({ viewport: { width: 390, height: 844 }, permissions: ['notifications'] })
  staff = await context.newPage()
  site.watch(staff)
  await staff.addInitScript(fakeSubscription())
  await staff.goto(`${site.origin}/console#/alarms`)
  await logIn()
})

afterAll(async () => {
  service?.close()
})

test('staff turn notifications on for this device, and send a test', async () => {
  await status('This device is not notified while the console is closed.')
  await expectAccessible(staff, '/console with notifications off')
  await staff.getByRole('button', { name: 'Notify this device' }).click()
  await status('This device is notified of alarms, also while the console is closed.')
  expect(await staff.evaluate(`navigator.serviceWorker.getRegistration('/console').then(({ scope }) => scope)`)).toBe(
    `${site.origin}/console`,
  )
  await expectAccessible(staff, '/console with notifications on')
  await staff.setViewportSize({ width: 390, height: 844 })
  expect(await staff.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  await staff.getByRole('button', { name: 'Send a test' }).click()
  await status('A test was sent to one device.')
  expect(received).toMatchObject([
    {
      claims: { aud: serviceOrigin, sub: 'mailto:operator@example.com', key: keys.publicKey },
      message: { tag: 'test', title: 'Test: an alarm looks like this.', silent: false },
    },
  ])
})

test('an alarm and its answer arrive at the device, without anything about the person', async () => {
  const alarmId = await callForHelp()
  await expect.poll(messages).toMatchObject([{ tag: 'test' }, { tag: alarmId, silent: false }])
  await staff.locator(`[data-alarm="${alarmId}"]`).getByRole('button', { name: 'Acknowledge' }).click()
  await expect.poll(messages).toMatchObject([{ tag: 'test' }, { tag: alarmId }, { tag: alarmId, silent: true }])
  expect(JSON.stringify(messages())).not.toMatch(/mara|sam/)
})

test('the service worker shows what arrives, and a newer message replaces an older one', async () => {
  const session = await staff.context().newCDPSession(staff)
  const registrations: string[] = []
  session.on('ServiceWorker.workerRegistrationUpdated', (event) =>
    registrations.push(...event.registrations.map(({ registrationId }) => registrationId)),
  )
  await session.send('ServiceWorker.enable')
  await expect.poll(() => registrations.length).toBeGreaterThan(0)
  const shown = () =>
    staff.evaluate(`navigator.serviceWorker.getRegistration('/console').then((registration) => registration.getNotifications())
      .then((all) => all.map(({ title, tag, silent }) => ({ title, tag, silent })))`)
  const deliver = (message: object) =>
    session.send('ServiceWorker.deliverPushMessage', {
      origin: site.origin,
      registrationId: registrations[0] ?? '',
      data: JSON.stringify(message),
    })
  await deliver({ tag: 'a', title: 'An alarm is open. Open the console.', silent: false })
  await expect.poll(shown).toEqual([{ title: 'An alarm is open. Open the console.', tag: 'a', silent: false }])
  await deliver({ tag: 'a', title: 'The alarm is being answered.', silent: true })
  await expect.poll(shown).toEqual([{ title: 'The alarm is being answered.', tag: 'a', silent: true }])
})

test('after a log-out the device gets nothing', async () => {
  await staff.getByRole('button', { name: 'Log out' }).click()
  await logIn()
  await status('This device is not notified while the console is closed.')
  const before = received.length
  const alarmId = await callForHelp()
  await staff.locator(`[data-alarm="${alarmId}"]`).waitFor()
  await staff.getByRole('button', { name: 'Notify this device' }).click()
  await staff.getByRole('button', { name: 'Send a test' }).click()
  await expect.poll(() => received.length).toBeGreaterThan(before)
  expect(messages().slice(before)).toMatchObject([{ tag: 'test' }])
})
