import { describe, expect, test } from 'vitest'
import {
  ANN,
  BOB,
  clock,
  deliveriesOf,
  personWithContacts,
  recordingCarriers,
  runAlarm,
  setDependencies,
  trigger,
  V1,
} from '../support/alarms.ts'
import { at, call } from '../support/call.ts'
import { type Person, person } from '../support/people.ts'

/** The call for help on the support page. */

const HELP = '/support/help/'

const callForHelp = (someone: Person) => call('POST', HELP, { as: someone.token })

const withFakes = async (someone: Person) => {
  const [time, recorded] = [clock(), recordingCarriers()]
  await setDependencies(someone, { now: time.now, carriers: recorded.carriers })
  return { time, recorded }
}

describe('a call for help', () => {
  test('of a new account, without scenario and contacts, reaches the desk; the trigger of the contract still responds with 404', async () => {
    const sam = await person('sam')
    const { recorded } = await withFakes(sam)
    expect((await trigger(sam)).text).toBe('{"error":"No AlarmScenario associated with this user"}')
    const called = await callForHelp(sam)
    expect([called.status, called.text]).toEqual([200, `{"alarm_id":"${at(called, 'alarm_id')}","music_url":null,"unreachable":[]}`])
    await runAlarm(sam)
    expect(recorded.sent.map(({ channel, message }) => [channel, JSON.parse(message.body)])).toEqual([
      ['desk', expect.objectContaining({ type: 'alarm', accountId: sam.id, status: 'open', scenario: 'No scenario' })],
    ])
  })

  test('without a scenario notifies the contacts and the therapist', async () => {
    const sam = await person('sam')
    const as = sam.token
    const { recorded } = await withFakes(sam)
    const contacts = [ANN, BOB, { name: 'Eve', phone: 'next door', relationship: 'neighbour' }]
    for (const contact of contacts) await call('PATCH', `${V1}/user/edit/contact/${sam.id}/`, { as, json: contact })
    const hall = { name: 'Dr. Hall', phone: '+15551234567', email: 'hall@example.com' }
    await call('PUT', `${V1}/user/create/therapist/${sam.id}/`, { as, json: hall })
    await call('POST', `${V1}/user/music/edit/${sam.id}/`, { as, json: { music: 1 } })
    const called = await callForHelp(sam)
    expect(called.json).toMatchObject({ music_url: 'https://example.com/newsong1.mp3', unreachable: ['Eve'] })
    await runAlarm(sam)
    expect(await deliveriesOf(sam)).toEqual([
      [1, 'Ann', 'email', 'sent', 1],
      [1, 'Bob', 'sms', 'sent', 1],
      [1, 'Dr. Hall', 'email', 'sent', 1],
    ])
    expect(recorded.to('desk')).toHaveLength(1)
  })

  test('with a scenario notifies those whom the scenario names', async () => {
    const sam = await personWithContacts({ scenario: 4 })
    await withFakes(sam)
    await callForHelp(sam)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', 'pending', 0]])
  })

  test('pressed fifty times at once is one alarm, which the trigger of the contract joins', async () => {
    const sam = await personWithContacts()
    await withFakes(sam)
    const calls = await Promise.all(Array.from({ length: 50 }, () => callForHelp(sam)))
    expect(new Set(calls.map(({ text }) => text)).size).toBe(1)
    const joined = at(await trigger(sam), 'alarm_id')
    expect(calls.map((called) => at(called, 'alarm_id'))).toEqual(calls.map(() => joined))
    await runAlarm(sam)
    expect(await deliveriesOf(sam)).toHaveLength(3)
  })

  test('needs a credential, and a browser on another site cannot send it with the cookie', async () => {
    const anonymous = await call('POST', HELP)
    expect([anonymous.status, anonymous.text]).toEqual([401, '{"detail":"Authentication credentials were not provided."}'])
    const sam = await person('sam')
    const headers = { Cookie: `sessionid=${sam.token.replace('Token ', '')}`, Origin: 'https://elsewhere.example' }
    expect((await call('POST', HELP, { headers })).status).toBe(403)
  })

  test('above the rate limit for new alarms is a 429 if no alarm is open', async () => {
    const sam = await person('sam')
    const { time } = await withFakes(sam)
    for (let n = 0; n < 20; n++) {
      const id = at(await callForHelp(sam), 'alarm_id')
      await call('POST', `${V1}/event/alarms/${sam.id}/${id}/ack/`, { as: sam.token })
      time.advance(1000)
    }
    const refused = await callForHelp(sam)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
  })
})
