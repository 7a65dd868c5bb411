import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../../src/compose.ts'
import { SETTINGS } from '../../support/alarm-settings.ts'
import {
  ANN,
  ack,
  alarms,
  BOB,
  clock,
  deliveriesOf,
  EVE_NEXT_DOOR,
  personWithContacts,
  recordingCarriers,
  rows,
  runAlarm,
  setDependencies,
  trigger,
  V1,
} from '../../support/alarms.ts'
import { at, call, readResponse } from '../../support/call.ts'
import { person, personWith } from '../../support/people.ts'
import { handleWith } from '../../support/worker-context.ts'

/** recovery.md: the alarm endpoints. Delivery and escalation are tested in test/durable/alarm-dispatcher.test.ts. */

const USER_NOT_FOUND = '{"error":"User or UserInfo not found"}'
const ALARM_NOT_FOUND = '{"error":"Alarm not found."}'
const UNKNOWN_ID = '6740e2bc8d390fe44b0f398f'

const setUp = async (options: Parameters<typeof personWithContacts>[0] = {}) => {
  const sam = await personWithContacts(options)
  const [time, recorded] = [clock(), recordingCarriers()]
  await setDependencies(sam, { now: time.now, carriers: recorded.carriers })
  return { sam, time, recorded }
}

describe('the trigger', () => {
  test('responds as documented to GET and to POST', async () => {
    const { sam, time } = await setUp()
    const triggered = await trigger(sam)
    const id = at(triggered, 'alarm_id')
    expect(triggered.status).toBe(200)
    expect(triggered.text).toBe(
      `{"scenario":"Pattern 2","messages":[{"music_url":"https://example.com/newsong1.mp3"},"Your sister (Ann) received a notification by email.","Your friend (Bob) received a notification by SMS.","Your therapist (Dr. Hall) was notified."],"alarm_id":"${id}","status":"open"}`,
    )
    time.advance(31_000)
    const posted = await call('POST', `${V1}/event/trigger/${sam.id}`, { as: sam.token })
    expect(posted.status).toBe(200)
    expect(at(posted, 'alarm_id')).not.toBe(id)
  })

  test.each([
    [{ scenario: 1 }, ['Music was not played.', 'Emergency contacts were not notified.', 'Therapist was not notified.']],
    [
      { scenario: 2 },
      [{ music_url: 'https://example.com/newsong1.mp3' }, 'Emergency contacts were not notified.', 'Therapist was not notified.'],
    ],
    [{ scenario: 2, music: 0 }, ['Music was not played.', 'Emergency contacts were not notified.', 'Therapist was not notified.']],
    [
      { scenario: 3, contacts: [], therapist: false, music: 0 },
      ['Music was not played.', 'Emergency contacts were not notified.', 'Therapist was not notified.'],
    ],
    [
      { scenario: 4, music: 2 },
      [
        { music_url: 'https://example.com/newsong2.mp3' },
        'Emergency contacts were not notified.',
        'Your therapist (Dr. Hall) was notified.',
      ],
    ],
    [
      { scenario: 3, contacts: [], oldContacts: [EVE_NEXT_DOOR], therapist: false, music: 0 },
      [
        'Music was not played.',
        'Error sending notification to neighbour (Eve): there is no e-mail address and no phone number that can be dialled',
        'Therapist was not notified.',
      ],
    ],
  ])('%j', async (options, messages) => {
    const { sam, recorded } = await setUp(options)
    expect(at(await trigger(sam), 'messages')).toEqual(messages)
    await runAlarm(sam)
    const notified = messages.filter((message) => typeof message === 'string' && /received a notification|was notified/.test(message))
    expect(recorded.sent.filter(({ channel }) => channel !== 'desk')).toHaveLength(notified.length)
    expect(recorded.to('desk')).toHaveLength(1)
  })

  test('staff can trigger the alarm of any person; other callers get a 404; without a scenario there is no alarm', async () => {
    const [{ sam }, stranger, staff] = [await setUp(), await person(), await personWith('is_staff')]
    expect((await trigger(sam, staff.token)).status).toBe(200)
    for (const id of [sam.id, 987_654_321, 'abc', 0]) {
      const response = await call('GET', `${V1}/event/trigger/${id}/`, { as: stranger.token })
      expect([response.status, response.text]).toEqual([404, USER_NOT_FOUND])
    }
    expect((await call('GET', `${V1}/event/trigger/987654321/`, { as: staff.token })).text).toBe(USER_NOT_FOUND)
    const none = await trigger(stranger)
    expect([none.status, none.text]).toEqual([404, '{"error":"No AlarmScenario associated with this user"}'])
    expect((await call('GET', `${V1}/event/trigger/${sam.id}/`)).status).toBe(401)
  })

  test('HEAD does not trigger an alarm', async () => {
    const { sam } = await setUp()
    const head = await call('HEAD', `${V1}/event/trigger/${sam.id}/`, { as: sam.token })
    expect(head.status).toBe(200)
    expect((await alarms(sam)).text).toBe('{"alarms":[]}')
  })

  test('fifty simultaneous triggers are one alarm, and each recipient is notified once', async () => {
    const { sam, recorded } = await setUp()
    const responses = await Promise.all(Array.from({ length: 50 }, () => trigger(sam)))
    expect(new Set(responses.map((response) => response.text)).size).toBe(1)
    expect(responses[0]?.status).toBe(200)
    await runAlarm(sam)
    expect(recorded.sent.map(({ message }) => message.key).sort()).toEqual(
      [...new Set(recorded.sent.map(({ message }) => message.key))].sort(),
    )
    expect(recorded.to('email').map(({ address }) => address)).toEqual(['ann@example.com', 'hall@example.com'])
    expect(recorded.to('sms').map(({ address }) => address)).toEqual(['+380507654321'])
    expect(at(await alarms(sam), 'alarms', 'length')).toBe(1)
  })

  test('a trigger after thirty seconds, or after an acknowledgement, is a new alarm', async () => {
    const { sam, time } = await setUp()
    const first = at(await trigger(sam), 'alarm_id')
    time.advance(29_999)
    expect(at(await trigger(sam), 'alarm_id')).toBe(first)
    time.advance(1)
    const second = at(await trigger(sam), 'alarm_id')
    expect(second).not.toBe(first)
    await ack(sam, second)
    const third = at(await trigger(sam), 'alarm_id')
    expect([first, second]).not.toContain(third)
  })

  test('above the rate limit for new alarms, a trigger joins the newest alarm; when that one is acknowledged, the trigger is a 429', async () => {
    const { sam, time } = await setUp()
    const ids = new Set<unknown>()
    for (let n = 0; n < 25; n++) {
      ids.add(at(await trigger(sam), 'alarm_id'))
      time.advance(31_000)
    }
    expect(ids.size).toBe(20)
    await ack(sam, [...ids].at(-1))
    const refused = await trigger(sam)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
    time.advance(Number(refused.headers.get('Retry-After')) * 1000)
    expect((await trigger(sam)).status).toBe(200)
  })
})

describe('without a provider', () => {
  const CONTACTS = [ANN, BOB]

  test('in development a message has the state "kept"; the documented sentences stay', async () => {
    const sam = await personWithContacts({ music: 0 })
    await setDependencies(sam, { now: clock().now })
    expect(at(await trigger(sam), 'messages')).toEqual([
      'Music was not played.',
      'Your sister (Ann) received a notification by email.',
      'Your friend (Bob) received a notification by SMS.',
      'Your therapist (Dr. Hall) was notified.',
    ])
    await runAlarm(sam)
    expect(await deliveriesOf(sam)).toEqual([
      [1, 'Ann', 'email', 'kept', 1],
      [1, 'Bob', 'sms', 'kept', 1],
      [1, 'Dr. Hall', 'email', 'kept', 1],
    ])
  })

  const SMS = { SMS_ACCOUNT_SID: 'AC1', SMS_AUTH_TOKEN: 't', SMS_FROM: '+15550000000' }
  const EMAIL = { EMAIL_FROM: 'help@example.com', EMAIL_API_KEY: 'k' }

  test.each([
    [
      'no provider',
      {},
      [
        'Your sister (Ann) could not be notified by email.',
        'Your friend (Bob) could not be notified by SMS.',
        'Your therapist (Dr. Hall) could not be notified by email.',
      ],
    ],
    [
      'an e-mail provider only',
      EMAIL,
      [
        'Your sister (Ann) received a notification by email.',
        'Your friend (Bob) could not be notified by SMS.',
        'Your therapist (Dr. Hall) was notified.',
      ],
    ],
    [
      'an SMS provider only',
      SMS,
      [
        'Your sister (Ann) received a notification by SMS.',
        'Your friend (Bob) received a notification by SMS.',
        'Your therapist (Dr. Hall) was notified.',
      ],
    ],
  ])('in production the sentences say which channel could not be used: %s', async (_what, settings, sentences) => {
    const sam = await personWithContacts({ contacts: CONTACTS, music: 0 })
    await setDependencies(sam, { now: clock().now, carriers: recordingCarriers().carriers })
    const request = new Request(`https://concord.test${V1}/event/trigger/${sam.id}/`, { headers: { Authorization: sam.token } })
    const tasks: Promise<unknown>[] = []
    const context = createContext({ ...env, OUTBOX_IS_CHANNEL: 'false', ...settings }, { waitUntil: (task) => tasks.push(task) })
    const response = await readResponse(await handleWith(request, context))
    await Promise.all(tasks)
    expect(response.status).toBe(200)
    expect(at(response, 'messages')).toEqual(['Music was not played.', ...sentences])
  })

  test('a recipient is notified by the channel that can be used, at every step', async () => {
    const { sam, time, recorded } = await setUp({ therapist: false })
    const settings = { ...SETTINGS, channels: ['sms'] as const, outboxIsChannel: false }
    await setDependencies(sam, { now: time.now, carriers: recorded.carriers, settings })
    await trigger(sam)
    await runAlarm(sam)
    time.advance(5 * 60_000)
    await runAlarm(sam)
    expect(recorded.to('sms').map(({ recipient }) => recipient)).toEqual(['Ann', 'Bob', 'Ann', 'Bob'])
    expect(recorded.to('email')).toEqual([])
  })
})

describe('the list of alarms', () => {
  test('contains every alarm with every delivery, newest first', async () => {
    const { sam, time } = await setUp()
    const first = at(await trigger(sam), 'alarm_id')
    await runAlarm(sam)
    time.advance(60_000)
    const second = at(await trigger(sam), 'alarm_id')
    const listed = await alarms(sam)
    const ids = (await rows<{ id: string }>(sam, `SELECT id FROM deliveries WHERE channel <> 'desk' ORDER BY number`)).map(({ id }) => id)
    const delivery = (id: string, recipient: string, channel: string, state: string, attempts: number, time: string) =>
      `{"id":"${id}","step":1,"recipient":"${recipient}","channel":"${channel}","state":"${state}","attempts":${attempts},"updated_at":"${time}"}`
    const three = (from: number, ...state: [string, number, string]) =>
      [
        delivery(ids[from] ?? '', 'Ann', 'email', ...state),
        delivery(ids[from + 1] ?? '', 'Bob', 'sms', ...state),
        delivery(ids[from + 2] ?? '', 'Dr. Hall', 'email', ...state),
      ].join(',')
    const alarm = (id: unknown, time: string, deliveries: string) =>
      `{"alarm_id":"${id}","scenario":"Pattern 2","status":"open","triggered_at":"${time}","acknowledged_at":null,"acknowledged_by":null,"note":"","deliveries":[${deliveries}]}`
    expect(listed.text).toBe(
      `{"alarms":[${alarm(second, '2040-01-01T00:01:00Z', three(3, 'pending', 0, '2040-01-01T00:01:00Z'))},${alarm(first, '2040-01-01T00:00:00Z', three(0, 'sent', 1, '2040-01-01T00:00:00Z'))}]}`,
    )
  })

  test('only the person and staff can read it; other callers get a 404', async () => {
    const [{ sam }, stranger, staff] = [await setUp(), await person(), await personWith('is_admin')]
    await trigger(sam)
    expect((await alarms(sam, staff.token)).text).toBe((await alarms(sam)).text)
    expect((await alarms(stranger)).text).toBe('{"alarms":[]}')
    for (const [id, as] of [
      [sam.id, stranger.token],
      [987_654_321, stranger.token],
      [987_654_321, staff.token],
      ['x', staff.token],
    ] as const) {
      const response = await call('GET', `${V1}/event/alarms/${id}/`, { as })
      expect([response.status, response.text]).toEqual([404, USER_NOT_FOUND])
    }
  })
})

describe('acknowledging an alarm', () => {
  test('stops unsent deliveries, stores who acknowledged it, and changes nothing when repeated', async () => {
    const { sam, time, recorded } = await setUp()
    const staff = await personWith('is_staff')
    const id = at(await trigger(sam), 'alarm_id')
    const acknowledged = await ack(sam, id, { note: 'False alarm,\nsorry' }, staff.token)
    expect([acknowledged.status, acknowledged.text]).toEqual([200, `{"alarm_id":"${id}","status":"acknowledged"}`])
    time.advance(1000)
    expect((await ack(sam, id, { note: 'again' })).text).toBe(acknowledged.text)
    const alarm = at(await alarms(sam), 'alarms', 0)
    expect(alarm).toMatchObject({ status: 'acknowledged', acknowledged_at: '2040-01-01T00:00:00Z', acknowledged_by: staff.username })
    expect(alarm).toMatchObject({ note: 'False alarm,\nsorry' })
    expect((await deliveriesOf(sam)).map((delivery) => Array.isArray(delivery) && delivery[3])).toEqual(['stopped', 'stopped', 'stopped'])
    const [stored] = await rows<{ note: string; by: number }>(sam, 'SELECT note, acknowledged_by_id AS by FROM alarms')
    expect(stored).toEqual({ note: 'False alarm,\nsorry', by: staff.id })
    time.advance(48 * 60 * 60_000)
    await runAlarm(sam)
    expect(recorded.to('email')).toEqual([])
    expect(recorded.to('desk').map(({ body }) => JSON.parse(body).status)).toEqual(['acknowledged'])
  })

  test('fifty simultaneous acknowledgements notify the desk once', async () => {
    const { sam } = await setUp()
    const id = at(await trigger(sam), 'alarm_id')
    const responses = await Promise.all(Array.from({ length: 50 }, () => ack(sam, id)))
    expect(new Set(responses.map(({ text }) => text)).size).toBe(1)
    expect(await rows(sam, `SELECT id FROM deliveries WHERE id LIKE '%.desk.ack'`)).toHaveLength(1)
  })

  test('an unknown alarm, or one of another person, is a 404 for every caller', async () => {
    const [{ sam }, stranger, staff] = [await setUp(), await person(), await personWith('is_staff')]
    const id = at(await trigger(sam), 'alarm_id')
    for (const [personId, alarmId, as] of [
      [sam.id, id, stranger.token],
      [sam.id, UNKNOWN_ID, stranger.token],
      [stranger.id, id, stranger.token],
      [sam.id, UNKNOWN_ID, sam.token],
      [sam.id, "'; DROP TABLE alarms", sam.token],
      [sam.id, UNKNOWN_ID, staff.token],
      [987_654_321, id, staff.token],
      ['x', id, staff.token],
    ] as const) {
      const path = `${V1}/event/alarms/${personId}/${encodeURIComponent(String(alarmId))}/ack/`
      const response = await call('POST', path, { as, json: { note: 5 } })
      expect([response.status, response.text]).toEqual([404, ALARM_NOT_FOUND])
    }
    expect(at(await alarms(sam), 'alarms', 0, 'status')).toBe('open')
  })

  test('an invalid note is rejected; the body may be omitted', async () => {
    const { sam } = await setUp()
    const id = at(await trigger(sam), 'alarm_id')
    expect((await ack(sam, id, { note: 'x'.repeat(1001) })).text).toBe('{"note":["Ensure this field has no more than 1000 characters."]}')
    expect((await ack(sam, id, { note: true })).status).toBe(400)
    expect((await call('POST', `${V1}/event/alarms/${sam.id}/${id}/ack`, { as: sam.token })).status).toBe(200)
  })
})

test('the index of open alarms gets a row at the trigger and loses it when the alarm is finished', async () => {
  const { sam, time } = await setUp()
  const indexed = () => env.DB.prepare('SELECT count(*) AS n FROM open_alarms WHERE account_id = ?').bind(sam.id).first<number>('n')
  const id = at(await trigger(sam), 'alarm_id')
  await expect.poll(indexed).toBe(1)
  await runAlarm(sam)
  expect(await indexed()).toBe(1)
  await ack(sam, id)
  await runAlarm(sam)
  expect(await indexed()).toBe(0)
  time.advance(1000)
  await runInDurableObject(env.ALARM_DISPATCHER.getByName(String(sam.id)), async (_object, state) => {
    expect(await state.storage.getAlarm()).toBeNull()
  })
})
