import { describe, expect, test } from 'vitest'
import {
  boolean,
  date,
  file,
  id,
  integer,
  json,
  keyOf,
  nullable,
  phone,
  real,
  text,
  timestamp,
} from '../../../../src/cli/move/models/kinds.ts'
import { type SourceValue, UnsupportedValue } from '../../../../src/cli/move/models/values.ts'

/** One value in the four forms; and what is no value of its kind. */

const UNSUPPORTED = new UnsupportedValue('regular expression')

describe('a time', () => {
  const EXPECTED = new Date('2024-07-25T14:20:29.268Z')

  test.each([
    '2024-07-25 14:20:29.268300',
    '2024-07-25 10:20:29.2683-04',
    '2024-07-25 19:50:29.268+05:30',
    '2024-07-25 14:53:29.268999+00:33:00',
    '2024-07-25T14:20:29.268Z',
    '2024-07-25T14:20:29.268+0000',
    EXPECTED,
  ])('%s', (value) => {
    expect(timestamp.read(value, false)).toEqual(EXPECTED)
  })

  test('without a fraction, before 1970, and cut off at milliseconds', () => {
    expect(timestamp.read('2024-07-25 14:20:29', true)).toEqual(new Date('2024-07-25T14:20:29Z'))
    expect(timestamp.read('1955-02-03 04:05:06.999999', true)).toEqual(new Date('1955-02-03T04:05:06.999Z'))
  })

  test.each(['tomorrow', '2024-02-30 00:00:00', '2024-07-25', 'infinity', '', 5, null, new Date(Number.NaN), UNSUPPORTED])(
    'is not %s',
    (value) => {
      expect(timestamp.read(value, false)).toBeUndefined()
    },
  )
})

test.each<[string, { read(value: SourceValue, json: boolean): unknown }, SourceValue, unknown]>([
  ['a date', date, '2024-02-29', '2024-02-29'],
  ['a date of MongoDB', date, new Date('1981-02-02T00:00:00Z'), '1981-02-02'],
  ['a date that does not exist', date, '2023-02-29', undefined],
  ['a date with a time', date, new Date('1981-02-02T00:00:01Z'), undefined],
  ['true in SQLite', boolean, 1n, true],
  ['false in PostgreSQL', boolean, 'f', false],
  ['true in JSON', boolean, true, true],
  ['neither', boolean, 2n, undefined],
  ['an integer of SQLite', integer, 42n, 42],
  ['an integer of PostgreSQL', integer, '-42', -42],
  ['an integer that a number cannot hold', integer, 2n ** 60n, undefined],
  ['a fraction', integer, 1.5, undefined],
  ['a number of PostgreSQL', real, '88.33333333333333', 88.33333333333333],
  ['a number with an exponent', real, '1e-05', 0.00001],
  ['a whole number of SQLite', real, 5n, 5],
  ['no number', real, 'NaN', undefined],
  ['half an emoji', text, '\ud83d', undefined],
  ['a number as text', text, 5, undefined],
  ['no file', file, null, ''],
  ['a file', file, 'a/b.png', 'a/b.png'],
  ['an extension', phone, '+14155550132;ext=12', '+14155550132'],
  ['an id', id, '12', 12],
  ['an ObjectId', id, '68DCDA1C0DC00A6519003CF3', '68dcda1c0dc00a6519003cf3'],
  ['an ObjectId of digits', id, '111111111111111111111111', '111111111111111111111111'],
  ['a UUID of SQLite', id, '965845FAF313409C9B23429B1A8D70B0', '965845fa-f313-409c-9b23-429b1a8d70b0'],
  ['a UUID of PostgreSQL', id, '965845fa-f313-409c-9b23-429b1a8d70b0', '965845fa-f313-409c-9b23-429b1a8d70b0'],
  ['no id', id, 'test-user', undefined],
  ['a natural key', keyOf(id), ['etan'], ['etan']],
  ['an empty natural key', keyOf(id), [], undefined],
  ['null, where it may be', nullable(integer), null, null],
  ['null, where it may not', integer, null, undefined],
])('%s', (_name, kind, value, expected) => {
  expect(kind.read(value, false)).toEqual(expected)
})

describe('JSON', () => {
  test('is text in SQLite and PostgreSQL, and nested elsewhere', () => {
    expect(json.read('[21, {"a": "b"}]', true)).toEqual([21, { a: 'b' }])
    expect(json.read([21, { a: 'b' }], false)).toEqual([21, { a: 'b' }])
    expect(json.read('[21]', false)).toBe('[21]')
  })

  test('is not what cannot be parsed, or has a value of an unknown type', () => {
    expect(json.read('[21', true)).toBeUndefined()
    expect(json.read({ a: [UNSUPPORTED] }, false)).toBeUndefined()
  })

  test('may have a property with the name of a prototype', () => {
    const read = json.read('{"__proto__": {"isStaff": true}}', true)
    expect(Object.keys(read ?? {})).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
  })
})
