import { expect, test } from 'vitest'
import { UnsupportedValue } from '../../../../src/cli/move/models/values.ts'
import { BsonDocuments } from '../../../../src/cli/move/source/bson.ts'

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

const document = (...elements: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(elements)
  return Buffer.concat([int32(body.length + 5), body, Buffer.from([0])])
}

const element = (type: number, name: string, ...value: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), ...value.map((part) => Buffer.from(part))])

const text = (value: string): Buffer => Buffer.concat([int32(Buffer.byteLength(value) + 1), Buffer.from(`${value}\0`)])

const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}

const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value)
  return bytes
}

const inPieces = (bytes: Buffer, size = bytes.length) => {
  const documents = new BsonDocuments()
  const found = []
  for (let at = 0; at < bytes.length; at += size) found.push(...documents.push(bytes.subarray(at, at + size)))
  documents.end()
  return found
}

const only = (...elements: readonly Buffer[]): unknown => inPieces(document(...elements))[0]?.value

test('values of every type that the originals store', () => {
  expect(
    only(
      element(0x01, 'double', double(1.5)),
      element(0x02, 'text', text('ü\0\u{1f600}')),
      element(0x03, 'document', document(element(0x08, 'yes', Buffer.from([1])))),
      element(0x04, 'list', document(element(0x10, '0', int32(-1)), element(0x0a, '1'))),
      element(0x07, '_id', Buffer.from('68dcda1c0dc00a6519003cf3', 'hex')),
      element(0x09, 'date', int64(-86_400_000n)),
      element(0x12, 'long', int64(1_766_599_200_000n)),
      element(0x06, 'undefined'),
    ),
  ).toEqual({
    double: 1.5,
    text: 'ü\0\u{1f600}',
    document: { yes: true },
    list: [-1, null],
    _id: '68dcda1c0dc00a6519003cf3',
    date: new Date('1969-12-31T00:00:00Z'),
    long: 1_766_599_200_000,
    undefined: null,
  })
})

test.each([
  [0x05, [int32(2), Buffer.from([0, 1, 2])]],
  [0x0b, ['a+\0', 'i\0']],
  [0x0c, [text('plans'), Buffer.alloc(12)]],
  [0x0d, [text('code')]],
  [0x0e, [text('symbol')]],
  [0x0f, [int32(4 + 9 + 5), text('code'), document()]],
  [0x11, [Buffer.alloc(8)]],
  [0x13, [Buffer.alloc(16)]],
  [0x7f, []],
  [0xff, []],
])('a value of another type (%i) is skipped, and what follows is read', (type, value) => {
  expect(only(element(type, 'other', ...value), element(0x10, 'next', int32(7)))).toEqual({ other: expect.any(UnsupportedValue), next: 7 })
})

test('the same documents, wherever the file is cut into pieces', () => {
  const bytes = Buffer.concat([document(element(0x02, 'a', text('one'))), document(), document(element(0x10, 'b', int32(2)))])
  const whole = inPieces(bytes)
  expect(whole.map(({ value }) => value)).toEqual([{ a: 'one' }, {}, { b: 2 }])
  for (const size of [1, 2, 5, 9]) expect(inPieces(bytes, size)).toEqual(whole)
})

const nested = (depth: number): Buffer => (depth === 0 ? document() : document(element(0x03, 'd', nested(depth - 1))))

test.each([
  ['a length of 4', int32(4), /impossible length/],
  ['a negative length', int32(-1), /impossible length/],
  ['17 MiB', int32(17 * 1024 * 1024), /impossible length/],
  ['a cut document', document(element(0x10, 'a', int32(1))).subarray(0, 9), /ends inside the document/],
  ['a cut length', Buffer.from([1, 0]), /ends inside the document/],
  ['a type that does not exist', document(element(0x55, 'a', int32(1))), /a type that does not exist/],
  ['a text that is too long', document(element(0x02, 'a', int32(99), 'b\0')), /longer than its document/],
  ['a text with a negative length', document(element(0x02, 'a', int32(-5), 'b\0')), /longer than its document/],
  ['a text without its end', document(element(0x02, 'a', int32(2), 'bc')), /does not end at its stated length/],
  ['a text that is not UTF-8', document(element(0x02, 'a', int32(2), Buffer.from([0xff, 0]))), /not UTF-8/],
  ['a nested document that is too long', document(element(0x03, 'a', int32(99), Buffer.from([0]))), /impossible length/],
  ['101 levels', nested(101), /nested too deeply/],
])('%s is damage', (_name, bytes, reason) => {
  expect(() => inPieces(bytes)).toThrow(reason)
})
