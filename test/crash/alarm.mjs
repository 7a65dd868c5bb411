import assert from 'node:assert/strict'
import { createProviders, createTestServer, pause, providerVars, registerPerson, until } from './harness.mjs'

/**
 * `node test/crash/alarm.mjs [port]`: one alarm from the trigger to its third step. The providers listen on real sockets,
 * and they reject requests, fail, never respond, or drop the connection. The server is killed with `kill -9` several times
 * and restarted with the same state. At the end every message has been accepted, each delivery has one record, and no
 * message was sent twice. The only exception is a message that was being sent when the server was killed: it may be sent
 * again, with the same idempotency key. Then the person is safe: every recipient who was notified gets one all-clear by each channel
 * by which they were notified, although the server is killed between two of these messages; a recipient whose messages the
 * providers refused was never notified, and gets none.
 */

const port = Number(process.argv[2] ?? 9250)
const started = Date.now()
const log = (text) => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`)

/** A contact whose messages every provider refuses. */
const EVE_PHONE = '+15551110009'

/** The channel whose next request gets no response, so that the server can be killed while it waits; and its callback. */
let channelToHold = ''
let onHeld = null

const behave = async ({ message, attempt, accept, reply, drop }) => {
  const prefix = `${message.channel} to ${message.to}, attempt ${attempt}`
  const id = { id: 'x', sid: 'SMx' }
  if (channelToHold === message.channel) {
    channelToHold = ''
    log(`${prefix}: accepted, response withheld`)
    accept()
    onHeld?.()
    return // no response: the server is killed while it waits for it
  }
  if (message.to.startsWith('eve.') || message.to === EVE_PHONE) {
    log(`${prefix}: 422`)
    return reply(422)
  }
  if (message.channel === 'email' && attempt === 1) {
    log(`${prefix}: 500`)
    return reply(500)
  }
  if (message.channel === 'email' && attempt === 2) {
    log(`${prefix}: 429, Retry-After: 1`)
    return reply(429, {}, { 'Retry-After': '1' })
  }
  if (message.channel === 'sms' && attempt === 1 && message.to.endsWith('2')) {
    log(`${prefix}: accepted, connection dropped`)
    accept()
    return drop()
  }
  if (message.channel === 'webhook' && attempt === 1) {
    log(`${prefix}: no response`)
    return
  }
  log(`${prefix}: accepted`)
  accept()
  reply(message.channel === 'sms' ? 201 : 200, id)
}

const providers = await createProviders({ port: port + 1, behave })
const server = await createTestServer({ port, vars: { ...providerVars(port + 1), ALARM_STEP_MINUTES: '0.5,1' } })

/**
 * Set when there is an alarm. Before each kill, the refusals of Eve's messages are recorded. If the server is killed while one of
 * them is being sent, it cannot know whether she got it: the message stays `uncertain`, and she would get the all-clear, too.
 */
let refusalsRecorded = async () => {}

let kills = 0
const restart = async (reason) => {
  await refusalsRecorded()
  kills++
  await server.kill()
  log(`kill -9 (${reason})`)
  await server.start()
  log('restarted')
}

const killDuring = async (channel) => {
  const requestHeld = new Promise((resolve) => {
    onHeld = resolve
  })
  channelToHold = channel
  await Promise.race([requestHeld, pause(40_000).then(() => assert.fail(`no ${channel} message was sent`))])
  await restart(`while sending ${channel}`)
}

try {
  await server.start()
  const { id, as } = await registerPerson(server.call, 'sam')
  const eve = { name: 'Eve', phone: EVE_PHONE, email: 'eve.sam@example.com', relationship: 'neighbour' }
  await server.call('PATCH', `/api/v1/user/edit/contact/${id}/`, { as, json: eve })
  const list = async () => (await server.call('GET', `/api/v1/event/alarms/${id}/`, { as })).json.alarms

  const triggeredAt = Date.now()
  const { json: triggered } = await server.call('GET', `/api/v1/event/trigger/${id}/`, { as })
  refusalsRecorded = () =>
    until('the refusals', async () => {
      const deliveries = (await list())[0].deliveries.filter(({ recipient }) => recipient === 'Eve')
      return deliveries.length > 0 && deliveries.every(({ state }) => state === 'failed')
    })
  log(`trigger answered in ${Date.now() - triggeredAt} ms: ${JSON.stringify(triggered.messages)}`)
  await restart('right after the response')
  assert.equal(
    (await server.call('GET', `/api/v1/event/trigger/${id}/`, { as })).json.alarm_id,
    triggered.alarm_id,
    'the same alarm after the crash',
  )

  await killDuring('email')
  await restart('between two attempts')
  const step = (number) =>
    until(
      `step ${number}`,
      async () => {
        const [alarm] = await list()
        const deliveries = alarm.deliveries.filter((delivery) => delivery.step === number)
        return (
          deliveries.length === 5 &&
          deliveries.every(({ recipient, state }) => state === (recipient === 'Eve' ? 'failed' : 'sent')) &&
          alarm
        )
      },
      120_000,
    )
  await step(1)
  log('step 1: all recipients notified')
  channelToHold = ''
  await killDuring('sms')
  await step(2)
  log('step 2: all recipients notified')
  await step(3)
  log('step 3: all recipients notified')

  const [alarm, ...others] = await list()
  assert.deepEqual(others, [], 'one alarm')
  const ids = alarm.deliveries.map((delivery) => delivery.id)
  assert.equal(ids.length, 15, 'three steps of three contacts, a therapist and the webhook')
  assert.equal(new Set(ids).size, 15)
  const told = alarm.deliveries.filter(({ recipient }) => recipient !== 'Eve')
  const byEmail = told.filter(({ channel }) => channel === 'email')
  for (const { id: key } of byEmail) assert.ok(providers.accepted.has(key), `${key} was accepted`)
  const texts = [...providers.accepted.values()].filter(({ channel }) => channel === 'sms')
  assert.equal(texts.length, told.filter(({ channel }) => channel === 'sms').length, 'one text message per delivery')
  for (const { acceptedCount, to } of texts)
    assert.equal(acceptedCount, 1, `the text to ${to} was sent once: the provider was searched first`)
  for (const { acceptedCount, channel } of providers.accepted.values())
    assert.ok(acceptedCount <= 1 + kills, `${channel}: sent again only after a crash interrupted it, and with the same key`)

  const before = providers.requests.length
  const requestHeld = new Promise((resolve) => {
    onHeld = resolve
  })
  channelToHold = 'sms'
  const { json: acknowledged } = await server.call('POST', `/api/v1/event/alarms/${id}/${triggered.alarm_id}/ack/`, { as, json: {} })
  assert.deepEqual(acknowledged, { alarm_id: triggered.alarm_id, status: 'acknowledged' })
  await Promise.race([requestHeld, pause(20_000).then(() => assert.fail('no all-clear was sent'))])
  await restart('between two all-clears')
  assert.equal((await list())[0].status, 'acknowledged')
  await until('the all-clears', async () => {
    const allClears = (await list())[0].deliveries.filter((delivery) => delivery.step === 0)
    return allClears.length === 5 && allClears.every(({ state }) => state === 'sent')
  })
  log('every recipient who was notified got an all-clear')
  await restart('after the all-clears')
  await pause(5000)
  const after = providers.requests.slice(before)
  const isAllClear = ({ channel, body }) =>
    channel === 'webhook' ? body.includes('"acknowledged"') : body.includes('says that they are safe')
  assert.deepEqual(
    after.filter((request) => !isAllClear(request)),
    [],
    'no messages of the alarm after the acknowledgement',
  )
  const received = [...providers.accepted.values()].filter((message) => message.channel !== 'webhook' && isAllClear(message))
  assert.deepEqual(
    received.map(({ to, acceptedCount }) => `${to} ${acceptedCount}`).sort(),
    ['+15551110001 1', '+15551110002 1', '+15551110003 1', 'ann.sam@example.com 1', 'hall.sam@example.com 1'],
    'one all-clear by each channel by which a recipient was notified, and none to Eve',
  )
  for (const secret of ['Kyiv', 'ann.sam', '+1555111']) assert.ok(!server.log().includes(secret), `the log does not contain ${secret}`)
  log('no further messages. All checks passed.')
} catch (error) {
  console.error(server.log().slice(-4000))
  console.error(error)
  process.exitCode = 1
} finally {
  providers.end()
  await server.end()
}
