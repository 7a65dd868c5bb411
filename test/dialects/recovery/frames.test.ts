import { describe, expect, test } from 'vitest'
import { messageFrame, readFrame, sinceOf } from '../../../src/dialects/recovery/frames.ts'

describe('a frame that is heard', () => {
  test.each([
    ['{"message":"hi"}', { is: 'message', message: 'hi', clientId: null, userId: null }],
    ['{"message":" hi ","client_id":"a","user_id":"2"}', { is: 'message', message: 'hi', clientId: 'a', userId: 2 }],
    ['{"message":7,"client_id":7,"user_id":2}', { is: 'message', message: '7', clientId: '7', userId: 2 }],
    ['{"message":"hi","client_id":null,"user_id":0}', { is: 'message', message: 'hi', clientId: null, userId: null }],
    ['{"type":"chat_message","message":"hi"}', { is: 'message', message: 'hi', clientId: null, userId: null }],
    ['{"type":"typing"}', { is: 'typing', userId: null }],
    ['{"type":"read","id":"3"}', { is: 'read', id: 3 }],
    ['{"type":"resume","since":0}', { is: 'resume', since: 0 }],
    ['{"type":"resume","since":"12"}', { is: 'resume', since: 12 }],
    ['{"__proto__":{"message":"x"}}', { is: 'wrong', detail: 'message: This field is required.' }],
    ['{"message":" "}', { is: 'wrong', detail: 'message: This field may not be blank.' }],
    ['{', { is: 'wrong', detail: 'A frame is a JSON object.' }],
    ['{"type":"resume","since":-1}', { is: 'wrong', detail: 'since: A valid integer is required.' }],
    ['{"type":"read","id":1e400}', { is: 'wrong', detail: 'id: A valid integer is required.' }],
    [`{"message":"x","client_id":"${'x'.repeat(129)}"}`, { is: 'wrong', detail: 'client_id: A string of at most 128 characters.' }],
  ])('%s', (given, heard) => {
    expect(readFrame(given)).toEqual(heard)
  })

  test('never throws', () => {
    for (const given of [
      '',
      '0',
      '[[',
      '"',
      '\u0000',
      '{"message":{"toString":1}}',
      '[{"message":"x"}]',
      '9'.repeat(70_000),
      new ArrayBuffer(3),
    ]) {
      expect(readFrame(given).is).toBe('wrong')
    }
  })
})

test('where somebody left off is a number, or nothing', () => {
  expect(['0', '12', 'x', '', '-1', '1.5', undefined, null, {}].map(sinceOf)).toEqual([0, 12, null, null, null, null, null, null, null])
})

test('a message is said in the words of old clients, and more only behind them', () => {
  const message = { id: 3, message: 'hi', fromAdmin: true, sentAt: 0 }
  expect(JSON.stringify(messageFrame(2, message))).toBe(
    '{"event":"chat_message","message":"hi","identifier":"2","user_id":"2","from_admin":true,"id":3,"sent_at":"1970-01-01T00:00:00Z"}',
  )
})
