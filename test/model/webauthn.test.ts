import { describe, expect, test } from 'vitest'
import { authenticatorData, challengeIn, rawSignature } from '../../src/model/webauthn.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

describe('a signature in DER', () => {
  const number = (length: number, first: number): number[] => [first, ...Array.from({ length: length - 1 }, () => 7)]
  const sequence = (...parts: number[][]) => bytes(0x30, parts.flat().length, ...parts.flat())
  const integer = (...digits: number[]) => [0x02, digits.length, ...digits]

  test('becomes two numbers of 32 bytes', () => {
    const raw = rawSignature(sequence(integer(...number(32, 1)), integer(0, ...number(32, 0x80))))
    expect(raw).toEqual(bytes(...number(32, 1), ...number(32, 0x80)))
    const short = rawSignature(sequence(integer(5), integer(0)))
    expect([short?.length, short?.[31], short?.[63]]).toEqual([64, 5, 0])
  })

  test.each([
    ['is empty', bytes()],
    ['is no sequence', bytes(0x31, 6, 2, 1, 1, 2, 1, 1)],
    ['has another length than it declares', bytes(0x30, 7, 2, 1, 1, 2, 1, 1)],
    ['has one number', sequence(integer(1))],
    ['has three numbers', sequence(integer(1), integer(1), integer(1))],
    ['has something else than a number', sequence([0x04, 1, 1], integer(1))],
    ['has a number without digits', sequence([0x02, 0], integer(1))],
    ['has a negative number', sequence(integer(0x80), integer(1))],
    ['has a number with needless padding', sequence(integer(0, 1), integer(1))],
    ['has a number that is too large', sequence(integer(...number(33, 1)), integer(1))],
    ['has a number that ends too late', bytes(0x30, 6, 2, 1, 1, 2, 9, 1)],
    ['has a long form of the length', bytes(0x30, 0x81, 6, 2, 1, 1, 2, 1, 1)],
  ])('is rejected if it %s', (_what, der) => {
    expect(rawSignature(der)).toBeNull()
  })
})

describe('authenticator data', () => {
  const digest = '07'.repeat(32)
  const data = (flags: number, ...rest: number[]) => bytes(...Array.from({ length: 32 }, () => 7), flags, 0, 0, 1, 2, ...rest)

  test('has a counter, and the id of a new key', () => {
    expect(authenticatorData(data(0x05), digest)).toEqual({ signCount: 258, webauthnId: null })
    const key = [...Array.from({ length: 16 }, () => 0), 0, 3, 1, 2, 3, 0xa5]
    expect(authenticatorData(data(0x45, ...key), digest)).toEqual({ signCount: 258, webauthnId: 'AQID' })
  })

  test.each([
    ['ends in the header', data(0x05).slice(0, 36)],
    ['announces a key that is not there', data(0x45)],
    ['is of another server', bytes(8, ...data(0x05).slice(1))],
    ['is without presence of a person', data(0x04)],
    ['is without verification of the person', data(0x01)],
    ['is of a copied key that may not be copied', data(0x15)],
  ])('is rejected if it %s', (_what, input) => {
    expect(authenticatorData(input, digest)).toBeNull()
  })
})

test('client data without an object in it names no challenge', () => {
  const of = (text: string) => challengeIn(Uint8Array.from(new TextEncoder().encode(text)), 'add', 'https://help.example')
  for (const text of ['', 'null', '7', '[]', '{', '"x"', '{"type":"webauthn.create"}']) expect([text, of(text)]).toEqual([text, null])
  expect(of('{"type":"webauthn.create","origin":"https://help.example","challenge":"x"}')).toBe('x')
  expect(challengeIn(bytes(0xff, 0xfe), 'add', 'https://help.example')).toBeNull()
})
