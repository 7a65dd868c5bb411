import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { fieldErrors } from '../../../src/http/request/field-errors.ts'
import { boolean, date, email, integer, pathId, Repeated, text, webUrl } from '../../../src/http/request/fields.ts'

/** Parses a value with a field: returns the parsed value, or the error texts. */
const parse = (field: z.ZodMiniType, value?: unknown): unknown => {
  const result = z.object({ field }).safeParse(value === undefined ? {} : { field: value })
  return result.success ? result.data.field : fieldErrors(result.error.issues).field
}

describe('text', () => {
  test.each<[unknown, unknown]>([
    ['  trimmed ', 'trimmed'],
    [12, '12'],
    [1.5, '1.5'],
    [undefined, ['This field is required.']],
    [null, ['This field may not be null.']],
    ['', ['This field may not be blank.']],
    ['  ', ['This field may not be blank.']],
    [true, ['Not a valid string.']],
    [[], ['Not a valid string.']],
    [{}, ['Not a valid string.']],
    [Number.NaN, ['Not a valid string.']],
    ['\ud800', ['Not a valid string.']],
    ['a\u0000b', ['Null characters are not allowed.']],
    ['a\u0007b', ['Control characters are not allowed.']],
    ['a\nb', ['Control characters are not allowed.']],
    ['abcdefghijk', ['Ensure this field has no more than 10 characters.']],
  ])('parses %j as %j', (input, expected) => {
    expect(parse(text({ max: 10 }), input)).toEqual(expected)
  })

  test('counts characters, not UTF-16 units', () => {
    expect(parse(text({ max: 3 }), '😀😀😀')).toBe('😀😀😀')
    expect(parse(text({ max: 3 }), '😀😀😀😀')).toEqual(['Ensure this field has no more than 3 characters.'])
    expect(parse(text({ min: 2 }), '😀')).toEqual(['Ensure this field has at least 2 characters.'])
  })

  test('accepts blank text and line breaks only with the matching option', () => {
    expect(parse(text({ blank: true }), '')).toBe('')
    expect(parse(text({ long: true }), 'one\n\ttwo')).toBe('one\n\ttwo')
    expect(parse(text({ long: true }), 'one\u000btwo')).toEqual(['Control characters are not allowed.'])
  })

  test('uses the last of several form values', () => {
    expect(parse(text(), new Repeated(['one', 'two']))).toBe('two')
    expect(parse(text(), ['one', 'two'])).toEqual(['Not a valid string.'])
  })
})

describe('integer', () => {
  const wrong = ['A valid integer is required.']
  test.each<[unknown, unknown]>([
    [12, 12],
    ['12', 12],
    [' -3 ', -3],
    [12.0, 12],
    [-0, 0],
    [12.5, wrong],
    ['12.5', wrong],
    [true, wrong],
    ['', wrong],
    ['1e3', wrong],
    ['0x10', wrong],
    ['９', wrong],
    [2 ** 53, wrong],
    ['99999999999999999999', wrong],
    [[1], wrong],
    [101, ['Ensure this value is less than or equal to 100.']],
    [-11, ['Ensure this value is greater than or equal to -10.']],
    [null, ['This field may not be null.']],
  ])('parses %j as %j', (input, expected) => {
    expect(parse(integer({ min: -10, max: 100 }), input)).toEqual(expected)
  })
})

describe('boolean', () => {
  test.each<[unknown, unknown]>([
    [true, true],
    ['true', true],
    ['ON', true],
    [1, true],
    [false, false],
    ['False', false],
    ['0', false],
    ['maybe', ['Must be a valid boolean.']],
    ['', ['Must be a valid boolean.']],
    [2, ['Must be a valid boolean.']],
    [[], ['Must be a valid boolean.']],
  ])('parses %j as %j', (input, expected) => {
    expect(parse(boolean(), input)).toEqual(expected)
  })
})

describe('date', () => {
  const wrong = ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.']
  test.each<[unknown, unknown]>([
    ['2024-07-06', '2024-07-06'],
    ['2024-02-29', '2024-02-29'],
    ['2000-02-29', '2000-02-29'],
    ['2023-02-29', wrong],
    ['1900-02-29', wrong],
    ['2024-04-31', wrong],
    ['2024-13-01', wrong],
    ['2024-00-10', wrong],
    ['2024-01-00', wrong],
    ['0000-01-01', wrong],
    ['2024-7-6', wrong],
    ['06.07.2024', wrong],
    ['2024-07-06T00:00:00Z', wrong],
    [20240706, wrong],
    ['', wrong],
  ])('parses %j as %j', (input, expected) => {
    expect(parse(date(), input)).toEqual(expected)
  })
})

describe('email', () => {
  test.each(['user@example.com', 'a.b+c@sub.example.co.uk', 'x@localhost', "o'neil@example.ie", 'ü@exämple.com'.replace('ü', 'u')])(
    'accepts %s',
    (input) => {
      expect(parse(email(), input)).toBe(input)
    },
  )

  test.each([
    'user',
    'user@',
    '@example.com',
    'user@example',
    'a b@example.com',
    'user@-example.com',
    'user@example..com',
    'a@b@c.com',
    'user@exa_mple.com',
    '.a@example.com',
  ])('rejects %s', (input) => {
    expect(parse(email(), input)).toEqual(['Enter a valid email address.'])
  })

  test('rejects a very long address quickly', () => {
    const startedAt = Date.now()
    parse(email(), `${'a'.repeat(500_000)}@${'b.'.repeat(200_000)}`)
    expect(Date.now() - startedAt).toBeLessThan(500)
  })
})

test('a web address must be an http or https URL', () => {
  expect(parse(webUrl(), 'https://example.com/a.png?x=1')).toBe('https://example.com/a.png?x=1')
  for (const input of [
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.com',
    '//example.com',
    'nonsense',
    'https://',
    'http://a b',
  ])
    expect(parse(webUrl(), input)).toEqual(['Enter a valid URL.'])
})

test('an invalid path id is read as 0, which matches no row', () => {
  for (const input of ['0', '-1', 'abc', '1.5', '1e3', '', '01', ' 1', '99999999999999999999']) expect(parse(pathId(), input)).toBe(0)
  expect(parse(pathId(), '42')).toBe(42)
})

describe('field errors', () => {
  const schema = z.object({
    name: text(),
    place: z.object({ city: text(), zip: integer() }),
    tags: z.array(text()),
  })
  const errorsOf = (value: unknown) => {
    const result = schema.safeParse(value, { reportInput: true })
    return result.success ? null : fieldErrors(result.error.issues)
  }

  test('are reported all at once, in the order and nesting of the schema', () => {
    expect(JSON.stringify(errorsOf({ tags: 'x', place: { zip: 'x' } }))).toBe(
      '{"name":["This field is required."],"place":{"city":["This field is required."],"zip":["A valid integer is required."]},"tags":["Expected a list of items but got type \\"str\\"."]}',
    )
  })

  test('of a missing object are on the field, of a wrong type in non_field_errors', () => {
    expect(errorsOf({ name: 'x', tags: [] })).toEqual({ place: ['This field is required.'] })
    expect(errorsOf({ name: 'x', tags: [], place: null })).toEqual({ place: ['This field may not be null.'] })
    expect(errorsOf({ name: 'x', tags: [], place: 3.5 })).toEqual({
      place: { non_field_errors: ['Invalid data. Expected a dictionary, but got float.'] },
    })
  })
})
