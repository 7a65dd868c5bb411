import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import type { Outcome } from '../../src/domain/alarms/carriers.ts'
import type { Trigger } from '../../src/domain/alarms/dispatcher.ts'
import { rearmAlarms } from '../../src/domain/alarms/rearm.ts'
import { AlarmDispatcher, type Point } from '../../src/durable/alarm-dispatcher.ts'
import {
  ack,
  alarms,
  cast,
  clock,
  deliveriesOf,
  dispatcherOf,
  MINUTE,
  recorder,
  refit,
  ring,
  rows,
  SENT,
  trigger,
} from '../support/alarms.ts'
import { at } from '../support/call.ts'
import { withWorkerContext } from '../support/worker-context.ts'

/** What a person's object does by itself: sends, tries again, escalates, stops; and what a crash leaves of it. */

const HOUR = 60 * MINUTE

const fitted = async (answer?: Parameters<typeof recorder>[0], given: Parameters<typeof cast>[0] = {}) => {
  const sam = await cast(given)
  const [time, told] = [clock(), recorder(answer)]
  const parts = { now: time.now, carriers: told.carriers }
  await refit(sam, parts)
  return { sam, time, told, parts }
}

const nextDue = async (someone: { id: number }): Promise<number | null> =>
  (await rows<{ at: number | null }>(someone, 'SELECT min(at) AS at FROM due'))[0]?.at ?? null

describe('escalation', () => {
  test('tells the same people again after five and fifteen minutes, each by the next channel, and the desk each time', async () => {
    const { sam, time, told } = await fitted()
    await trigger(sam)
    await ring(sam)
    const heard = (from: number) =>
      told.sent
        .slice(from)
        .map(({ channel, message }) => `${channel} ${message.address}`)
        .sort()
    expect(heard(0)).toEqual(['desk ', 'email ann@example.com', 'email hall@example.com', 'sms +380507654321'])
    time.advance(5 * MINUTE - 1)
    await ring(sam)
    expect(told.sent).toHaveLength(4)
    time.advance(1)
    await ring(sam)
    expect(heard(4)).toEqual(['desk ', 'sms +15551234567', 'sms +380501234567', 'sms +380507654321'])
    time.advance(10 * MINUTE)
    await ring(sam)
    expect(heard(8)).toEqual(['desk ', 'email ann@example.com', 'email hall@example.com', 'sms +380507654321'])
    expect(told.to('email').map(({ subject }) => subject)).toEqual([
      `${sam.username} needs help: an alarm was set off`,
      `${sam.username} needs help: an alarm was set off`,
      `${sam.username} still needs help (message 3 of 3)`,
      `${sam.username} still needs help (message 3 of 3)`,
    ])
    expect(told.to('email')[0]?.body).toContain('Where they last said they were: Kyiv')
    expect(told.to('email')[0]?.body).toContain('1 January 2040 at 00:00 UTC')
    expect(new Set(told.sent.map(({ message }) => message.key)).size).toBe(12)
  })

  test('after the third step the desk alone is reminded, every quarter of an hour for a day; then it is silent', async () => {
    const { sam, time, told } = await fitted(SENT, { contacts: [], therapist: false })
    await trigger(sam)
    await ring(sam)
    for (const minutes of [5, 10]) {
      time.advance(minutes * MINUTE)
      await ring(sam)
    }
    expect(told.to('desk')).toHaveLength(3)
    for (let n = 1; n <= 96; n++) {
      time.advance(15 * MINUTE)
      await ring(sam)
      expect(told.to('desk')).toHaveLength(3 + n)
    }
    expect(await nextDue(sam)).toBeNull()
    expect(told.sent.filter(({ channel }) => channel !== 'desk')).toEqual([])
    expect(at(await alarms(sam), 'alarms', 0, 'status')).toBe('open')
    expect(JSON.parse(told.to('desk')[0]?.body ?? '')).toEqual({
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

  test('an object that slept for hours takes what it missed step by step', async () => {
    const { sam, time, told } = await fitted()
    await trigger(sam)
    time.advance(3 * HOUR)
    await ring(sam)
    expect(told.to('desk')).toHaveLength(2)
    await ring(sam)
    expect(told.to('desk')).toHaveLength(2)
    time.advance(10 * MINUTE)
    await ring(sam)
    expect(told.to('desk')).toHaveLength(3)
  })

  test('those whom it began with are told again, whoever was added or taken out meanwhile', async () => {
    const { sam, time, told } = await fitted()
    await trigger(sam)
    await ring(sam)
    await env.DB.prepare('DELETE FROM emergency_contacts WHERE account_id = ?').bind(sam.id).run()
    time.advance(5 * MINUTE)
    await ring(sam)
    expect(
      told
        .to('sms')
        .map(({ recipient }) => recipient)
        .sort(),
    ).toEqual(['Ann', 'Bob', 'Bob', 'Dr. Hall'])
  })

  test('the real desk keeps each event once, whether anybody sits there or not', async () => {
    const sam = await cast({ scenario: 1 })
    const time = clock()
    await refit(sam, { now: time.now })
    const id = at(await trigger(sam), 'alarm_id')
    await ring(sam)
    const kept = () =>
      runInDurableObject(env.SUPPORT_DESK.getByName('desk'), (_object, state) =>
        state.storage.sql.exec<{ key: string }>('SELECT key FROM events WHERE user_id = ? ORDER BY id', String(sam.id)).toArray(),
      )
    expect(await kept()).toEqual([{ key: `${id}.desk.1` }])
    await env.SUPPORT_DESK.getByName('desk').announce(`${id}.desk.1`, { event: 'alarm', user_id: String(sam.id) })
    await ack(sam, id)
    await ring(sam)
    expect(await kept()).toEqual([{ key: `${id}.desk.1` }, { key: `${id}.desk.ack` }])
  })
})

describe('what fails is tried again', () => {
  test('later each time, up to a limit, and for a day; then it is failed', async () => {
    const { sam, time, told } = await fitted({ is: 'retry', why: 'HTTP 500', afterMs: null }, { contacts: [], scenario: 4 })
    const id = at(await trigger(sam), 'alarm_id')
    await runInDurableObject(dispatcherOf(sam), (_object, state) => state.storage.sql.exec(`DELETE FROM due WHERE kind = 'step'`).toArray())
    const waits: number[] = []
    await ring(sam)
    for (let next = await nextDue(sam); next !== null; next = await nextDue(sam)) {
      waits.push(next - time.now())
      time.advance(next - time.now())
      await ring(sam)
    }
    expect(waits.slice(0, 4)).toEqual([3750, 7500, 15_000, 30_000])
    expect(Math.max(...waits)).toBe(15 * MINUTE * 0.75)
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(24 * HOUR)
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(23 * HOUR)
    expect(new Set(told.to('email').map(({ key, body }) => `${key} ${body}`)).size).toBe(1)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', 'failed', waits.length + 1]])
    const [attempts] = await rows<{ n: number }>(sam, `SELECT count(*) AS n FROM attempts WHERE delivery_id LIKE '${id}.therapist%'`)
    expect(attempts?.n).toBe(waits.length + 1)
  })

  test('not before the provider said', async () => {
    const answers: Outcome[] = [{ is: 'retry', why: 'HTTP 429', afterMs: 120_000 }, SENT]
    const { sam, time, told } = await fitted((_message, attempt) => answers[attempt - 1] ?? SENT, { contacts: [], scenario: 4 })
    await trigger(sam)
    await ring(sam)
    time.advance(119_999)
    await ring(sam)
    expect(told.to('email')).toHaveLength(1)
    time.advance(1)
    await ring(sam)
    expect(told.to('email')).toHaveLength(2)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', 'sent', 2]])
  })

  test('what no try will mend is failed at once, and the next step goes its own way', async () => {
    const { sam, time } = await fitted((message) => (message.address.includes('@') ? { is: 'refused', why: 'HTTP 422' } : SENT), {
      contacts: [],
      scenario: 4,
    })
    await trigger(sam)
    await ring(sam)
    time.advance(5 * MINUTE)
    await ring(sam)
    expect(await deliveriesOf(sam)).toEqual([
      [1, 'Dr. Hall', 'email', 'failed', 1],
      [2, 'Dr. Hall', 'sms', 'sent', 1],
    ])
  })

  test('a carrier that breaks keeps nobody else waiting, and the platform hears that something broke, without a word of what', async () => {
    const { sam, time, told } = await fitted((message) => {
      if (message.recipient === 'Ann' && time.now() < Date.UTC(2040, 0, 1, 0, 1)) throw new TypeError('secret: ann@example.com')
      return SENT
    })
    await trigger(sam)
    const broke = await ring(sam).then(
      () => '',
      (error: unknown) => String(error),
    )
    expect(broke).toContain('1 of what was due failed: TypeError')
    expect(broke).not.toContain('ann@')
    expect(await deliveriesOf(sam)).toEqual([
      [1, 'Ann', 'email', 'uncertain', 1],
      [1, 'Bob', 'sms', 'sent', 1],
      [1, 'Dr. Hall', 'email', 'sent', 1],
    ])
    time.advance(MINUTE)
    await ring(sam)
    expect((await deliveriesOf(sam))[0]).toEqual([1, 'Ann', 'email', 'sent', 2])
    expect(new Set(told.to('email').map(({ key }) => key)).size).toBe(2)
  })

  test('many who hang wait beside each other, and nobody behind them is forgotten', async () => {
    const contacts = Array.from({ length: 10 }, (_, n) => ({
      name: `C${n}`,
      phone: '123',
      email: `c${n}@example.com`,
      relationship: 'friend',
    }))
    let under = 0
    let most = 0
    const { sam, told } = await fitted(
      async () => {
        under++
        most = Math.max(most, under)
        await new Promise((resolve) => setTimeout(resolve, 20))
        under--
        return { is: 'uncertain', why: 'no answer' }
      },
      { contacts },
    )
    await trigger(sam)
    await ring(sam)
    expect(told.to('email')).toHaveLength(11)
    expect(told.to('desk')).toHaveLength(1)
    expect(most).toBe(6)
  })
})

describe('a message whose fate is unknown', () => {
  const uncertain: Outcome = { is: 'uncertain', why: 'no answer' }

  test('is sent again under the same key, with the same words', async () => {
    const { sam, time, told } = await fitted((_message, attempt) => (attempt < 3 ? uncertain : SENT), { contacts: [], scenario: 4 })
    await trigger(sam)
    await ring(sam)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', 'uncertain', 1]])
    time.advance(MINUTE)
    await ring(sam)
    time.advance(MINUTE)
    await ring(sam)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', 'sent', 3]])
    expect(new Set(told.to('email').map((message) => JSON.stringify(message))).size).toBe(1)
  })

  test.each([
    ['is there: it is not sent again', [true], 1, 'sent'],
    ['is not there: it is sent again', [false], 2, 'sent'],
    ['can’t be told: it is asked again, and not sent', [null, null], 1, 'uncertain'],
    ['can’t be told, and then it is there', [null, true], 1, 'sent'],
  ] as const)('is looked for where the provider knows no keys: it %s', async (_what, found, sends, state) => {
    const { sam, time, told } = await fitted((_message, attempt) => (attempt === 1 ? uncertain : SENT), { contacts: [], scenario: 4 })
    const answers: (boolean | null)[] = [...found]
    const email = { ...told.carriers.email, find: async () => answers.shift() ?? null }
    await refit(sam, { now: time.now, carriers: { ...told.carriers, email } })
    await trigger(sam)
    await ring(sam)
    for (const _ of found) {
      time.advance(MINUTE)
      await ring(sam)
    }
    expect(told.to('email')).toHaveLength(sends)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', state, sends]])
  })
})

describe('"I am safe"', () => {
  test('stops a retry that is due this very moment', async () => {
    const { sam, time, told } = await fitted({ is: 'retry', why: 'HTTP 500', afterMs: null })
    const id = at(await trigger(sam), 'alarm_id')
    await ring(sam)
    const before = told.sent.length
    time.advance(HOUR)
    await ack(sam, id)
    await ring(sam)
    expect(told.sent.slice(before).map(({ channel }) => channel)).toEqual(['desk'])
    expect((await deliveriesOf(sam)).map((delivery) => Array.isArray(delivery) && delivery[3])).toEqual(['stopped', 'stopped', 'stopped'])
  })

  test.each([
    [SENT, 'sent'],
    [{ is: 'retry', why: 'HTTP 500', afterMs: null }, 'stopped'],
    [{ is: 'uncertain', why: 'no answer' }, 'uncertain'],
  ] as const)('while a message is under way: %j leaves it %s, and it is not tried again', async (outcome, state) => {
    const { sam, time, told } = await fitted(
      async () => {
        const id = at(await alarms(sam), 'alarms', 0, 'alarm_id')
        await ack(sam, id)
        return outcome
      },
      { contacts: [], scenario: 4 },
    )
    await trigger(sam)
    await ring(sam)
    time.advance(24 * HOUR)
    await ring(sam)
    expect(told.to('email')).toHaveLength(1)
    expect(await deliveriesOf(sam)).toEqual([[1, 'Dr. Hall', 'email', state, 1]])
    expect(await nextDue(sam)).toBeNull()
  })

  test('stops those who wait for a free connection, too', async () => {
    const contacts = Array.from({ length: 10 }, (_, n) => ({
      name: `C${n}`,
      phone: '123',
      email: `c${n}@example.com`,
      relationship: 'friend',
    }))
    const { sam, told } = await fitted(
      async () => {
        await ack(sam, at(await alarms(sam), 'alarms', 0, 'alarm_id'))
        return SENT
      },
      { contacts },
    )
    await trigger(sam)
    await ring(sam)
    expect(told.to('email')).toHaveLength(6)
  })

  test('in time means that nobody is told, the desk included', async () => {
    const { sam, time, told, parts } = await fitted()
    const rule = await runInDurableObject(dispatcherOf(sam), (object) => (object instanceof AlarmDispatcher ? object.parts.rule : null))
    if (!rule) throw new Error('no rule')
    await refit(sam, { ...parts, rule: { ...rule, cancelMs: 20_000 } })
    const id = at(await trigger(sam), 'alarm_id')
    time.advance(19_999)
    await ring(sam)
    expect(told.sent).toEqual([])
    expect((await ack(sam, id)).text).toBe(`{"alarm_id":"${id}","status":"cancelled"}`)
    time.advance(24 * HOUR)
    await ring(sam)
    expect(told.sent).toEqual([])
    expect(at(await alarms(sam), 'alarms', 0, 'status')).toBe('cancelled')

    const second = at(await trigger(sam), 'alarm_id')
    time.advance(20_000)
    await ring(sam)
    expect(told.sent).toHaveLength(4)
    expect((await ack(sam, second)).text).toBe(`{"alarm_id":"${second}","status":"acknowledged"}`)
  })
})

describe('a crash', () => {
  const POINTS: Point[] = ['triggered', 'attempt-begun', 'attempt-made', 'attempt-written', 'step-taken', 'round-done', 'armed']

  const rung = (id: number): Trigger => ({
    accountId: id,
    username: 'sam',
    who: 'Sam',
    location: '',
    scenario: 'Pattern 2',
    recipients: [
      { key: 'contact-1', name: 'Ann', relationship: 'sister', email: 'ann@example.com', phone: '+1555' },
      { key: 'contact-2', name: 'Bob', relationship: 'friend', email: null, phone: '+1556' },
    ],
    messages: [],
  })

  /** A provider that knows its messages by their keys, as ours do. */
  const provider = () => {
    const accepted = new Map<string, number>()
    const told = recorder(({ key }) => {
      accepted.set(key, (accepted.get(key) ?? 0) + 1)
      return SENT
    })
    return { accepted, carriers: told.carriers, sent: told.sent }
  }

  /** Three steps, each ring a minute apart, with something going wrong somewhere. */
  const live = async (goWrong: (passed: Point, state: DurableObjectState) => void) => {
    const { id } = await cast({ contacts: [], therapist: false })
    const time = clock()
    const { accepted, carriers, sent } = provider()
    // Parts don't outlive the object that crashed: the next one gets them anew, before it has anything to do.
    const equip = () =>
      runInDurableObject(dispatcherOf({ id }), (object, state) => {
        if (!(object instanceof AlarmDispatcher)) throw new Error('no dispatcher')
        object.parts = { ...object.parts, random: () => 0.5, now: time.now, carriers, pass: (passed) => goWrong(passed, state) }
      })
    const whateverHappens = async (work: () => Promise<unknown>) => {
      await equip()
      try {
        await work()
      } catch {
        // As the cron would: the platform's own retries are not counted on.
        await dispatcherOf({ id }).rearm()
      }
    }
    for (let n = 0; n < 3; n++) await whateverHappens(() => dispatcherOf({ id }).trigger(rung(id)))
    for (let minute = 0; minute < 20; minute++) {
      await whateverHappens(() => ring({ id }))
      time.advance(MINUTE)
    }
    return { id, accepted, sent }
  }

  const expectWhole = async ({ id, accepted, sent }: Awaited<ReturnType<typeof live>>) => {
    const [alarm, ...others] = await dispatcherOf({ id }).list()
    expect(others).toEqual([])
    const records = alarm?.deliveries.map(({ id: key, step, recipient, state }) => ({ key, what: [step, recipient, state] })) ?? []
    expect(records.map(({ what }) => what)).toEqual([
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
    // A crash while something was under way may have it asked for once more, and nothing else may.
    expect(Math.max(...accepted.values())).toBeLessThanOrEqual(2)
    expect([...accepted.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(2)
  }

  test.each(POINTS)('of the object at "%s" loses nothing and doubles nothing', async (point) => {
    let crashed = 0
    const lived = await live((passed, state) => {
      if (passed === point && crashed++ === 0) state.abort('a crash of the test')
    })
    expect(crashed).toBeGreaterThan(1)
    await expectWhole(lived)
  })

  test.each(POINTS)('an error thrown at "%s" loses nothing and doubles nothing', async (point) => {
    let thrown = 0
    const lived = await live((passed) => {
      if (passed === point && thrown++ === 0) throw new Error(`thrown at ${point}`)
    })
    expect(thrown).toBeGreaterThan(1)
    await expectWhole(lived)
  })
})

describe('what the platform forgets', () => {
  test('an object that is taken out of memory wakes with everything, and rings', async () => {
    const { sam, told, parts } = await fitted()
    await trigger(sam)
    await evictDurableObject(dispatcherOf(sam))
    await refit(sam, parts)
    await ring(sam)
    expect(told.sent).toHaveLength(4)
  })

  test('an alarm that was lost is set again by the cron; what has nothing to do leaves the index', async () => {
    const { sam, told } = await fitted()
    const id = at(await trigger(sam), 'alarm_id')
    const lost = () => runInDurableObject(dispatcherOf(sam), (_object, state) => state.storage.deleteAlarm())
    const isSet = () => runInDurableObject(dispatcherOf(sam), async (_object, state) => (await state.storage.getAlarm()) !== null)
    const noted = () => env.DB.prepare('SELECT count(*) AS n FROM open_alarms WHERE account_id = ?').bind(sam.id).first<number>('n')
    await expect.poll(noted).toBe(1)
    await lost()
    expect(await isSet()).toBe(false)
    await withWorkerContext(rearmAlarms)
    expect(await isSet()).toBe(true)
    await ring(sam)
    expect(told.sent).toHaveLength(4)

    await ack(sam, id)
    await ring(sam)
    await env.DB.prepare('INSERT OR REPLACE INTO open_alarms VALUES (?, 0)').bind(sam.id).run()
    await withWorkerContext(rearmAlarms)
    expect(await noted()).toBe(0)
    await trigger(sam)
    await expect.poll(noted).toBe(1)
  })

  test('an index that can’t be written keeps nobody from being told', async () => {
    const { sam, told, parts } = await fitted()
    await refit(sam, { ...parts, note: () => Promise.reject(new Error('D1 is down')) })
    await trigger(sam)
    await expect(ring(sam)).rejects.toThrow('1 of what was due failed')
    expect(told.sent).toHaveLength(4)
    expect(await nextDue(sam)).not.toBeNull()
  })
})

test('nothing of a person stands in a log line: not their place, not whom they trust, not how to reach them', async () => {
  const lines: unknown[] = []
  const spies = (['log', 'error', 'warn', 'info'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((...said: unknown[]) => {
      lines.push(...said)
    }),
  )
  const { sam, time } = await fitted({ is: 'retry', why: 'HTTP 500', afterMs: null })
  const id = at(await trigger(sam), 'alarm_id')
  await ring(sam)
  time.advance(6 * MINUTE)
  await ring(sam)
  await alarms(sam)
  await ack(sam, id, { note: 'zebrafinch' })
  await withWorkerContext(rearmAlarms)
  for (const spy of spies) spy.mockRestore()
  const written = JSON.stringify(lines)
  expect(written).toContain('/api/v1/event/trigger/:id')
  for (const theirs of ['Kyiv', 'Ann', 'ann@', '+38050', 'sister', 'Hall', 'zebrafinch', sam.username, 'Pattern'])
    expect(written).not.toContain(theirs)
})

test('what the object asks its own tables is answered by an index', async () => {
  const { sam } = await fitted()
  await trigger(sam)
  for (const query of [
    'SELECT kind, ref, alarm_id, faults FROM due WHERE at <= 1 ORDER BY at LIMIT 50',
    'SELECT min(at) AS at FROM due',
    "DELETE FROM due WHERE alarm_id = 'x'",
    'SELECT * FROM alarms ORDER BY number DESC LIMIT 100',
    'SELECT count(*) AS count, min(triggered_at) AS first FROM alarms WHERE triggered_at > 1',
    "SELECT * FROM deliveries WHERE id = 'x'",
    "UPDATE deliveries SET state = 'stopped' WHERE alarm_id = 'x' AND state = 'pending'",
    "UPDATE attempts SET outcome = 'uncertain' WHERE ended_at IS NULL",
  ]) {
    const plan = await rows<{ detail: string }>(sam, `EXPLAIN QUERY PLAN ${query}`)
    const details = plan.map(({ detail }) => detail).join('; ')
    expect(`${query}: ${details}`).toMatch(/INDEX|PRIMARY KEY|^SELECT \* FROM alarms ORDER BY number DESC LIMIT 100: SCAN alarms$/)
    expect(details).not.toContain('TEMP B-TREE')
  }
})
