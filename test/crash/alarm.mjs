import assert from 'node:assert/strict'
import { cast, createHouse, createProviders, pause, providerVars, until } from './harness.mjs'

/**
 * `node test/crash/alarm.mjs [port]`: one alarm from the trigger to its third step, against providers on real sockets
 * that refuse, break, hang and drop, while the server is killed with `kill -9` again and again and started anew on the
 * same state. In the end every message has been accepted, each delivery has one record, and nobody was told what they
 * had been told already, but for what was under way when the server died: that may be asked for again, under one key.
 */

const port = Number(process.argv[2] ?? 9250)
const started = Date.now()
const say = (text) => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`)

/** Set while a request is held back: the server is to die while it waits. */
let held = null
let holding = ''

const behave = async ({ message, times, accept, reply, drop }) => {
  const what = `${message.channel} to ${message.to}, time ${times}`
  const id = { id: 'x', sid: 'SMx' }
  if (holding === message.channel) {
    holding = ''
    say(`${what}: accepted, and the answer held back`)
    accept()
    held?.()
    return // never answered: whoever asked is about to die
  }
  if (message.channel === 'email' && times === 1) {
    say(`${what}: 500`)
    return reply(500)
  }
  if (message.channel === 'email' && times === 2) {
    say(`${what}: 429, Retry-After: 1`)
    return reply(429, {}, { 'Retry-After': '1' })
  }
  if (message.channel === 'sms' && times === 1 && message.to.endsWith('2')) {
    say(`${what}: accepted, and the connection dropped`)
    accept()
    return drop()
  }
  if (message.channel === 'webhook' && times === 1) {
    say(`${what}: hangs`)
    return
  }
  say(`${what}: accepted`)
  accept()
  reply(message.channel === 'sms' ? 201 : 200, id)
}

const providers = await createProviders({ port: port + 1, behave })
const house = await createHouse({ port, vars: { ...providerVars(port + 1), ALARM_STEP_MINUTES: '0.5,1' } })

let kills = 0
const restart = async (why) => {
  kills++
  await house.kill()
  say(`kill -9 (${why})`)
  await house.start()
  say('started again')
}

const dieWhile = async (channel) => {
  const arrived = new Promise((resolve) => {
    held = resolve
  })
  holding = channel
  await Promise.race([arrived, pause(40_000).then(() => assert.fail(`nothing was sent by ${channel}`))])
  await restart(`${channel} under way`)
}

try {
  await house.start()
  const { id, as } = await cast(house.call, 'sam')
  const list = async () => (await house.call('GET', `/api/v1/event/alarms/${id}/`, { as })).json.alarms

  const asked = Date.now()
  const { json: rung } = await house.call('GET', `/api/v1/event/trigger/${id}/`, { as })
  say(`triggered and answered in ${Date.now() - asked} ms: ${JSON.stringify(rung.messages)}`)
  await restart('right after the answer')
  assert.equal(
    (await house.call('GET', `/api/v1/event/trigger/${id}/`, { as })).json.alarm_id,
    rung.alarm_id,
    'the same alarm after the crash',
  )

  await dieWhile('email')
  await restart('between two attempts')
  const step = (number) =>
    until(
      `step ${number}`,
      async () => {
        const [alarm] = await list()
        const told = alarm.deliveries.filter((delivery) => delivery.step === number)
        return told.length === 4 && told.every(({ state }) => state === 'sent') && alarm
      },
      120_000,
    )
  await step(1)
  say('step 1: everybody told')
  holding = ''
  await dieWhile('sms')
  await step(2)
  say('step 2: everybody told')
  await step(3)
  say('step 3: everybody told')

  const [alarm, ...others] = await list()
  assert.deepEqual(others, [], 'one alarm')
  const ids = alarm.deliveries.map((delivery) => delivery.id)
  assert.equal(ids.length, 12, 'three steps of two contacts, a therapist and the webhook')
  assert.equal(new Set(ids).size, 12)
  const byEmail = alarm.deliveries.filter(({ channel }) => channel === 'email')
  for (const { id: key } of byEmail) assert.ok(providers.accepted.has(key), `${key} was accepted`)
  const texts = [...providers.accepted.values()].filter(({ channel }) => channel === 'sms')
  assert.equal(texts.length, alarm.deliveries.filter(({ channel }) => channel === 'sms').length, 'one text message per delivery')
  for (const { times, to } of texts) assert.equal(times, 1, `the text to ${to} was not sent twice: it was looked for first`)
  for (const { times, channel } of providers.accepted.values())
    assert.ok(times <= 1 + kills, `${channel}: asked for again only where a crash cut it off, and under one key`)

  const { json: safe } = await house.call('POST', `/api/v1/event/alarms/${id}/${rung.alarm_id}/ack/`, { as, json: {} })
  assert.deepEqual(safe, { alarm_id: rung.alarm_id, status: 'acknowledged' })
  await restart('after "I am safe"')
  assert.equal((await list())[0].status, 'acknowledged')
  const before = providers.heard.length
  await pause(5000)
  const after = providers.heard.slice(before).filter(({ body }) => !body.includes('"acknowledged"'))
  assert.deepEqual(after, [], 'silence')
  for (const secret of ['Kyiv', 'ann.sam', '+1555111']) assert.ok(!house.log().includes(secret), `the log does not say ${secret}`)
  say('acknowledged; nobody is told any more. All is as it should be.')
} catch (error) {
  console.error(house.log().slice(-4000))
  console.error(error)
  process.exitCode = 1
} finally {
  providers.end()
  await house.end()
}
