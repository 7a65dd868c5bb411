import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { settingsFrom } from '../../../src/env.ts'
import { createReferenceFiles } from '../../../src/rpc/reference-files.ts'

/** An instance of the module for this file alone: it loads the plans once, and other files of this isolate may have done so. */
const { contactNumberReader, loadPhoneNumbers, readContactNumber }: typeof import('../../../src/domain/accounts/phone-numbers.ts') =
  await import('../../../src/domain/accounts/phone-numbers.ts?instance')

const settings = settingsFrom(env)
const readReferenceFile = createReferenceFiles(env.ASSETS)

// Before the plans are loaded.
test('without the numbering plans, an alarm only checks the length of numbers', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const read = await contactNumberReader({ settings, readReferenceFile: () => Promise.reject(new Error('no assets')) })
  expect(['+380 50 123-45-67', '112', '911', 'next door'].map(read)).toEqual(['+380501234567', null, null, null])
  expect(warn.mock.calls.map(([line]) => JSON.parse(line))).toEqual([{ warning: 'numbering plans not read', error: 'Error' }])
  warn.mockRestore()
})

test('an alarm does not wait for numbering plans that do not come', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.useFakeTimers()
  const reading = contactNumberReader({ settings, readReferenceFile: () => new Promise(() => {}) })
  await vi.advanceTimersByTimeAsync(1000)
  expect((await reading)('+380501234567')).toBe('+380501234567')
  vi.useRealTimers()
  warn.mockRestore()
})

const US = '+15550000000'

test.each([
  ['+380 50 123-45-67', null, '+380501234567'],
  ['00380501234567', null, '+380501234567'],
  ['+44 (0)20 7946 0958', null, '+442079460958'],
  // No plan has this range, but it may be newer than the plans.
  ['+1 555 123 4567', null, '+15551234567'],
  ['+1 900 555 1234', null, null],
  ['+49 180 5123456', null, null],
  ['+1 911', null, null],
  ['112', null, null],
  ['050 123 45 67', null, '0501234567'],
  ['(212) 555-0123', US, '+12125550123'],
  ['900 555 1234', US, null],
  ['555 1234', US, null],
  ['911', US, null],
  ['+380501234567', US, '+380501234567'],
  // A sender's name instead of a number.
  ['050 123 45 67', 'Concord', '0501234567'],
])('%s, sent to by %s, is the number %s', async (phone, sender, number) => {
  await loadPhoneNumbers({ readReferenceFile })
  expect(readContactNumber(phone, sender)).toBe(number)
})

test('an alarm reads a number without a country in the plan of the sender', async () => {
  const sms = { url: 'https://sms.test', account: 'AC1', token: 't', from: US }
  const read = await contactNumberReader({ settings: { ...settings, carriers: { ...settings.carriers, sms } }, readReferenceFile })
  expect(['(212) 555-0123', '900 555 1234', '+1 900 555 1234'].map(read)).toEqual(['+12125550123', null, null])
})
