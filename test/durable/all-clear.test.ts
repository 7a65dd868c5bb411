import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { AlarmDispatcher } from '../../src/durable/alarm-dispatcher.ts'
import type { Checkpoint } from '../../src/durable/alarm-work.ts'
import type { Outcome } from '../../src/model/alarm.ts'
import {
  ack,
  alarms,
  clock,
  deliveriesOf,
  dispatcherOf,
  MINUTE,
  personWithContacts,
  recordingCarriers,
  rows,
  runAlarm,
  SENT,
  setDependencies,
  trigger,
} from '../support/alarms.ts'
import { at } from '../support/call.ts'
import { personWith } from '../support/people.ts'

/** "I am safe": everybody who was told of the alarm is told so, once, and nobody else. */

const EVE = { name: 'Eve', phone: '+380509999999', email: 'eve@example.com', relationship: 'neighbour' }
const ANN = { name: 'Ann', phone: '+380501234567', email: 'ann@example.com', relationship: 'sister' }
const BOB = { name: 'Bob', phone: '+380507654321', relationship: 'friend' }
const REFUSED: Outcome = { type: 'refused', reason: 'HTTP 422' }

const setUp = async (answer: Parameters<typeof recordingCarriers>[0] = SENT) => {
  const sam = await personWithContacts({ contacts: [ANN, BOB, EVE], therapist: false })
  const [time, recorded] = [clock(), recordingCarriers(answer)]
  await setDependencies(sam, { now: time.now, carriers: recorded.carriers })
  /** `[channel, recipient]` of what was sent after the first `count` messages, without the desk. */
  const sentAfter = (count: number) =>
    recorded.sent
      .slice(count)
      .filter(({ channel }) => channel !== 'desk')
      .map(({ channel, message }) => [channel, message.recipient])
      .sort()
  return { sam, time, recorded, sentAfter }
}

test('everybody who was told gets one all-clear by each channel used; who was never told hears nothing', async () => {
  const { sam, time, recorded, sentAfter } = await setUp(({ recipient }) => (recipient === 'Eve' ? REFUSED : SENT))
  const id = at(await trigger(sam), 'alarm_id')
  await runAlarm(sam)
  time.advance(5 * MINUTE)
  await runAlarm(sam)
  const before = recorded.sent.length
  await ack(sam, id)
  await runAlarm(sam)
  expect(sentAfter(before)).toEqual([
    ['email', 'Ann'],
    ['sms', 'Ann'],
    ['sms', 'Bob'],
  ])
  const [email] = recorded.to('email').slice(-1)
  expect(email).toMatchObject({ address: 'ann@example.com', subject: `${sam.username} is safe: the alarm is over` })
  expect(recorded.to('desk').map(({ body }) => JSON.parse(body).status)).toEqual(['open', 'open', 'acknowledged'])
  expect((await deliveriesOf(sam)).slice(-3)).toEqual([
    [0, 'Ann', 'email', 'sent', 1],
    [0, 'Ann', 'sms', 'sent', 1],
    [0, 'Bob', 'sms', 'sent', 1],
  ])

  await Promise.all(Array.from({ length: 20 }, () => ack(sam, id)))
  time.advance(60 * MINUTE)
  await runAlarm(sam)
  expect(recorded.sent).toHaveLength(before + 4)
})

test('twenty simultaneous presses send one all-clear', async () => {
  const { sam, recorded, sentAfter } = await setUp()
  const id = at(await trigger(sam), 'alarm_id')
  await runAlarm(sam)
  const before = recorded.sent.length
  await Promise.all(Array.from({ length: 20 }, () => ack(sam, id)))
  await runAlarm(sam)
  expect(sentAfter(before)).toEqual([
    ['email', 'Ann'],
    ['email', 'Eve'],
    ['sms', 'Bob'],
  ])
})

test('an all-clear that fails is retried, like every message', async () => {
  const { sam, time, recorded } = await setUp(({ key }, attempt) =>
    key.endsWith('.all-clear') && attempt === 1 ? { type: 'retry', reason: 'HTTP 500', afterMs: null } : SENT,
  )
  const id = at(await trigger(sam), 'alarm_id')
  await runAlarm(sam)
  await ack(sam, id)
  await runAlarm(sam)
  expect((await deliveriesOf(sam)).slice(-3).map((one) => Array.isArray(one) && one[3])).toEqual(['pending', 'pending', 'pending'])
  time.advance(MINUTE)
  await runAlarm(sam)
  expect((await deliveriesOf(sam)).slice(-3).map((one) => Array.isArray(one) && one.slice(3))).toEqual(Array(3).fill(['sent', 2]))
  expect(new Set(recorded.sent.map(({ message }) => message.key)).size).toBe(8)
})

describe('when staff have acknowledged the alarm', () => {
  test('those who were told are told that it is answered; the all-clear follows when the person says that they are safe', async () => {
    const [{ sam, time, recorded, sentAfter }, staff] = [await setUp(), await personWith('is_staff')]
    const id = at(await trigger(sam), 'alarm_id')
    await runAlarm(sam)
    await ack(sam, id, {}, staff.token)
    await runAlarm(sam)
    expect(recorded.to('email').slice(-1)[0]?.subject).toBe(`The alarm of ${sam.username} is being answered`)
    const before = recorded.sent.length
    time.advance(MINUTE)
    expect((await ack(sam, id)).text).toBe(`{"alarm_id":"${id}","status":"acknowledged"}`)
    await runAlarm(sam)
    expect(sentAfter(before)).toEqual([
      ['email', 'Ann'],
      ['email', 'Eve'],
      ['sms', 'Bob'],
    ])
    expect(recorded.to('email').slice(-1)[0]?.subject).toBe(`${sam.username} is safe: the alarm is over`)
    const toDesk = recorded.to('desk').map(({ body }) => JSON.parse(body))
    expect(toDesk.map(({ status, acknowledgedBy }) => [status, acknowledgedBy])).toEqual([
      ['open', null],
      ['acknowledged', staff.username],
      ['acknowledged', sam.username],
    ])
    expect(at(await alarms(sam), 'alarms', 0)).toMatchObject({ acknowledged_by: staff.username, acknowledged_at: '2040-01-01T00:00:00Z' })
  })

  test('a message that it is answered is not sent any more after the all-clear', async () => {
    const [{ sam, recorded, sentAfter }, staff] = [await setUp(), await personWith('is_staff')]
    const id = at(await trigger(sam), 'alarm_id')
    await runAlarm(sam)
    const before = recorded.sent.length
    await ack(sam, id, {}, staff.token)
    await ack(sam, id)
    await runAlarm(sam)
    expect(sentAfter(before)).toHaveLength(3)
    expect(await rows(sam, "SELECT state, count(*) AS n FROM deliveries WHERE purpose <> 'alarm' GROUP BY state ORDER BY state")).toEqual([
      { state: 'sent', n: 3 },
      { state: 'stopped', n: 3 },
    ])
  })
})

describe('a crash', () => {
  /** Prepares the object again after each crash, and injects the next one. A failed call is made up for by the cron. */
  const scenario = async (inject: (reached: Checkpoint, state: DurableObjectState) => void) => {
    const sam = await personWithContacts({ contacts: [ANN, BOB, EVE], therapist: false })
    const time = clock()
    const accepted = new Map<string, number>()
    const { carriers } = recordingCarriers(({ key, recipient }) => {
      if (recipient === 'Eve') return REFUSED
      accepted.set(key, (accepted.get(key) ?? 0) + 1)
      return SENT
    })
    const run = async (work: () => Promise<unknown>) => {
      await runInDurableObject(dispatcherOf(sam), (object, state) => {
        if (!(object instanceof AlarmDispatcher)) throw new Error('no dispatcher')
        const checkpoint = (reached: Checkpoint) => inject(reached, state)
        object.dependencies = { ...object.dependencies, random: () => 0.5, now: time.now, carriers, checkpoint }
      })
      await work().catch(() => dispatcherOf(sam).rearm())
      time.advance(MINUTE)
    }
    const acknowledge = (alarmId: string) =>
      dispatcherOf(sam).acknowledge({ alarmId, by: { id: sam.id, username: sam.username }, note: '' })
    return { sam, time, accepted, run, acknowledge }
  }

  const CHECKPOINTS: Checkpoint[] = ['acknowledged', 'attempt-started', 'attempt-sent', 'attempt-recorded', 'items-handled', 'alarm-set']

  test.each(CHECKPOINTS.flatMap((checkpoint) => [1, 2, 3].map((nth) => [checkpoint, nth] as const)))(
    'at "%s", reached for the %i. time after the alarm: each told person gets one all-clear, nobody else any',
    async (checkpoint, nth) => {
      let isArmed = false
      let reachedTimes = 0
      const { sam, accepted, run, acknowledge } = await scenario((reached, state) => {
        if (isArmed && reached === checkpoint && ++reachedTimes === nth) state.abort('crash injected by the test')
      })
      await run(() => trigger(sam))
      await run(() => runAlarm(sam))
      const alarmId = String(at(await alarms(sam), 'alarms', 0, 'alarm_id'))
      const told = [...accepted.keys()].filter((key) => !key.includes('.desk.'))
      expect(told).toHaveLength(2)
      isArmed = true
      for (let n = 0; n < 3; n++) await run(() => acknowledge(alarmId))
      for (let n = 0; n < 4; n++) await run(() => runAlarm(sam))
      const allClears = [...accepted].filter(([key]) => key.endsWith('.all-clear'))
      expect(allClears.map(([key]) => key.split('.').slice(1, 3).join(' ')).sort()).toEqual([
        expect.stringMatching(/^contact-\d+ email$/),
        expect.stringMatching(/^contact-\d+ sms$/),
      ])
      // Only a message that was being sent during the crash may be sent a second time, with the same key.
      expect(Math.max(...allClears.map(([, times]) => times))).toBeLessThanOrEqual(2)
      expect((await deliveriesOf(sam)).slice(-2).map((one) => Array.isArray(one) && one.slice(0, 4))).toEqual([
        [0, 'Ann', 'email', 'sent'],
        [0, 'Bob', 'sms', 'sent'],
      ])
    },
  )

  test('while a message is being sent, and "I am safe" before its outcome: who may have been told gets an all-clear', async () => {
    const { sam, recorded, time } = await setUp(({ key, recipient }) => {
      if (key.endsWith('.all-clear') || recipient !== 'Ann') return SENT
      return new Promise(() => {}) // no response: the object stops while it waits
    })
    const id = at(await trigger(sam), 'alarm_id')
    const running = runAlarm(sam).catch(() => 'stopped')
    await expect.poll(async () => (await deliveriesOf(sam)).filter((one) => Array.isArray(one) && one[3] === 'sent')).toHaveLength(2)
    await ack(sam, id)
    expect((await deliveriesOf(sam))[0]).toEqual([1, 'Ann', 'email', 'stopped', 1])
    await runInDurableObject(dispatcherOf(sam), (_object, state) => state.abort('crash injected by the test')).catch(() => {})
    await running
    await setDependencies(sam, { now: time.now, carriers: recorded.carriers })
    await runAlarm(sam)
    expect(await deliveriesOf(sam)).toEqual([
      [1, 'Ann', 'email', 'uncertain', 1],
      [1, 'Bob', 'sms', 'sent', 1],
      [1, 'Eve', 'email', 'sent', 1],
      [0, 'Bob', 'sms', 'sent', 1],
      [0, 'Eve', 'email', 'sent', 1],
      [0, 'Ann', 'email', 'sent', 1],
    ])
  })
})
