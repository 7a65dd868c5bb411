import { describe, expect, test } from 'vitest'
import { JsonObjects } from '../../../../src/cli/move/source/json-objects.ts'

/** The same objects, wherever the text is cut into pieces. */

const inPieces = (text: string, size: number): { readonly value: unknown; readonly byte: number }[] => {
  const objects = new JsonObjects()
  const bytes = Buffer.from(text)
  const found = []
  for (let at = 0; at < bytes.length; at += size) found.push(...objects.push(bytes.subarray(at, at + size)))
  objects.end()
  return found
}

const HARD = [{ a: '}\\"{', b: [{}, [[]], '\\'], 'ü\u{1f600}': '\\\\' }, {}, { c: { d: ['"', '\n', ']'] } }]

describe.each([1, 2, 3, 7, 1000])('in pieces of %i bytes', (size) => {
  test.each([
    ['a list in one line', JSON.stringify(HARD)],
    ['an indented list', JSON.stringify(HARD, null, 2)],
    ['lines', HARD.map((value) => `${JSON.stringify(value)}\n`).join('')],
    ['lines of Windows, with empty ones', `\ufeff${HARD.map((value) => `${JSON.stringify(value)}\r\n`).join('\r\n')}`],
    ['escapes for everything', JSON.stringify(HARD).replaceAll('ü', '\\u00fc')],
  ])('%s', (_name, text) => {
    expect(inPieces(text, size).map(({ value }) => value)).toEqual(HARD)
  })
})

test('says at which byte an object begins', () => {
  expect(inPieces('[{"ü":1}, {}]', 4).map(({ byte }) => byte)).toEqual([1, 11])
})

test.each([
  ['', 0, /contains nothing/],
  ['[{}', 3, /ends before its list does/],
  ['[{},', 4, /ends before its list does/],
  ['[{"a": [1, 2]', 1, /ends inside the object/],
  ['{"a": "b\\"}', 0, /ends inside the object/],
  ['[{} {}]', 4, /an object is expected/],
  ['[1]', 1, /an object is expected/],
  ['[{}]{}', 4, /something follows/],
  ['[{"a": tru}]', 1, /not valid JSON/],
  ['[{"a": [}]}]', 1, /not valid JSON/],
  ['{}', 2, /no line end/],
])('%s is damaged at byte %i', (text, byte, reason) => {
  expect(() => inPieces(text, 3)).toThrow(expect.objectContaining({ byte, message: expect.stringMatching(reason) }))
})

test('what is not UTF-8 is damaged, also where its length is right', () => {
  const objects = new JsonObjects()
  expect(() => [...objects.push(Buffer.from('{"a":"\u00e9"}\n', 'latin1'))]).toThrow(/not UTF-8/)
})

test('an object above the limit is refused before it is complete', () => {
  const objects = new JsonObjects()
  const push = (): void => {
    for (let piece = 0; piece < 25; piece++)
      for (const _ of objects.push(Buffer.from((piece === 0 ? '[{"a":"' : '') + 'x'.repeat(1024 * 1024))));
  }
  expect(push).toThrow(/longer than 20 MiB/)
})
