import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'
import { createProviders, createTestServer, pause, providerVars, registerPerson } from './harness.mjs'

/**
 * `node test/crash/press.mjs [port]`: the button "Call for help" on /support, pressed while the server is dead, in a real browser. The
 * press is kept on the device, and the page shows that it has not been received yet. The server comes back with the same state and is killed
 * again: while the call is on its way, right after it was received, and while the first message is sent. At the end there is one alarm,
 * every message was accepted once, and after "I am safe", with one more kill, there is one all-clear for each notified person.
 */

const port = Number(process.argv[2] ?? 9270)
const started = Date.now()
const log = (text) => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`)

let hold = null
const behave = async ({ message, accept, reply }) => {
  accept()
  if (hold?.channel === message.channel) {
    const { resolve } = hold
    hold = null
    log(`${message.channel} to ${message.to}: accepted, response withheld`)
    return resolve()
  }
  log(`${message.channel} to ${message.to}: accepted`)
  reply(message.channel === 'sms' ? 201 : 200, { id: 'x', sid: 'SMx' })
}
const held = (channel) => new Promise((resolve) => (hold = { channel, resolve }))
const within = (ms, promise, what) => Promise.race([promise, pause(ms).then(() => assert.fail(`not in time: ${what}`))])

const providers = await createProviders({ port: port + 1, behave })
const server = await createTestServer({ port, vars: { ...providerVars(port + 1), ALARM_STEP_MINUTES: '' } })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})

const kill = async (reason) => {
  await server.kill()
  log(`kill -9 (${reason})`)
}

try {
  await server.start()
  const { id, as } = await registerPerson(server.call, 'sam')
  const list = async () => (await server.call('GET', `/api/v1/event/alarms/${id}/`, { as })).json.alarms
  const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
  await page.goto(`http://127.0.0.1:${port}/support`)
  await page.locator('#username').fill('sam')
  await page.locator('#password').fill('correct horse 7')
  await page.keyboard.press('Enter')
  await page.locator('#connection[data-state="open"]').waitFor()

  await kill('before the press')
  const button = page.getByRole('button', { name: 'Call for help' })
  const pressedAt = Date.now()
  await button.click()
  await page.getByText('Your call for help has not reached us yet.').first().waitFor({ timeout: 5000 })
  log(`the page says after ${Date.now() - pressedAt} ms that it has not rung yet`)
  for (let presses = 0; presses < 3; presses++) await button.click()
  await page.reload().catch(() => undefined)

  // The first request that arrives is not answered: the server dies while it handles it.
  const requested = page.waitForRequest((request) => request.url().endsWith('/support/help/') && request.method() === 'POST')
  await server.start()
  log('restarted')
  if (page.url().startsWith('chrome-error')) await page.goto(`http://127.0.0.1:${port}/support`)
  await within(60_000, requested, 'the kept press')
  await kill('while the call is on its way')
  await server.start()
  log('restarted')
  const whileSending = held('sms')
  const received = page.getByText('We have received your call for help.').first()
  await received.waitFor({ timeout: 60_000 })
  log('the page says that the call was received')
  await within(30_000, whileSending, 'a text message')
  await kill('while a message is sent')
  await server.start()
  log('restarted')
  const isDone = async () => {
    const [alarm] = await list()
    return alarm.deliveries.every(({ state }) => state === 'sent')
  }
  for (const end = Date.now() + 90_000; !(await isDone()); await pause(200)) assert.ok(Date.now() < end, 'all messages are sent in time')
  assert.equal((await list()).length, 1, 'one alarm, however often it was pressed and the server killed')
  for (const { channel, to, acceptedCount } of providers.accepted.values())
    assert.ok(acceptedCount === 1 || channel !== 'sms', `the text to ${to} was sent once`)
  log('one alarm, and everybody was told once')

  const allClear = held('email')
  await page.getByRole('button', { name: 'I am safe' }).click()
  await within(30_000, allClear, 'an all-clear')
  await kill('while an all-clear is sent')
  await server.start()
  log('restarted')
  const isClear = async () => {
    const notices = (await list())[0].deliveries.filter(({ step }) => step === 0)
    return notices.length > 0 && notices.every(({ state }) => state === 'sent')
  }
  for (const end = Date.now() + 90_000; !(await isClear()); await pause(200)) assert.ok(Date.now() < end, 'all-clears are sent in time')
  const clears = [...providers.accepted.values()].filter(
    ({ channel, body }) => channel !== 'webhook' && body.includes('says that they are safe'),
  )
  assert.deepEqual(
    clears.map(({ to, channel }) => `${channel} ${to}`).sort(),
    ['email ann.sam@example.com', 'email hall.sam@example.com', 'sms +15551110002'],
    'one all-clear for each person told, by the channel by which they were told',
  )
  await page.reload()
  await page.locator('#connection[data-state="open"]').waitFor()
  await pause(3000)
  assert.equal((await list()).length, 1, 'the press does not ring again')
  log('All checks passed.')
} catch (error) {
  console.error(server.log().slice(-4000))
  console.error(error)
  process.exitCode = 1
} finally {
  await browser.close()
  providers.end()
  await server.end()
}
