import { expect, test } from 'vitest'
import { formDifferences } from '../../src/model/shape.ts'

const KEYS = new Set(['a', 'b', 'c', 'd', 'id', 'user', 'bio', 'end'])
const differences = (former: unknown, own: unknown) => formDifferences(former, own, (key) => KEYS.has(key))

test('values do not matter', () => {
  expect(differences({ a: 1, b: ['x'], c: { d: null } }, { c: { d: null }, b: ['y', 'z'], a: 2 })).toEqual([])
  expect(differences([], [{ a: 1 }])).toEqual([])
})

test.each([
  ['another type', { user: { id: 1 } }, { user: { id: '1' } }, ['user.id: number, string']],
  ['null', { bio: null }, { bio: '' }, ['bio: null, string']],
  ['a key that is missing', { a: 1, b: 2 }, { a: 1 }, ['b: number, missing']],
  ['a key that is new', { a: 1 }, { a: 1, c: [] }, ['c: missing, array']],
  ['items of a list, each place once', [{ a: 1 }, { a: 2 }], [{ a: '1' }, { a: '2' }], ['[].a: number, string']],
  ['another body', { a: 1 }, [], ['body: object, array']],
  ['no JSON', undefined, {}, ['body: undefined, object']],
])('%s', (_what, former, own, expected) => {
  expect(differences(former, own)).toEqual(expected)
})

test('a key that the contract does not know is not shown: it may be a name, a token or a number', () => {
  expect(differences({ 'Otto O’Neil': 1, otto_miller: 1, 'otto@example.com': 1, '57': 1 }, {})).toEqual(['*: number, missing'])
  expect(differences({ otto: { a: { id: 1 } } }, { otto: { a: { id: '1' } } })).toEqual(['*.a.id: number, string'])
})

test('a deep or long value ends the comparison', () => {
  const nested = (depth: number): object => (depth === 0 ? { end: 1 } : { a: nested(depth - 1) })
  expect(differences(nested(5000), nested(5000))).toEqual([])
  expect(
    differences(
      Array.from({ length: 100_000 }, () => 1),
      Array.from({ length: 100_000 }, () => 1),
    ),
  ).toEqual([])
})
