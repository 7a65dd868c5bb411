import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { ack, alarms, cast, clock, deliveriesOf, recorder, refit, ring, rows, trigger, V1 } from '../support/alarms.ts'
import { at, call } from '../support/call.ts'
import { person, personWith } from '../support/people.ts'

/** recovery.md: what an alarm is asked and answers. What the object does by itself: test/durable/alarm-dispatcher.test.ts. */

const NOBODY = '{"error":"User or UserInfo not found"}'
const NO_ALARM = '{"error":"Alarm not found."}'
const UNKNOWN = '6740e2bc8d390fe44b0f398f'

const fitted = async (given: Parameters<typeof cast>[0] = {}) => {
  const sam = await cast(given)
  const [time, told] = [clock(), recorder()]
  await refit(sam, { now: time.now, carriers: told.carriers })
  return { sam, time, told }
}

describe('the trigger', () => {
  test('answers as documented, by GET and by POST', async () => {
    const { sam, time } = await fitted()
    const rung = await trigger(sam)
    const id = at(rung, 'alarm_id')
    expect(rung.status).toBe(200)
    expect(rung.text).toBe(
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
      { scenario: 3, contacts: [{ name: 'Eve', phone: 'next door', relationship: 'neighbour' }], therapist: false, music: 0 },
      [
        'Music was not played.',
        'Error sending notification to neighbour (Eve): there is no e-mail address and no phone number that can be dialled',
        'Therapist was not notified.',
      ],
    ],
  ])('%j', async (given, messages) => {
    const { sam, told } = await fitted(given)
    expect(at(await trigger(sam), 'messages')).toEqual(messages)
    await ring(sam)
    const said = messages.filter((message) => typeof message === 'string' && /received a notification|was notified/.test(message))
    expect(told.sent.filter(({ channel }) => channel !== 'desk')).toHaveLength(said.length)
    expect(told.to('desk')).toHaveLength(1)
  })

  test('staff ring for others; to a stranger nobody is there; without a scenario nothing rings', async () => {
    const [{ sam }, stranger, staff] = [await fitted(), await person(), await personWith('is_staff')]
    expect((await trigger(sam, staff.token)).status).toBe(200)
    for (const id of [sam.id, 987_654_321, 'abc', 0]) {
      const answer = await call('GET', `${V1}/event/trigger/${id}/`, { as: stranger.token })
      expect([answer.status, answer.text]).toEqual([404, NOBODY])
    }
    expect((await call('GET', `${V1}/event/trigger/987654321/`, { as: staff.token })).text).toBe(NOBODY)
    const none = await trigger(stranger)
    expect([none.status, none.text]).toEqual([404, '{"error":"No AlarmScenario associated with this user"}'])
    expect((await call('GET', `${V1}/event/trigger/${sam.id}/`)).status).toBe(401)
  })

  test('HEAD rings nothing', async () => {
    const { sam } = await fitted()
    const head = await call('HEAD', `${V1}/event/trigger/${sam.id}/`, { as: sam.token })
    expect(head.status).toBe(200)
    expect((await alarms(sam)).text).toBe('{"alarms":[]}')
  })

  test('fifty at once are one alarm, and everybody is told once', async () => {
    const { sam, told } = await fitted()
    const answers = await Promise.all(Array.from({ length: 50 }, () => trigger(sam)))
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
    expect(answers[0]?.status).toBe(200)
    await ring(sam)
    expect(told.sent.map(({ message }) => message.key).sort()).toEqual([...new Set(told.sent.map(({ message }) => message.key))].sort())
    expect(told.to('email').map(({ address }) => address)).toEqual(['ann@example.com', 'hall@example.com'])
    expect(told.to('sms').map(({ address }) => address)).toEqual(['+380507654321'])
    expect(at(await alarms(sam), 'alarms', 'length')).toBe(1)
  })

  test('after thirty seconds, or after "I am safe", it is a new alarm', async () => {
    const { sam, time } = await fitted()
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

  test('who goes on and on joins what rings; ringing and calling off again is slowed down in the end', async () => {
    const { sam, time } = await fitted()
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

describe('the list', () => {
  test('shows every alarm with every delivery, the newest first', async () => {
    const { sam, time } = await fitted()
    const first = at(await trigger(sam), 'alarm_id')
    await ring(sam)
    time.advance(60_000)
    const second = at(await trigger(sam), 'alarm_id')
    const listed = await alarms(sam)
    const ids = (await rows<{ id: string }>(sam, `SELECT id FROM deliveries WHERE channel <> 'desk' ORDER BY number`)).map(({ id }) => id)
    const delivery = (id: string, recipient: string, channel: string, state: string, attempts: number, time: string) =>
      `{"id":"${id}","step":1,"recipient":"${recipient}","channel":"${channel}","state":"${state}","attempts":${attempts},"updated_at":"${time}"}`
    const three = (from: number, ...how: [string, number, string]) =>
      [
        delivery(ids[from] ?? '', 'Ann', 'email', ...how),
        delivery(ids[from + 1] ?? '', 'Bob', 'sms', ...how),
        delivery(ids[from + 2] ?? '', 'Dr. Hall', 'email', ...how),
      ].join(',')
    const alarm = (id: unknown, time: string, deliveries: string) =>
      `{"alarm_id":"${id}","scenario":"Pattern 2","status":"open","triggered_at":"${time}","acknowledged_at":null,"acknowledged_by":null,"deliveries":[${deliveries}]}`
    expect(listed.text).toBe(
      `{"alarms":[${alarm(second, '2040-01-01T00:01:00Z', three(3, 'pending', 0, '2040-01-01T00:01:00Z'))},${alarm(first, '2040-01-01T00:00:00Z', three(0, 'sent', 1, '2040-01-01T00:00:00Z'))}]}`,
    )
  })

  test('is for the person and staff; to anybody else nobody is there', async () => {
    const [{ sam }, stranger, staff] = [await fitted(), await person(), await personWith('is_admin')]
    await trigger(sam)
    expect((await alarms(sam, staff.token)).text).toBe((await alarms(sam)).text)
    expect((await alarms(stranger)).text).toBe('{"alarms":[]}')
    for (const [id, as] of [
      [sam.id, stranger.token],
      [987_654_321, stranger.token],
      [987_654_321, staff.token],
      ['x', staff.token],
    ] as const) {
      const answer = await call('GET', `${V1}/event/alarms/${id}/`, { as })
      expect([answer.status, answer.text]).toEqual([404, NOBODY])
    }
  })
})

describe('"I am safe"', () => {
  test('stops what was not sent, keeps who said so, and changes nothing when said again', async () => {
    const { sam, time, told } = await fitted()
    const staff = await personWith('is_staff')
    const id = at(await trigger(sam), 'alarm_id')
    const said = await ack(sam, id, { note: 'False alarm,\nsorry' }, staff.token)
    expect([said.status, said.text]).toEqual([200, `{"alarm_id":"${id}","status":"acknowledged"}`])
    time.advance(1000)
    expect((await ack(sam, id, { note: 'again' })).text).toBe(said.text)
    const alarm = at(await alarms(sam), 'alarms', 0)
    expect(alarm).toMatchObject({ status: 'acknowledged', acknowledged_at: '2040-01-01T00:00:00Z', acknowledged_by: staff.username })
    expect((await deliveriesOf(sam)).map((delivery) => Array.isArray(delivery) && delivery[3])).toEqual(['stopped', 'stopped', 'stopped'])
    const [kept] = await rows<{ note: string; by: number }>(sam, 'SELECT note, acknowledged_by_id AS by FROM alarms')
    expect(kept).toEqual({ note: 'False alarm,\nsorry', by: staff.id })
    time.advance(48 * 60 * 60_000)
    await ring(sam)
    expect(told.to('email')).toEqual([])
    expect(told.to('desk').map(({ body }) => JSON.parse(body).status)).toEqual(['acknowledged'])
  })

  test('fifty at once say it once', async () => {
    const { sam } = await fitted()
    const id = at(await trigger(sam), 'alarm_id')
    const answers = await Promise.all(Array.from({ length: 50 }, () => ack(sam, id)))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await rows(sam, `SELECT id FROM deliveries WHERE id LIKE '%.desk.ack'`)).toHaveLength(1)
  })

  test('an alarm that is not there, or not theirs, is a 404 for everybody', async () => {
    const [{ sam }, stranger, staff] = [await fitted(), await person(), await personWith('is_staff')]
    const id = at(await trigger(sam), 'alarm_id')
    for (const [whose, alarmId, as] of [
      [sam.id, id, stranger.token],
      [sam.id, UNKNOWN, stranger.token],
      [stranger.id, id, stranger.token],
      [sam.id, UNKNOWN, sam.token],
      [sam.id, "'; DROP TABLE alarms", sam.token],
      [sam.id, UNKNOWN, staff.token],
      [987_654_321, id, staff.token],
      ['x', id, staff.token],
    ] as const) {
      const path = `${V1}/event/alarms/${whose}/${encodeURIComponent(String(alarmId))}/ack/`
      const answer = await call('POST', path, { as, json: { note: 5 } })
      expect([answer.status, answer.text]).toEqual([404, NO_ALARM])
    }
    expect(at(await alarms(sam), 'alarms', 0, 'status')).toBe('open')
  })

  test('a note that is none is refused, and no body is none', async () => {
    const { sam } = await fitted()
    const id = at(await trigger(sam), 'alarm_id')
    expect((await ack(sam, id, { note: 'x'.repeat(1001) })).text).toBe('{"note":["Ensure this field has no more than 1000 characters."]}')
    expect((await ack(sam, id, { note: true })).status).toBe(400)
    expect((await call('POST', `${V1}/event/alarms/${sam.id}/${id}/ack`, { as: sam.token })).status).toBe(200)
  })
})

test('the index of open alarms follows: written with the trigger, struck out when all is over', async () => {
  const { sam, time } = await fitted()
  const noted = () => env.DB.prepare('SELECT count(*) AS n FROM open_alarms WHERE account_id = ?').bind(sam.id).first<number>('n')
  const id = at(await trigger(sam), 'alarm_id')
  await expect.poll(noted).toBe(1)
  await ring(sam)
  expect(await noted()).toBe(1)
  await ack(sam, id)
  await ring(sam)
  expect(await noted()).toBe(0)
  time.advance(1000)
  await runInDurableObject(env.ALARM_DISPATCHER.getByName(String(sam.id)), async (_object, state) => {
    expect(await state.storage.getAlarm()).toBeNull()
  })
})
