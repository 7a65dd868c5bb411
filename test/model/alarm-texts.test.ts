import { expect, test } from 'vitest'
import type { Recipient } from '../../src/model/alarm.ts'
import { messageFor, noticeFor } from '../../src/model/alarm-texts.ts'
import { HOUR } from '../support/alarm-settings.ts'

const ANN: Recipient = { key: 'contact-1', name: 'Ann', relationship: 'sister', email: 'ann@example.com', phone: '+1555' }
const DETAILS = { displayName: 'Sam', location: '', triggeredAt: Date.UTC(2026, 10, 20, 18, 5), step: 1, steps: 3, reference: '0f398f-1' }

test('the SMS says who, when, where and what to do', () => {
  expect(messageFor(ANN, 'sms', DETAILS)).toEqual({
    subject: '',
    body: 'Sam set off an alarm on 20 November 2026 at 18:05 UTC. Call them now. No answer: go there or send someone. Life in danger: call 112, 911 or 999. Ref 0f398f-1',
  })
  expect(messageFor(ANN, 'sms', { ...DETAILS, location: 'Kyiv' }).body).toContain('18:05 UTC, last location: Kyiv. Call')
})

test('the e-mail of a later step says that nobody is known to be safe', () => {
  const [first, second] = [1, 2].map((step) => messageFor(ANN, 'email', { ...DETAILS, step }))
  expect(first?.subject).toBe('Sam needs help: an alarm was set off')
  expect(second?.subject).toBe('Sam still needs help (message 2 of 3)')
  expect(first?.body).not.toContain('No one has confirmed yet')
  expect(second?.body).toContain('No one has confirmed yet that they are safe.')
  expect(first?.body).toContain('The last location that they gave: none')
})

test('names, relationships and locations carry no links, in any message', () => {
  const to = { ...ANN, name: 'Ann https://evil.example/a', relationship: 'bank www.evil.example' }
  const details = { ...DETAILS, displayName: 'Your bank: https://evil.example/pay', location: 'https://evil.example/map near evil.example' }
  const texts = (['email', 'sms'] as const).flatMap((channel) => [
    messageFor(to, channel, details),
    noticeFor('answered', to, channel, details),
    noticeFor('all-clear', to, channel, details),
  ])
  for (const { subject, body } of texts) expect(`${subject} ${body}`).not.toMatch(/evil\.|:\/\//)
  expect(texts[0]?.body).toContain('The last location that they gave: near evil example')
  expect(texts[0]?.subject).toBe('Your bank: needs help: an alarm was set off')
})

test('a name that is nothing but a link is replaced', () => {
  const link = 'https://evil.example'
  const { subject, body } = messageFor({ ...ANN, name: link, relationship: link }, 'email', {
    ...DETAILS,
    displayName: link,
    location: link,
  })
  expect(subject).toBe('A person needs help: an alarm was set off')
  expect(body).toContain('Hello there,')
  expect(body).toContain('named as their contact.')
  expect(body).toContain('The last location that they gave: none')
})

test('times are written as in British English', () => {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC', hourCycle: 'h23' })
  for (let triggeredAt = Date.UTC(2025, 11, 31); triggeredAt < Date.UTC(2029, 0, 2); triggeredAt += 7.3 * HOUR)
    expect(messageFor(ANN, 'sms', { ...DETAILS, triggeredAt }).body).toContain(`on ${format.format(triggeredAt)} UTC.`)
})
