import { describe, expect, test } from 'vitest'
import { messageFrame, parseFrame, parseSince } from '../../../src/dialects/recovery/frames.ts'

describe('parseFrame', () => {
  test.each([
    ['{"message":"hi"}', { type: 'message', message: 'hi', clientId: null, userId: null }],
    ['{"message":" hi ","client_id":"a","user_id":"2"}', { type: 'message', message: 'hi', clientId: 'a', userId: 2 }],
    ['{"message":7,"client_id":7,"user_id":2}', { type: 'message', message: '7', clientId: '7', userId: 2 }],
    ['{"message":"hi","client_id":null,"user_id":0}', { type: 'message', message: 'hi', clientId: null, userId: null }],
    ['{"type":"chat_message","message":"hi"}', { type: 'message', message: 'hi', clientId: null, userId: null }],
    ['{"type":"typing"}', { type: 'typing', userId: null }],
    ['{"type":"read","id":"3"}', { type: 'read', id: 3 }],
    ['{"type":"resume","since":0}', { type: 'resume', since: 0 }],
    ['{"type":"resume","since":"12"}', { type: 'resume', since: 12 }],
    ['{"__proto__":{"message":"x"}}', { type: 'invalid', detail: 'message: This field is required.' }],
    ['{"message":" "}', { type: 'invalid', detail: 'message: This field may not be blank.' }],
    ['{', { type: 'invalid', detail: 'A frame must be a JSON object.' }],
    ['{"type":"resume","since":-1}', { type: 'invalid', detail: 'since: A valid integer is required.' }],
    ['{"type":"read","id":1e400}', { type: 'invalid', detail: 'id: A valid integer is required.' }],
    [
      `{"message":"x","client_id":"${'x'.repeat(129)}"}`,
      { type: 'invalid', detail: 'client_id: Must be a string of at most 128 characters.' },
    ],
  ])('%s', (data, frame) => {
    expect(parseFrame(data)).toEqual(frame)
  })

  test('never throws', () => {
    for (const data of [
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
      expect(parseFrame(data).type).toBe('invalid')
    }
  })
})

test('parseSince accepts a non-negative integer as a number or as digits', () => {
  expect(['0', '12', 'x', '', '-1', '1.5', undefined, null, {}].map(parseSince)).toEqual([0, 12, null, null, null, null, null, null, null])
})

test('a message frame has the keys that old clients know first, and the added keys after them', () => {
  const message = { id: 3, message: 'hi', fromAdmin: true, sentAt: 0 }
  expect(JSON.stringify(messageFrame(2, message))).toBe(
    '{"event":"chat_message","message":"hi","identifier":"2","user_id":"2","from_admin":true,"id":3,"sent_at":"1970-01-01T00:00:00Z"}',
  )
})
