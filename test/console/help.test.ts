import { describe, expect, test } from 'vitest'
import {
  ANN,
  ack,
  BOB,
  clock,
  deliveriesOf,
  dispatcherOf,
  EVE_NEXT_DOOR,
  MINUTE,
  personWithContacts,
  recordingCarriers,
  rows,
  runAlarm,
  setDependencies,
  storeContact,
  trigger,
  V1,
} from '../support/alarms.ts'
import { at, call } from '../support/call.ts'
import { type Person, person, personWith } from '../support/people.ts'

/** The call for help on the support page. */

const HELP = '/support/help/'

const callForHelp = (someone: Person) => call('POST', HELP, { as: someone.token })

const withFakes = async (someone: Person) => {
  const [time, recorded] = [clock(), recordingCarriers()]
  await setDependencies(someone, { now: time.now, carriers: recorded.carriers })
  return { time, recorded }
}

test('the list shows the alarms that are open or of the last day, who was told, and whether the person is safe', async () => {
  const [sam, other, staff] = [await personWithContacts({ therapist: false }), await person(), await personWith('is_staff')]
  const { time } = await withFakes(sam)
  const read = async (as = sam.token) => (await call('GET', HELP, { as })).text
  expect(await read()).toBe('{"alarms":[]}')
  // The object's clock is far ahead of the Worker's, so every alarm counts as new.
  const id = at(await callForHelp(sam), 'alarm_id')
  const alarm = (status: string, by: string | null, isSafe: boolean, deliveries: [string, string, string, string][]) => ({
    alarm_id: id,
    status,
    triggered_at: '2040-01-01T00:00:00Z',
    acknowledged_by: by,
    is_safe: isSafe,
    deliveries: deliveries.map(([recipient, channel, state, purpose]) => ({ recipient, channel, state, purpose })),
  })
  const pending = [
    ['Ann', 'email', 'pending', 'alarm'],
    ['Bob', 'sms', 'pending', 'alarm'],
  ] satisfies [string, string, string, string][]
  const sent = [
    ['Ann', 'email', 'sent', 'alarm'],
    ['Bob', 'sms', 'sent', 'alarm'],
  ] satisfies [string, string, string, string][]
  expect(await read()).toBe(JSON.stringify({ alarms: [alarm('open', null, false, pending)] }))
  await runAlarm(sam)
  await ack(sam, id, {}, staff.token)
  await runAlarm(sam)
  const answered = ['Ann', 'Bob'].map((name, n): [string, string, string, string] => [name, n === 0 ? 'email' : 'sms', 'sent', 'answered'])
  expect(await read()).toBe(JSON.stringify({ alarms: [alarm('acknowledged', staff.username, false, [...sent, ...answered])] }))
  await ack(sam, id)
  time.advance(1000)
  await runAlarm(sam)
  const safe = answered.map(([name, channel, state]): [string, string, string, string] => [name, channel, state, 'all-clear'])
  expect(await read()).toBe(JSON.stringify({ alarms: [alarm('acknowledged', staff.username, true, [...sent, ...answered, ...safe])] }))
  expect(await read(other.token)).toBe('{"alarms":[]}')
  expect((await call('GET', HELP)).status).toBe(401)
})

test('an alarm that ended more than a day ago is not listed', async () => {
  const sam = await person('sam')
  const time = clock(Date.now() - 25 * 60 * 60_000)
  await setDependencies(sam, { now: time.now, carriers: recordingCarriers().carriers })
  const id = at(await callForHelp(sam), 'alarm_id')
  expect(at(await call('GET', HELP, { as: sam.token }), 'alarms', 'length')).toBe(1)
  await ack(sam, id)
  expect(at(await call('GET', HELP, { as: sam.token }), 'alarms', 'length')).toBe(0)
})

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
    for (const contact of [ANN, BOB]) await call('PATCH', `${V1}/user/edit/contact/${sam.id}/`, { as, json: contact })
    await storeContact(sam, EVE_NEXT_DOOR)
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

  test('repeated with its id starts nothing, whatever has happened since: fifty at once, after the alarm was joined, and after it ended', async () => {
    const sam = await personWithContacts()
    const { time } = await withFakes(sam)
    const callWith = (id: string) => call('POST', HELP, { as: sam.token, json: { call_id: id } })
    const calls = await Promise.all(Array.from({ length: 50 }, () => callWith('first')))
    const [first, ...others] = new Set(calls.map((called) => at(called, 'alarm_id')))
    expect(others).toEqual([])
    time.advance(2 * MINUTE)
    expect(at(await callWith('first'), 'alarm_id')).toBe(first)
    // A call with another id is a new one, as before.
    const second = at(await callWith('second'), 'alarm_id')
    expect(second).not.toBe(first)
    for (const id of [first, second]) await call('POST', `${V1}/event/alarms/${sam.id}/${id}/ack/`, { as: sam.token })
    expect(at(await callWith('first'), 'alarm_id')).toBe(first)
    expect(at(await callWith('second'), 'alarm_id')).toBe(second)
    expect(at(await call('GET', `${V1}/event/alarms/${sam.id}/`, { as: sam.token }), 'alarms')).toHaveLength(2)
  })

  test('whose first attempt was interrupted is stored whole or not at all, and the repeated one starts one alarm', async () => {
    const sam = await person('sam')
    await withFakes(sam)
    let interruptions = 0
    const checkpoint = (): void => {
      if (interruptions++ === 0) throw new Error('interrupted')
    }
    await setDependencies(sam, { checkpoint })
    const trigger = {
      accountId: sam.id,
      username: 'sam',
      displayName: 'Sam',
      location: '',
      scenario: 'No scenario',
      recipients: [],
      messages: [],
    }
    const callOnce = () => dispatcherOf(sam).trigger(trigger, 'first')
    const attempt = async (): Promise<unknown> => {
      try {
        return await callOnce()
      } catch (error) {
        return String(error)
      }
    }
    expect(await attempt()).toBe('Error: interrupted')
    expect(await rows(sam, 'SELECT (SELECT count(*) FROM calls) AS calls, (SELECT count(*) FROM alarms) AS alarms')).toEqual([
      { calls: 0, alarms: 0 },
    ])
    expect(await callOnce()).toEqual(await callOnce())
    expect(await rows(sam, 'SELECT (SELECT count(*) FROM calls) AS calls, (SELECT count(*) FROM alarms) AS alarms')).toEqual([
      { calls: 1, alarms: 1 },
    ])
  })

  test('with another person’s call id is a call of its own', async () => {
    const [sam, eve] = [await person('sam'), await person('eve')]
    const ids = []
    for (const { token } of [sam, eve]) ids.push(at(await call('POST', HELP, { as: token, json: { call_id: 'same' } }), 'alarm_id'))
    expect(new Set(ids).size).toBe(2)
  })

  test.each([['x'.repeat(65)], [true], [['a']], [{}], ['']])('with the id %j is a 400', async (id) => {
    const sam = await person('sam')
    expect((await call('POST', HELP, { as: sam.token, json: { call_id: id } })).status).toBe(400)
  })

  test('the ids of old calls are deleted', async () => {
    const sam = await person('sam')
    await withFakes(sam)
    for (let n = 0; n < 105; n++) await call('POST', HELP, { as: sam.token, json: { call_id: `call ${n}` } })
    expect(await rows(sam, 'SELECT count(*) AS count, min(id) AS first FROM calls')).toEqual([{ count: 100, first: 'call 10' }])
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
