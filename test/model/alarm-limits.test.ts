import { describe, expect, test } from 'vitest'
import type { Alarm, Recipient, TriggerMessage } from '../../src/model/alarm.ts'
import { admitRecipients, DAILY_LIMITS, type DailyUsage, withheldDeliveries } from '../../src/model/alarm-limits.ts'
import { SETTINGS } from '../support/alarm-settings.ts'

const recipient = (key: string, email: string | null, phone: string | null = null): Recipient => ({
  key,
  name: key.toUpperCase(),
  relationship: 'friend',
  email,
  phone,
})

const messageTo = ({ key, name, relationship, email }: Recipient): TriggerMessage => ({
  type: 'contact',
  key,
  name,
  relationship,
  channel: email === null ? 'sms' : 'email',
})

const alarmFor = (recipients: readonly Recipient[]): Alarm => ({
  alarmId: 'alarm',
  accountId: 7,
  username: 'sam',
  displayName: 'Sam',
  location: '',
  scenario: 'Pattern 2',
  recipients,
  messages: [{ type: 'no-music' }, ...recipients.map(messageTo)],
  triggeredAt: 0,
  startsAt: 0,
  status: 'open',
  acknowledgedAt: null,
  acknowledgedBy: null,
  safeAt: null,
})

const NOTHING_SENT: DailyUsage = { recipients: [], messages: 0 }

const admit = (recipients: readonly Recipient[], usage: Partial<DailyUsage> = {}, settings = SETTINGS) => {
  const { alarm, withheld } = admitRecipients(alarmFor(recipients), {
    usage: { ...NOTHING_SENT, ...usage },
    limits: DAILY_LIMITS,
    settings,
  })
  return {
    addresses: alarm.recipients.map(({ key, email, phone }) => [key, email, phone]),
    withheld: withheld.map(({ key }) => key),
    messages: alarm.messages,
  }
}

const people = (count: number, name = 'p') =>
  Array.from({ length: count }, (_, n) => recipient(`${name}${n}`, `${name}${n}@example.com`, `+3805000000${name === 'p' ? 0 : 1}${n}`))

describe('different people', () => {
  test('five are notified, and the others have not agreed', () => {
    const { addresses, withheld, messages } = admit(people(7))
    expect(addresses.map(([key]) => key)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4'])
    expect(withheld).toEqual(['p5', 'p6'])
    expect(messages[0]).toEqual({ type: 'no-music' })
    expect(messages.slice(5)).toEqual([
      { type: 'contact', key: 'p4', name: 'P4', relationship: 'friend', channel: 'email' },
      { type: 'not-agreed', name: 'P5', relationship: 'friend' },
      { type: 'not-agreed', name: 'P6', relationship: 'friend' },
    ])
  })

  test('those who were told before take no new place, whatever the case of their address', () => {
    const known = people(5)
    expect(admit(known, { recipients: [...known, ...known] }).withheld).toEqual([])
    expect(admit([recipient('x', 'P0@Example.com')], { recipients: known }).addresses).toEqual([['x', 'P0@Example.com', null]])
    expect(admit(people(1, 'q'), { recipients: known }).withheld).toEqual(['q0'])
  })

  test('a second address of a known person is used only once: contacts cannot be exchanged behind one address', () => {
    const known = [...people(4), recipient('own', 'own@example.com')]
    const first = admit([recipient('own', 'own@example.com', '+380500000091')], { recipients: known })
    expect(first.addresses).toEqual([['own', 'own@example.com', '+380500000091']])
    const usage = { recipients: [...known, recipient('own', 'own@example.com', '+380500000091')] }
    const second = admit([recipient('own', 'own@example.com', '+380500000092')], usage)
    expect(second.addresses).toEqual([['own', 'own@example.com', null]])
    expect(second.withheld).toEqual([])
  })

  test('if only the phone number is left of a contact, the response says so', () => {
    const known = people(5)
    const { messages, addresses } = admit([recipient('p0', 'new@example.com', '+38050000000' + '0')], { recipients: known })
    expect(addresses).toEqual([['p0', null, '+380500000000']])
    expect(messages[1]).toMatchObject({ type: 'contact', channel: 'sms' })
  })

  test('two contacts with the same number are one person', () => {
    const same = Array.from({ length: 10 }, (_, n) => recipient(`s${n}`, null, '+380500000000'))
    expect(admit(same).withheld).toEqual([])
  })
})

describe('messages', () => {
  test('of all steps are reserved when an alarm starts: it is not stopped half-way', () => {
    expect(admit(people(1), { messages: 57 }).withheld).toEqual([])
    const { withheld, messages } = admit(people(2), { messages: 55 })
    expect(withheld).toEqual(['p1'])
    expect(messages[2]).toEqual({ type: 'not-notified', key: 'p1', name: 'P1', relationship: 'friend', channel: 'email' })
    expect(admit(people(1), { messages: 58 }).withheld).toEqual(['p0'])
    expect(admit(people(1), { messages: 58 }, { ...SETTINGS, stepsMs: [] }).withheld).toEqual([])
  })

  test('of somebody who is refused are not reserved', () => {
    const { addresses } = admit([...people(1, 'q'), ...people(5)], { recipients: people(5), messages: 45 })
    expect(addresses.map(([key]) => key)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4'])
  })
})

test('who is not notified is listed with a delivery that has no text', () => {
  const [ann] = people(1)
  expect(ann && withheldDeliveries(alarmFor([]), [ann], SETTINGS.channels)).toEqual([
    {
      id: 'alarm.p0.1',
      alarmId: 'alarm',
      accountId: 7,
      purpose: 'alarm',
      step: 1,
      channel: 'email',
      recipient: 'P0',
      address: 'p0@example.com',
      subject: '',
      body: '',
      createdAt: 0,
    },
  ])
})

test('whatever contacts a person exchanges, at most five e-mail addresses and five numbers are used', () => {
  let state = 7
  const next = (max: number) => {
    state = Math.imul(state, 48_271) % 2_147_483_647
    return Math.abs(state) % max
  }
  for (let run = 0; run < 300; run++) {
    const recipients: Recipient[] = []
    for (let alarm = 0; alarm < 20; alarm++) {
      const contacts = Array.from({ length: 1 + next(10) }, (_, n) =>
        recipient(`${alarm}-${n}`, next(3) > 0 ? `${next(12)}@example.com` : null, `+3805000000${next(12)}`),
      )
      const admitted = admitRecipients(alarmFor(contacts), {
        usage: { recipients, messages: 0 },
        limits: { ...DAILY_LIMITS, messages: 1_000_000 },
        settings: SETTINGS,
      })
      expect(admitted.alarm.recipients.length + admitted.withheld.length).toBe(contacts.length)
      recipients.push(...admitted.alarm.recipients)
    }
    for (const field of ['email', 'phone'] as const) {
      expect(new Set(recipients.flatMap((one) => one[field] ?? [])).size).toBeLessThanOrEqual(DAILY_LIMITS.recipients)
    }
  }
})
