import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import type { Outcome } from '../../src/model/alarm.ts'
import { SETTINGS } from '../support/alarm-settings.ts'
import {
  ack,
  alarms,
  clock,
  deliveriesOf,
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
import type { Person } from '../support/people.ts'

/** The limits of a day: at most five people and sixty messages, however often contacts are exchanged. */

const HOUR = 60 * MINUTE

const numbered = (n: number) => ({
  name: `C${n}`,
  phone: `+3805012345${String(n).padStart(2, '0')}`,
  email: `c${n}@example.com`,
  relationship: 'sister',
})

const exchangeContacts = async (sam: Person, contacts: readonly object[]) => {
  await env.DB.prepare('DELETE FROM emergency_contacts WHERE account_id = ?').bind(sam.id).run()
  for (const json of contacts) await call('PATCH', `${V1}/user/edit/contact/${sam.id}/`, { as: sam.token, json })
}

const setUp = async (contacts: readonly Record<string, unknown>[], answer: Outcome = SENT) => {
  const sam = await personWithContacts({ contacts, therapist: false, music: 0 })
  const [time, recorded] = [clock(), recordingCarriers(answer)]
  await setDependencies(sam, { now: time.now, carriers: recorded.carriers })
  const personal = () => recorded.sent.filter(({ channel }) => channel !== 'desk')
  return { sam, time, recorded, personal, addresses: () => new Set(personal().map(({ message }) => message.address)) }
}

/** Triggers an alarm, sends its first step and ends it. */
const briefAlarm = async (sam: Person) => {
  const triggered = await trigger(sam)
  await runAlarm(sam)
  await ack(sam, at(triggered, 'alarm_id'))
  await runAlarm(sam)
  return triggered
}

test('above five people a contact has not agreed yet: nothing is sent, and the list says so', async () => {
  const { sam, time, recorded, addresses } = await setUp(Array.from({ length: 7 }, (_, n) => numbered(n)))
  const triggered = await trigger(sam)
  expect(at(triggered, 'messages')).toEqual([
    'Music was not played.',
    ...[0, 1, 2, 3, 4].map((n) => `Your sister (C${n}) received a notification by email.`),
    'Your sister (C5) has not agreed yet.',
    'Your sister (C6) has not agreed yet.',
    'Therapist was not notified.',
  ])
  await runAlarm(sam)
  expect((await deliveriesOf(sam)).filter((one) => Array.isArray(one) && one[3] === 'withheld')).toEqual([
    [1, 'C5', 'email', 'withheld', 0],
    [1, 'C6', 'email', 'withheld', 0],
  ])
  time.advance(5 * MINUTE)
  await runAlarm(sam)
  time.advance(10 * MINUTE)
  await runAlarm(sam)
  expect(addresses().size).toBe(10)
  expect(recorded.to('email')).toHaveLength(10)
  expect(recorded.to('sms')).toHaveLength(5)
  await ack(sam, at(triggered, 'alarm_id'))
  await runAlarm(sam)
  const cleared = recorded.sent.filter(({ message }) => message.key.endsWith('.all-clear')).map(({ message }) => message.recipient)
  expect(cleared.sort()).toEqual(['C0', 'C0', 'C1', 'C1', 'C2', 'C2', 'C3', 'C3', 'C4', 'C4'])
})

test('exchanged contacts reach nobody else on the same day, and five others on the next', async () => {
  const { sam, time, recorded, addresses } = await setUp([numbered(0), numbered(1), numbered(2)])
  await briefAlarm(sam)
  await exchangeContacts(sam, [3, 4, 5, 6].map(numbered))
  time.advance(HOUR)
  const second = await briefAlarm(sam)
  expect(at(second, 'messages', 3)).toBe('Your sister (C5) has not agreed yet.')
  await exchangeContacts(sam, [7, 8, 9].map(numbered))
  time.advance(HOUR)
  await briefAlarm(sam)
  expect([...addresses()].sort()).toEqual([0, 1, 2, 3, 4].map((n) => `c${n}@example.com`))
  // The desk is notified of each alarm and of its end.
  expect(recorded.to('desk')).toHaveLength(6)

  await exchangeContacts(sam, [numbered(0)])
  time.advance(HOUR)
  expect(at(await briefAlarm(sam), 'messages', 1)).toBe('Your sister (C0) received a notification by email.')

  await exchangeContacts(sam, [7, 8, 9].map(numbered))
  time.advance(21 * HOUR)
  const nextDay = await briefAlarm(sam)
  expect(at(nextDay, 'messages', 3)).toBe('Your sister (C9) received a notification by email.')
  expect(addresses().size).toBe(8)
})

test('an alarm that is open at midnight keeps its places', async () => {
  const { sam, time } = await setUp([0, 1, 2, 3, 4].map(numbered))
  time.advance(24 * HOUR - MINUTE)
  await trigger(sam)
  await runAlarm(sam)
  await exchangeContacts(sam, [numbered(5)])
  time.advance(2 * MINUTE)
  expect(at(await trigger(sam), 'messages', 1)).toBe('Your sister (C5) has not agreed yet.')
})

test('an alarm that was cancelled in time takes no place', async () => {
  const { sam, time } = await setUp([0, 1, 2, 3, 4].map(numbered))
  await setDependencies(sam, { settings: { ...SETTINGS, cancelMs: MINUTE } })
  expect((await ack(sam, at(await trigger(sam), 'alarm_id'))).text).toContain('"status":"cancelled"')
  await exchangeContacts(sam, [numbered(5)])
  time.advance(MINUTE)
  expect(at(await trigger(sam), 'messages', 1)).toBe('Your sister (C5) received a notification by email.')
})

test('sixty messages a day: open alarms keep their later steps, and every all-clear is sent', async () => {
  const { sam, time, recorded, personal } = await setUp([0, 1, 2, 3, 4].map(numbered))
  const triggered: string[] = []
  for (let n = 0; n < 8; n++) {
    const response = await trigger(sam)
    triggered.push(String(at(response, 'alarm_id')))
    const told = 'Your sister (C0) received a notification by email.'
    expect(at(response, 'messages', 1)).toBe(n < 4 ? told : 'Your sister (C0) could not be notified by email.')
    await runAlarm(sam)
    time.advance(31_000)
  }
  time.advance(5 * MINUTE)
  await runAlarm(sam)
  time.advance(10 * MINUTE)
  await runAlarm(sam)
  expect(personal()).toHaveLength(60)
  expect(new Set(recorded.to('desk').map(({ key }) => key.split('.')[0]))).toEqual(new Set(triggered))

  for (const id of triggered) await ack(sam, id)
  await runAlarm(sam)
  const allClears = personal().filter(({ message }) => message.key.endsWith('.all-clear'))
  expect(allClears).toHaveLength(4 * 10)
  expect(personal()).toHaveLength(100)
  // All-clears count, so nothing is left for another alarm of this day.
  expect(at(await trigger(sam), 'messages', 1)).toBe('Your sister (C0) could not be notified by email.')
  expect(at(await alarms(sam), 'alarms', 0, 'deliveries', 0, 'state')).toBe('withheld')
  expect(await rows(sam, "SELECT count(*) AS n FROM due JOIN deliveries ON ref = id WHERE state = 'withheld'")).toEqual([{ n: 0 }])
})

test('twenty simultaneous alarms share one limit', async () => {
  const { sam, time, personal } = await setUp([0, 1, 2, 3, 4].map(numbered))
  await setDependencies(sam, { settings: { ...SETTINGS, dedupeMs: 0 } })
  const triggered = await Promise.all(Array.from({ length: 20 }, () => trigger(sam)))
  expect(new Set(triggered.map((response) => at(response, 'alarm_id'))).size).toBe(20)
  for (const minutes of [0, 5, 10]) {
    time.advance(minutes * MINUTE)
    await runAlarm(sam)
  }
  expect(personal()).toHaveLength(60)
})

test('above the limit of all accounts, messages wait; the desk and all-clears do not', async () => {
  const { sam, time, recorded, personal } = await setUp([0, 1, 2].map(numbered))
  let left = 1
  await setDependencies(sam, { allowsMessage: async () => left-- > 0 })
  const triggered = await trigger(sam)
  expect(at(triggered, 'messages', 3)).toBe('Your sister (C2) received a notification by email.')
  await runAlarm(sam)
  expect(personal()).toHaveLength(1)
  expect(recorded.to('desk')).toHaveLength(1)
  expect((await deliveriesOf(sam)).map((one) => Array.isArray(one) && one.slice(3))).toEqual([
    ['sent', 1],
    ['pending', 0],
    ['pending', 0],
  ])
  left = 1
  time.advance(10_000)
  await runAlarm(sam)
  expect(personal().map(({ message }) => message.recipient)).toEqual(['C0', 'C1'])
  await ack(sam, at(triggered, 'alarm_id'))
  await runAlarm(sam)
  expect(
    personal()
      .slice(2)
      .map(({ message }) => message.recipient),
  ).toEqual(['C0', 'C1'])
})

test('a message that waits for the limit is stopped by "I am safe"', async () => {
  const { sam, time, personal } = await setUp([numbered(0)])
  const triggered = await trigger(sam)
  await setDependencies(sam, {
    allowsMessage: async () => {
      await ack(sam, at(triggered, 'alarm_id'))
      return false
    },
  })
  await runAlarm(sam)
  time.advance(HOUR)
  await runAlarm(sam)
  expect(personal()).toEqual([])
  expect(await rows(sam, 'SELECT count(*) AS n FROM due')).toEqual([{ n: 0 }])
})

test('the platform counts the messages of all accounts together; without a limit, or without an answer, all are allowed', async () => {
  const keys: string[] = []
  const limit = async ({ key }: { key: string }) => ({ success: keys.push(key) <= 2 })
  const allowed = (ALARM_LIMIT?: RateLimit) =>
    createContext({ ...env, ...(ALARM_LIMIT && { ALARM_LIMIT }) }, { waitUntil: () => {} }).limits
  const limits = allowed({ limit })
  expect(await Promise.all([1, 2, 3].map(() => limits.allowsAlarmMessage()))).toEqual([true, true, false])
  expect(keys).toEqual(['alarms', 'alarms', 'alarms'])
  expect(await allowed().allowsAlarmMessage()).toBe(true)
  expect(await allowed({ limit: () => Promise.reject(new Error('unavailable')) }).allowsAlarmMessage()).toBe(true)
})
