import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { deskEventFrame } from '../../src/dialects/recovery/frames.ts'
import { rearmAlarms } from '../../src/domain/alarms/rearm.ts'
import { AlarmDispatcher } from '../../src/durable/alarm-dispatcher.ts'
import type { Checkpoint } from '../../src/durable/alarm-work.ts'
import type { Outcome, Trigger } from '../../src/model/alarm.ts'
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
  V1,
} from '../support/alarms.ts'
import { at, call } from '../support/call.ts'
import { withSystemContext } from '../support/worker-context.ts'

/** What the alarm object does by itself: it sends, retries, escalates and stops. Also: the state after a crash. */

const HOUR = 60 * MINUTE

/** For tests that need more recipients than one person may have in a day. */
const NO_LIMITS = { recipients: 1000, messages: 1000 }

const setUp = async (answer?: Parameters<typeof recordingCarriers>[0], options: Parameters<typeof personWithContacts>[0] = {}) => {
  const sam = await personWithContacts(options)
  const [time, recorded] = [clock(), recordingCarriers(answer)]
  const dependencies = { now: time.now, carriers: recorded.carriers }
  await setDependencies(sam, dependencies)
  return { sam, time, recorded, dependencies }
}

const nextDue = async (person: { id: number }): Promise<number | null> =>
  (await rows<{ at: number | null }>(person, 'SELECT min(at) AS at FROM due'))[0]?.at ?? null

describe('escalation', () => {
  test('notifies the same recipients again after 5 and 15 minutes, each by the next channel, and the desk each time', async () => {
    const { sam, time, recorded } = await setUp()
    await trigger(sam)
    await runAlarm(sam)
    const notified = (from: number) =>
      recorded.sent
        .slice(from)
        .map(({ channel, message }) => `${channel} ${message.address}`)
        .sort()
    expect(notified(0)).toEqual(['desk ', 'email ann@example.com', 'email hall@example.com', 'sms +380507654321'])
    time.advance(5 * MINUTE - 1)
    await runAlarm(sam)
    expect(recorded.sent).toHaveLength(4)
    time.advance(1)
    await runAlarm(sam)
    expect(notified(4)).toEqual(['desk ', 'sms +15551234567', 'sms +380501234567', 'sms +380507654321'])
    time.advance(10 * MINUTE)
    await runAlarm(sam)
    expect(notified(8)).toEqual(['desk ', 'email ann@example.com', 'email hall@example.com', 'sms +380507654321'])
    expect(recorded.to('email').map(({ subject }) => subject)).toEqual([
      `${sam.username} needs help: an alarm was set off`,
      `${sam.username} needs help: an alarm was set off`,
      `${sam.username} still needs help (message 3 of 3)`,
      `${sam.username} still needs help (message 3 of 3)`,
    ])
    expect(recorded.to('email')[0]?.body).toContain('The last location that they gave: Kyiv')
    expect(recorded.to('email')[0]?.body).toContain('1 January 2040 at 00:00 UTC')
    expect(new Set(recorded.sent.map(({ message }) => message.key)).size).toBe(12)
  })

  test('after the third step only the desk gets reminders, every 15 minutes for a day; then they stop', async () => {
    const { sam, time, recorded } = await setUp(SENT, { contacts: [], therapist: false })
    await trigger(sam)
    await runAlarm(sam)
    for (const minutes of [5, 10]) {
      time.advance(minutes * MINUTE)
      await runAlarm(sam)
    }
    expect(recorded.to('desk')).toHaveLength(3)
    for (let n = 1; n <= 96; n++) {
      time.advance(15 * MINUTE)
      await runAlarm(sam)
      expect(recorded.to('desk')).toHaveLength(3 + n)
    }
    expect(await nextDue(sam)).toBeNull()
    expect(recorded.sent.filter(({ channel }) => channel !== 'desk')).toEqual([])
    expect(at(await alarms(sam), 'alarms', 0, 'status')).toBe('open')
    expect(deskEventFrame(JSON.parse(recorded.to('desk')[0]?.body ?? ''))).toEqual({
      event: 'alarm',
      identifier: String(sam.id),
      user_id: String(sam.id),
      username: sam.username,
      alarm_id: at(await alarms(sam), 'alarms', 0, 'alarm_id'),
      status: 'open',
      step: 1,
      scenario: 'Pattern 2',
      location: 'Kyiv',
      triggered_at: '2040-01-01T00:00:00Z',
      acknowledged_by: null,
    })
  })

  test('an object that did not run for hours starts the missed steps one by one', async () => {
    const { sam, time, recorded } = await setUp()
    await trigger(sam)
    time.advance(3 * HOUR)
    await runAlarm(sam)
    expect(recorded.to('desk')).toHaveLength(2)
    await runAlarm(sam)
    expect(recorded.to('desk')).toHaveLength(2)
    time.advance(10 * MINUTE)
    await runAlarm(sam)
    expect(recorded.to('desk')).toHaveLength(3)
  })

  test('later steps notify the recipients of the first step, even if contacts were added or removed meanwhile', async () => {
    const { sam, time, recorded } = await setUp()
    await trigger(sam)
    await runAlarm(sam)
    await env.DB.prepare('DELETE FROM emergency_contacts WHERE account_id = ?').bind(sam.id).run()
    time.advance(5 * MINUTE)
    await runAlarm(sam)
    expect(
      recorded
        .to('sms')
        .map(({ recipient }) => recipient)
        .sort(),
    ).toEqual(['Ann', 'Bob', 'Bob', 'Dr. Hall'])
  })

  test('the real desk stores each event once, even if no staff are connected', async () => {
    const sam = await personWithContacts({ scenario: 1 })
    const time = clock()
    await setDependencies(sam, { now: time.now })
    const id = at(await trigger(sam), 'alarm_id')
    await runAlarm(sam)
    const storedEvents = () =>
      runInDurableObject(env.SUPPORT_DESK.getByName('desk'), (_object, state) =>
        state.storage.sql.exec<{ key: string }>('SELECT key FROM events WHERE user_id = ? ORDER BY id', String(sam.id)).toArray(),
      )
    expect(await storedEvents()).toEqual([{ key: `${id}.desk.1` }])
    await env.SUPPORT_DESK.getByName('desk').announce(`${id}.desk.1`, {
      type: 'alarm',
      accountId: sam.id,
      username: sam.username,
      alarmId: String(id),
      status: 'open',
      step: 1,
      scenario: '',
      location: '',
      triggeredAt: 0,
      acknowledgedBy: null,
    })
    await ack(sam, id)
    await runAlarm(sam)
    expect(await storedEvents()).toEqual([{ key: `${id}.desk.1` }, { key: `${id}.desk.ack` }])
  })
})

test('the webhook, if there is one, gets every step and the end of the alarm, with the keys of the frame that staff receive', async () => {
  const { sam, time, recorded } = await setUp(SENT, { contacts: [], therapist: false })
  const bodies: string[] = []
  const webhook = {
    name: 'test-webhook',
    send: async ({ body }: { body: string }) => {
      bodies.push(body)
      return SENT
    },
  }
  await setDependencies(sam, { now: time.now, carriers: { ...recorded.carriers, webhook } })
  const id = at(await trigger(sam), 'alarm_id')
  await runAlarm(sam)
  await ack(sam, id)
  await runAlarm(sam)
  const event = (status: string, step: number, by: string) =>
    `{"event":"alarm","identifier":"${sam.id}","user_id":"${sam.id}","username":"${sam.username}","alarm_id":"${id}","status":"${status}","step":${step},"scenario":"Pattern 2","location":"Kyiv","triggered_at":"2040-01-01T00:00:00Z","acknowledged_by":${by}}`
  expect(bodies).toEqual([event('open', 1, 'null'), event('acknowledged', 0, `"${sam.username}"`)])
  expect(recorded.to('desk').map(({ body }) => JSON.stringify(deskEventFrame(JSON.parse(body))))).toEqual(bodies)
})

test('links are sent to nobody but staff: not by e-mail, SMS or the webhook', async () => {
  const ann = { name: 'Ann https://evil.example/a', phone: '+380501234567', email: 'ann@example.com', relationship: 'evil.example/b' }
  const bob = { ...ann, name: 'Bob', email: '' }
  const { sam, time, recorded } = await setUp(SENT, { contacts: [ann, bob], therapist: false })
  const location = 'Kyiv, https://evil.example/map'
  await call('PATCH', `${V1}/user/edit/${sam.id}/`, { as: sam.token, json: { location } })
  const webhook = { ...recorded.carriers.desk, name: 'test-webhook' }
  const bodies: string[] = []
  const send = async ({ body }: { body: string }) => {
    bodies.push(body)
    return SENT
  }
  await setDependencies(sam, { now: time.now, carriers: { ...recorded.carriers, webhook: { ...webhook, send } } })
  const id = at(await trigger(sam), 'alarm_id')
  await runAlarm(sam)
  await ack(sam, id)
  await runAlarm(sam)
  const sent = [...recorded.to('email'), ...recorded.to('sms')].flatMap(({ subject, body }) => [subject, body])
  expect(sent).toHaveLength(8)
  for (const text of [...sent, ...bodies]) expect(text).not.toMatch(/evil\.|:\/\//)
  expect(recorded.to('desk').map(({ body }) => JSON.parse(body).location)).toEqual([location, location])
})

describe('a failed delivery is retried', () => {
  test('with growing delays up to a limit, and for a day; then its state is failed', async () => {
    const { sam, time, recorded } = await setUp({ type: 'retry', reason: 'HTTP 500', afterMs: null }, { contacts: [], scenario: 4 })
    const id = at(await trigger(sam), 'alarm_id')
    await runInDurableObject(dispatcherOf(sam), (_object, state) => state.storage.sql.exec(`DELETE FROM due WHERE kind = 'step'`).toArray())
    const waits: number[] = []
    await runAlarm(sam)
    for (let next = await nextDue(sam); next !== null; next = await nextDue(sam)) {
      waits.push(next - time.now())
      time.advance(next - time.now())
      await runAlarm(sam)
    }
    expect(waits.slice(0, 4)).toEqual([3750, 7500, 15_000, 30_000])
    expect(Math.max(...waits)).toBe(15 * MINUTE * 0.75)
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(24 * HOUR)
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(23 * HOUR)
    expect(new Set(recorded.to('email').map(({ key, body }) => `${key} ${body}`)).size).toBe(1)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', 'failed', waits.length + 1]])
    const [attempts] = await rows<{ n: number }>(sam, `SELECT count(*) AS n FROM attempts WHERE delivery_id LIKE '${id}.therapist%'`)
    expect(attempts?.n).toBe(waits.length + 1)
  })

  test('not before the time in Retry-After', async () => {
    const answers: Outcome[] = [{ type: 'retry', reason: 'HTTP 429', afterMs: 120_000 }, SENT]
    const { sam, time, recorded } = await setUp((_message, attempt) => answers[attempt - 1] ?? SENT, { contacts: [], scenario: 4 })
    await trigger(sam)
    await runAlarm(sam)
    time.advance(119_999)
    await runAlarm(sam)
    expect(recorded.to('email')).toHaveLength(1)
    time.advance(1)
    await runAlarm(sam)
    expect(recorded.to('email')).toHaveLength(2)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', 'sent', 2]])
  })

  test('a delivery that the provider refuses fails at once, and the next step is still sent', async () => {
    const { sam, time } = await setUp((message) => (message.address.includes('@') ? { type: 'refused', reason: 'HTTP 422' } : SENT), {
      contacts: [],
      scenario: 4,
    })
    await trigger(sam)
    await runAlarm(sam)
    time.advance(5 * MINUTE)
    await runAlarm(sam)
    expect(await deliveriesOf(sam)).toEqual([
      [1, 'Dr. Hall', 'email', 'failed', 1],
      [2, 'Dr. Hall', 'sms', 'sent', 1],
    ])
  })

  test('a carrier that throws does not delay other deliveries; the error for the platform has no personal data', async () => {
    const { sam, time, recorded } = await setUp((message) => {
      if (message.recipient === 'Ann' && time.now() < Date.UTC(2040, 0, 1, 0, 1)) throw new TypeError('secret: ann@example.com')
      return SENT
    })
    await trigger(sam)
    const error = await runAlarm(sam).then(
      () => '',
      (reason: unknown) => String(reason),
    )
    expect(error).toContain('due items failed (1): TypeError')
    expect(error).not.toContain('ann@')
    expect(await deliveriesOf(sam)).toEqual([
      [1, 'Ann', 'email', 'uncertain', 1],
      [1, 'Bob', 'sms', 'sent', 1],
      [1, 'Dr. Hall', 'email', 'sent', 1],
    ])
    time.advance(MINUTE)
    await runAlarm(sam)
    expect((await deliveriesOf(sam))[0]).toEqual([1, 'Ann', 'email', 'sent', 2])
    expect(new Set(recorded.to('email').map(({ key }) => key)).size).toBe(2)
  })

  test('slow deliveries run concurrently, at most six at once, and all are attempted', async () => {
    const contacts = Array.from({ length: 10 }, (_, n) => ({
      name: `C${n}`,
      phone: `+38050123456${n}`,
      email: `c${n}@example.com`,
      relationship: 'friend',
    }))
    let running = 0
    let maxRunning = 0
    const { sam, recorded } = await setUp(
      async () => {
        running++
        maxRunning = Math.max(maxRunning, running)
        await new Promise((resolve) => setTimeout(resolve, 20))
        running--
        return { type: 'uncertain', reason: 'no answer' }
      },
      { contacts },
    )
    await setDependencies(sam, { limits: NO_LIMITS })
    await trigger(sam)
    await runAlarm(sam)
    expect(recorded.to('email')).toHaveLength(11)
    expect(recorded.to('desk')).toHaveLength(1)
    expect(maxRunning).toBe(6)
  })
})

test('the desk is notified at once, although more messages than connections wait for slow providers', async () => {
  const contacts = Array.from({ length: 10 }, (_, n) => ({ name: `C${n}`, phone: `+38050123456${n}`, relationship: 'friend' }))
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const { sam, time, recorded } = await setUp(
    async () => {
      await held
      return SENT
    },
    { contacts },
  )
  await setDependencies(sam, { limits: NO_LIMITS })
  await trigger(sam)
  const running = runAlarm(sam)
  await expect.poll(() => recorded.to('desk')).toHaveLength(1)
  expect(recorded.sent.filter(({ channel }) => channel !== 'desk')).toHaveLength(6)

  // While this run waits, the person calls again, and then is safe.
  time.advance(31_000)
  const id = at(await trigger(sam), 'alarm_id')
  await expect.poll(() => recorded.to('desk').map(({ key }) => key)).toContain(`${id}.desk.1`)
  await ack(sam, id)
  await expect.poll(() => recorded.to('desk').map(({ key }) => key)).toContain(`${id}.desk.ack`)
  expect(recorded.sent.filter(({ channel }) => channel !== 'desk')).toHaveLength(6)
  release()
  await running
  expect(recorded.sent.filter(({ channel }) => channel !== 'desk')).toHaveLength(11)
})

describe('an uncertain delivery', () => {
  const uncertain: Outcome = { type: 'uncertain', reason: 'no answer' }

  test('is sent again with the same key and the same content', async () => {
    const { sam, time, recorded } = await setUp((_message, attempt) => (attempt < 3 ? uncertain : SENT), { contacts: [], scenario: 4 })
    await trigger(sam)
    await runAlarm(sam)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', 'uncertain', 1]])
    time.advance(MINUTE)
    await runAlarm(sam)
    time.advance(MINUTE)
    await runAlarm(sam)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', 'sent', 3]])
    expect(new Set(recorded.to('email').map((message) => JSON.stringify(message))).size).toBe(1)
  })

  test.each([
    ['finds it: not sent again', [true], 1, 'sent'],
    ['does not find it: sent again', [false], 2, 'sent'],
    ['gets no answer: looks again, not sent', [null, null], 1, 'uncertain'],
    ['gets no answer, then finds it: not sent again', [null, true], 1, 'sent'],
  ] as const)('a provider without idempotency keys is searched first: %s', async (_what, results, sends, state) => {
    const { sam, time, recorded } = await setUp((_message, attempt) => (attempt === 1 ? uncertain : SENT), { contacts: [], scenario: 4 })
    const answers: (boolean | null)[] = [...results]
    const email = { ...recorded.carriers.email, find: async () => answers.shift() ?? null }
    await setDependencies(sam, { now: time.now, carriers: { ...recorded.carriers, email } })
    await trigger(sam)
    await runAlarm(sam)
    for (const _ of results) {
      time.advance(MINUTE)
      await runAlarm(sam)
    }
    expect(recorded.to('email')).toHaveLength(sends)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', state, sends]])
  })
})

describe('"I am safe"', () => {
  test('stops a retry that is due at the same moment', async () => {
    const { sam, time, recorded } = await setUp({ type: 'retry', reason: 'HTTP 500', afterMs: null })
    const id = at(await trigger(sam), 'alarm_id')
    await runAlarm(sam)
    const before = recorded.sent.length
    time.advance(HOUR)
    await ack(sam, id)
    await runAlarm(sam)
    expect(recorded.sent.slice(before).map(({ channel }) => channel)).toEqual(['desk'])
    expect((await deliveriesOf(sam)).map((delivery) => Array.isArray(delivery) && delivery[3])).toEqual(['stopped', 'stopped', 'stopped'])
  })

  test.each([
    [SENT, 'sent'],
    [{ type: 'retry', reason: 'HTTP 500', afterMs: null }, 'stopped'],
    [{ type: 'uncertain', reason: 'no answer' }, 'uncertain'],
  ] as const)('while a message is being sent: outcome %j leaves the state %s, and it is not retried', async (outcome, state) => {
    const { sam, time, recorded } = await setUp(
      async ({ key }) => {
        if (key.endsWith('.all-clear')) return SENT
        const id = at(await alarms(sam), 'alarms', 0, 'alarm_id')
        await ack(sam, id)
        return outcome
      },
      { contacts: [], scenario: 4 },
    )
    await trigger(sam)
    await runAlarm(sam)
    time.advance(24 * HOUR)
    await runAlarm(sam)
    const mayHaveBeenTold = state !== 'stopped'
    expect(recorded.to('email').map(({ key }) => key.endsWith('.all-clear'))).toEqual(mayHaveBeenTold ? [false, true] : [false])
    const allClear = [0, 'Dr. Hall', 'email', 'sent', 1]
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', state, 1], ...(mayHaveBeenTold ? [allClear] : [])])
    expect(await nextDue(sam)).toBeNull()
  })

  test('also stops deliveries that wait for a free connection', async () => {
    const contacts = Array.from({ length: 10 }, (_, n) => ({
      name: `C${n}`,
      phone: `+38050123456${n}`,
      email: `c${n}@example.com`,
      relationship: 'friend',
    }))
    const { sam, recorded } = await setUp(
      async () => {
        await ack(sam, at(await alarms(sam), 'alarms', 0, 'alarm_id'))
        return SENT
      },
      { contacts },
    )
    await setDependencies(sam, { limits: NO_LIMITS })
    await trigger(sam)
    await runAlarm(sam)
    const isAllClear = ({ key }: { key: string }) => key.endsWith('.all-clear')
    const messages = recorded.to('email').filter((message) => !isAllClear(message))
    expect(messages).toHaveLength(6)
    // Those six learn that the alarm is over, and nobody else does.
    const allClears = recorded.to('email').filter(isAllClear)
    expect(allClears.map(({ address }) => address).sort()).toEqual(messages.map(({ address }) => address).sort())
  })

  test('before the cancel time is over prevents all notifications, also to the desk', async () => {
    const { sam, time, recorded, dependencies } = await setUp()
    const settings = await runInDurableObject(dispatcherOf(sam), (object) =>
      object instanceof AlarmDispatcher ? object.dependencies.settings : null,
    )
    if (!settings) throw new Error('no settings')
    await setDependencies(sam, { ...dependencies, settings: { ...settings, cancelMs: 20_000 } })
    const id = at(await trigger(sam), 'alarm_id')
    time.advance(19_999)
    await runAlarm(sam)
    expect(recorded.sent).toEqual([])
    expect((await ack(sam, id)).text).toBe(`{"alarm_id":"${id}","status":"cancelled"}`)
    time.advance(24 * HOUR)
    await runAlarm(sam)
    expect(recorded.sent).toEqual([])
    expect(at(await alarms(sam), 'alarms', 0, 'status')).toBe('cancelled')

    const second = at(await trigger(sam), 'alarm_id')
    time.advance(20_000)
    await runAlarm(sam)
    expect(recorded.sent).toHaveLength(4)
    expect((await ack(sam, second)).text).toBe(`{"alarm_id":"${second}","status":"acknowledged"}`)
  })
})

describe('a crash', () => {
  const CHECKPOINTS: Checkpoint[] = [
    'triggered',
    'attempt-started',
    'attempt-sent',
    'attempt-recorded',
    'step-started',
    'items-handled',
    'alarm-set',
  ]

  const triggerOf = (id: number): Trigger => ({
    accountId: id,
    username: 'sam',
    displayName: 'Sam',
    location: '',
    scenario: 'Pattern 2',
    recipients: [
      { key: 'contact-1', name: 'Ann', relationship: 'sister', email: 'ann@example.com', phone: '+1555' },
      { key: 'contact-2', name: 'Bob', relationship: 'friend', email: null, phone: '+1556' },
    ],
    messages: [],
  })

  /** A provider with idempotency keys. */
  const provider = () => {
    const accepted = new Map<string, number>()
    const recorded = recordingCarriers(({ key }) => {
      accepted.set(key, (accepted.get(key) ?? 0) + 1)
      return SENT
    })
    return { accepted, carriers: recorded.carriers, sent: recorded.sent }
  }

  /** Runs an alarm through three steps, with one minute between two runs of the object's alarm, and injects errors. */
  const runScenario = async (inject: (reached: Checkpoint, state: DurableObjectState) => void) => {
    const { id } = await personWithContacts({ contacts: [], therapist: false })
    const time = clock()
    const { accepted, carriers, sent } = provider()
    // A crash also removes the dependencies of the test: the next instance gets them again before it has work to do.
    const prepare = () =>
      runInDurableObject(dispatcherOf({ id }), (object, state) => {
        if (!(object instanceof AlarmDispatcher)) throw new Error('no dispatcher')
        object.dependencies = {
          ...object.dependencies,
          random: () => 0.5,
          now: time.now,
          carriers,
          checkpoint: (reached) => inject(reached, state),
        }
      })
    const ignoringErrors = async (work: () => Promise<unknown>) => {
      await prepare()
      try {
        await work()
      } catch {
        // Like the cron: the test does not rely on the platform's own retries.
        await dispatcherOf({ id }).rearm()
      }
    }
    for (let n = 0; n < 3; n++) await ignoringErrors(() => dispatcherOf({ id }).trigger(triggerOf(id), null))
    for (let minute = 0; minute < 20; minute++) {
      await ignoringErrors(() => runAlarm({ id }))
      time.advance(MINUTE)
    }
    return { id, accepted, sent }
  }

  const expectComplete = async ({ id, accepted, sent }: Awaited<ReturnType<typeof runScenario>>) => {
    const [alarm, ...others] = await dispatcherOf({ id }).list()
    expect(others).toEqual([])
    const records = alarm?.deliveries.map(({ id: key, step, recipient, state }) => ({ key, summary: [step, recipient, state] })) ?? []
    expect(records.map(({ summary }) => summary)).toEqual([
      [1, 'Ann', 'sent'],
      [1, 'Bob', 'sent'],
      [2, 'Ann', 'sent'],
      [2, 'Bob', 'sent'],
      [3, 'Ann', 'sent'],
      [3, 'Bob', 'sent'],
    ])
    expect([...accepted.keys()].sort()).toEqual(records.map(({ key }) => key).sort())
    const desk = new Set(sent.filter(({ channel }) => channel === 'desk').map(({ message }) => message.key))
    expect([...desk].map((key) => key.split('.').at(-1))).toEqual(['1', '2', '3'])
    // Only a message that was being sent during a crash may be sent a second time.
    expect(Math.max(...accepted.values())).toBeLessThanOrEqual(2)
    expect([...accepted.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(2)
  }

  test.each(CHECKPOINTS)('of the object at "%s" loses and duplicates nothing', async (checkpoint) => {
    let crashed = 0
    const result = await runScenario((reached, state) => {
      if (reached === checkpoint && crashed++ === 0) state.abort('crash injected by the test')
    })
    expect(crashed).toBeGreaterThan(1)
    await expectComplete(result)
  })

  test.each(CHECKPOINTS)('an error thrown at "%s" loses and duplicates nothing', async (checkpoint) => {
    let thrown = 0
    const result = await runScenario((reached) => {
      if (reached === checkpoint && thrown++ === 0) throw new Error(`thrown at ${checkpoint}`)
    })
    expect(thrown).toBeGreaterThan(1)
    await expectComplete(result)
  })
})

describe('state that the platform can lose', () => {
  test('an object that was evicted from memory still has all its data, and sends', async () => {
    const { sam, recorded, dependencies } = await setUp()
    await trigger(sam)
    await evictDurableObject(dispatcherOf(sam))
    await setDependencies(sam, dependencies)
    await runAlarm(sam)
    expect(recorded.sent).toHaveLength(4)
  })

  test('the cron sets a lost alarm again; an object without work is removed from the index', async () => {
    const { sam, recorded } = await setUp()
    const id = at(await trigger(sam), 'alarm_id')
    const loseAlarm = () => runInDurableObject(dispatcherOf(sam), (_object, state) => state.storage.deleteAlarm())
    const isAlarmSet = () => runInDurableObject(dispatcherOf(sam), async (_object, state) => (await state.storage.getAlarm()) !== null)
    const indexed = () => env.DB.prepare('SELECT count(*) AS n FROM open_alarms WHERE account_id = ?').bind(sam.id).first<number>('n')
    await expect.poll(indexed).toBe(1)
    await loseAlarm()
    expect(await isAlarmSet()).toBe(false)
    await withSystemContext(rearmAlarms)
    expect(await isAlarmSet()).toBe(true)
    await runAlarm(sam)
    expect(recorded.sent).toHaveLength(4)

    await ack(sam, id)
    await runAlarm(sam)
    await env.DB.prepare('INSERT OR REPLACE INTO open_alarms VALUES (?, 0)').bind(sam.id).run()
    await withSystemContext(rearmAlarms)
    expect(await indexed()).toBe(0)
    await trigger(sam)
    await expect.poll(indexed).toBe(1)
  })

  test('notifications are sent even if the index cannot be written', async () => {
    const { sam, recorded, dependencies } = await setUp()
    await setDependencies(sam, { ...dependencies, updateIndex: () => Promise.reject(new Error('D1 is down')) })
    await trigger(sam)
    await expect(runAlarm(sam)).rejects.toThrow('due items failed (1)')
    expect(recorded.sent).toHaveLength(4)
    expect(await nextDue(sam)).not.toBeNull()
  })
})

test('log lines contain no personal data: no location, no contacts, no addresses', async () => {
  const lines: unknown[] = []
  const spies = (['log', 'error', 'warn', 'info'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((...values: unknown[]) => {
      lines.push(...values)
    }),
  )
  const { sam, time } = await setUp({ type: 'retry', reason: 'HTTP 500', afterMs: null })
  const id = at(await trigger(sam), 'alarm_id')
  await runAlarm(sam)
  time.advance(6 * MINUTE)
  await runAlarm(sam)
  await alarms(sam)
  await ack(sam, id, { note: 'zebrafinch' })
  await withSystemContext(rearmAlarms)
  for (const spy of spies) spy.mockRestore()
  const written = JSON.stringify(lines)
  expect(written).toContain('/api/v1/event/trigger/:id')
  for (const text of ['Kyiv', 'Ann', 'ann@', '+38050', 'sister', 'Hall', 'zebrafinch', sam.username, 'Pattern'])
    expect(written).not.toContain(text)
})

test('every query on the tables of the object uses an index', async () => {
  const { sam } = await setUp()
  await trigger(sam)
  for (const query of [
    'SELECT kind, ref, alarm_id, faults FROM due WHERE at <= 1 ORDER BY at LIMIT 50',
    "SELECT kind, ref, channel FROM due LEFT JOIN deliveries ON kind = 'delivery' AND deliveries.id = ref WHERE at <= 1 ORDER BY at LIMIT 50",
    'SELECT min(at) AS at FROM due',
    "DELETE FROM due WHERE alarm_id = 'x'",
    'SELECT * FROM alarms ORDER BY number DESC LIMIT 100',
    'SELECT count(*) AS count, min(triggered_at) AS first FROM alarms WHERE triggered_at > 1',
    "SELECT * FROM deliveries WHERE id = 'x'",
    "UPDATE deliveries SET state = 'stopped' WHERE alarm_id = 'x' AND state = 'pending'",
    "UPDATE attempts SET outcome = 'uncertain' WHERE ended_at IS NULL",
    "SELECT recipients FROM alarms WHERE triggered_at >= 1 AND (status = 'open' OR status = 'acknowledged' AND triggered_at >= 2) ORDER BY triggered_at",
    "SELECT count(*) FROM deliveries WHERE created_at >= 1 AND channel IN ('email', 'sms') AND state <> 'withheld'",
  ]) {
    const plan = await rows<{ detail: string }>(sam, `EXPLAIN QUERY PLAN ${query}`)
    const details = plan.map(({ detail }) => detail).join('; ')
    expect(`${query}: ${details}`).toMatch(/INDEX|PRIMARY KEY|^SELECT \* FROM alarms ORDER BY number DESC LIMIT 100: SCAN alarms$/)
    expect(details).not.toContain('TEMP B-TREE')
  }
})
