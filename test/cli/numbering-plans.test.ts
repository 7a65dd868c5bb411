import { createRequire } from 'node:module'
import { type MetadataJson, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { numberingPlansFile } from '../../src/cli/numbering-plans.ts'
import { loadPhoneNumbers, readContactNumber, readPhoneNumber } from '../../src/domain/accounts/phone-numbers.ts'
import { dialable } from '../../src/model/alarm.ts'
import { pick, type Random, randomFrom, sampleOf } from '../support/pattern-samples.ts'

/**
 * The Worker reads phone numbers with code of its own, because the library that its plans come from is too big for it. Here the two
 * read the same numbers. A new version of the library that reads numbers differently fails here.
 */

type Country = readonly [callingCode: string, unknown, pattern: string, ...rest: unknown[]]

const require = createRequire(import.meta.url)
const metadata: MetadataJson = require('libphonenumber-js/metadata.max.json')
const {
  countries,
  nonGeographic,
}: Record<'countries' | 'nonGeographic', Record<string, Country>> = require('libphonenumber-js/metadata.max.json')
const examples: Record<string, string> = require('libphonenumber-js/examples.mobile.json')

/** Most calls have one of a few senders, and the library takes as long for them as for the number. */
const callingCodes = new Map<string, string | undefined>()

const callingCodeOf = (sender: string): string | undefined => {
  if (!callingCodes.has(sender)) callingCodes.set(sender, parsePhoneNumberFromString(sender, metadata)?.countryCallingCode)
  return callingCodes.get(sender)
}

/** What the functions of `src/domain/accounts/phone-numbers.ts` do, with the library. */
const library = {
  readPhoneNumber: (text: string): string | null => {
    const number = text.startsWith('+') ? parsePhoneNumberFromString(text, metadata) : undefined
    return number?.isValid() ? number.number : null
  },
  readContactNumber: (text: string, sender: string | null): string | null => {
    const digits = dialable(text)
    if (digits === null) return null
    if (digits.startsWith('+')) return reachable(parsePhoneNumberFromString(digits, metadata))
    const defaultCallingCode = sender === null ? undefined : callingCodeOf(sender)
    if (defaultCallingCode) return reachable(parsePhoneNumberFromString(digits, { defaultCallingCode }, metadata))
    return digits.length >= 7 ? digits : null
  },
}

const COSTLY = ['PREMIUM_RATE', 'SHARED_COST']

const reachable = (number: PhoneNumber | undefined): string | null =>
  number?.isPossible() && !COSTLY.includes(number.getType() ?? '') ? number.number : null

beforeAll(() => loadPhoneNumbers({ readReferenceFile: async () => numberingPlansFile() }))

interface Call {
  readonly text: string
  /** Whose number it is read for; undefined: as the phone number of an account. */
  readonly sender?: string | null
}

const ours = ({ text, sender }: Call) => (sender === undefined ? readPhoneNumber(text) : readContactNumber(text, sender))
const theirs = ({ text, sender }: Call) => (sender === undefined ? library.readPhoneNumber(text) : library.readContactNumber(text, sender))

/** Expects the same of both, and returns how many numbers were read. */
const compare = (calls: readonly Call[]): number => {
  const results = calls.map((call) => ({ ...call, ours: ours(call), theirs: theirs(call) }))
  expect(results.filter((result) => result.ours !== result.theirs)).toEqual([])
  return results.filter((result) => result.ours !== null).length
}

/** A number, and what people make of it: with a prefix, with missing, further or wrong digits. */
const variantsOf = (digits: string, prefix: string, random: Random): string[] => {
  const at = random(digits.length)
  return [
    digits,
    prefix + digits,
    `0${digits}`,
    digits.slice(1),
    digits.slice(0, -1),
    digits + random(10),
    digits.slice(0, at) + random(10) + digits.slice(at + 1),
  ]
}

const callsOf = (callingCode: string, digits: string): Call[] => [
  { text: `+${callingCode}${digits}` },
  { text: `+${callingCode}${digits}`, sender: null },
  { text: digits, sender: `+${callingCode} 555 0000` },
]

const TYPES = 11
const PREFIX = 5
const PREFIX_PATTERN = 7

const patternsOf = (country: Country): string[] => {
  const types = country[TYPES]
  return [country[2], ...(Array.isArray(types) ? types.flatMap((type) => (type?.[0] ? [String(type[0])] : [])) : [])]
}

const prefixOf = (country: Country): string => String(country[PREFIX_PATTERN] || country[PREFIX] || '')

const all = Object.entries({ ...countries, ...nonGeographic })

test.each(all)('%s: numbers of every type are read as the library reads them', (name, country) => {
  const random = randomFrom(name.charCodeAt(0) * 1000 + name.charCodeAt(1))
  const [callingCode] = country
  const samples = patternsOf(country).flatMap((pattern) => [1, 2, 3].map(() => sampleOf(pattern, random)))
  const calls = samples.flatMap((digits) => [
    ...variantsOf(digits, sampleOf(prefixOf(country), random), random).flatMap((variant) => callsOf(callingCode, variant)),
    // The `+` is missing.
    { text: callingCode + digits, sender: `+${callingCode} 555 0000` },
    { text: callingCode + digits, sender: '+1 555 0000' },
  ])
  expect(compare(calls)).toBeGreaterThan(samples.length)
})

test('the example of every country is a number', () => {
  const calls = Object.entries(examples).map(([country, digits]) => ({ text: `+${countries[country]?.[0]}${digits}` }))
  expect(compare(calls)).toBe(calls.length)
  expect(calls.length).toBeGreaterThan(200)
})

test('digits of every length, behind every calling code and none, are read as the library reads them', () => {
  const random = randomFrom(7)
  const codes = [...new Set(all.map(([, [callingCode]]) => callingCode))]
  const digits = (length: number) => Array.from({ length }, () => random(10)).join('')
  const known = codes.flatMap((code) => Array.from({ length: 18 }, (_, length) => callsOf(code, digits(length))))
  const unknown = Array.from({ length: 2000 }, () => callsOf('', digits(random(20))))
  expect(compare([...known, ...unknown].flat())).toBeGreaterThan(500)
})

describe('what is written around the digits', () => {
  test.each([
    ['+1 213 373 4253', '+12133734253'],
    ['+1 (213) 373-4253', '+12133734253'],
    ['+1.213.373.4253', '+12133734253'],
    ['+1213\u2011373\u20114253', '+12133734253'],
    ['+\uff11\uff12\uff11\uff13\uff13\uff17\uff13\uff14\uff12\uff15\uff13', '+12133734253'],
    ['+\u0661 \u0662\u0661\u0663 \u0663\u0667\u0663 \u0664\u0662\u0665\u0663', '+12133734253'],
    ['+\u06f1 \u06f2\u06f1\u06f3 \u06f3\u06f7\u06f3 \u06f4\u06f2\u06f5\u06f3', '+12133734253'],
    ['+1 213 373 4253 (at work)', '+12133734253'],
    ['+1 213 373 4253 ext. 12', '+12133734253'],
    ['+1 213 373 4253;ext=12', '+12133734253'],
    ['+1 213 373 4253 x12#', '+12133734253'],
    ['+1 213 373 4253,,12', '+12133734253'],
    ['+1 213 373 4253 - 12#', '+12133734253'],
    ['+1 213 373 4253 доб. 12', '+12133734253'],
    ['+1 213 373 4253 or +1 213 373 4254', null],
    ['++1 213 373 4253', null],
    ['+1 213 FLOWERS', null],
    ['+ ext. 12', null],
    ['+', null],
    ['', null],
    ['2133734253', null],
    [' +1 213 373 4253', null],
  ])('%j is %j', (text, number) => {
    expect(readPhoneNumber(text)).toBe(number)
    expect(compare([{ text }])).toBe(number === null ? 0 : 1)
  })

  test('random parts of numbers are read as the library reads them', () => {
    const random = randomFrom(11)
    const parts = [
      '+',
      '1',
      '2',
      '213',
      '373',
      '4253',
      '44 20',
      '7946',
      '0958',
      ' ',
      '-',
      '(',
      ')',
      '.',
      '/',
      '~',
      ',',
      ';',
      '#',
      ':',
      '\t',
      '\n',
    ]
    const labels = [
      'ext',
      'ext. ',
      ' extn',
      'extensi\u00f3n',
      'x',
      'X ',
      'int',
      ';ext=',
      'доб',
      'anexo',
      '\uff58',
      '\uff0b',
      '\uff11',
      '\u0661',
      'é',
    ]
    const texts = Array.from({ length: 20_000 }, (_, index) => {
      const tail = Array.from({ length: random(7) }, () => pick(random(3) === 0 ? labels : parts, random)).join('')
      return `${index % 2 === 0 ? '+1 213 373 4253' : `+${pick(parts, random)}`}${tail}`
    })
    expect(compare(texts.map((text) => ({ text })))).toBeGreaterThan(1000)
    // A sender may be any text.
    expect(compare(texts.map((text) => ({ text: '212 555 0123', sender: `tel ${text}` })))).toBeGreaterThan(1000)
  })

  // Two parameters of RFC 3966, which no one types. The library's own answer for `phone-context` depends on what it has read before,
  // so only these two answers differ from it.
  test.each([
    ['+442079460958;isub=12', null, '+442079460958'],
    ['+442079460958;phone-context=example.com', '+442079460958', null],
  ])('%s is read as %j, unlike in the library', (text, own, other) => {
    expect(readPhoneNumber(text)).toBe(own)
    expect([library.readPhoneNumber(text), library.readPhoneNumber(text)]).toContain(other)
  })
})

describe('no input takes long', () => {
  test('a text of more than 250 characters is not read', () => {
    const text = (length: number) => '+12133734253'.padEnd(length, ' ')
    expect(compare([{ text: text(250) }, { text: text(251) }, { text: text(1_000_000) }])).toBe(1)
  })

  test.each(['+', '-', ' ', '~', ',', ' ,', '1', '1 ', '#', '(', 'x', ';ext=', ' ext', '- 1'])('many of %j', (part) => {
    const text = `+1${part.repeat(250)}`.slice(0, 249)
    const start = performance.now()
    for (let count = 0; count < 20; count++) readPhoneNumber(`${text}!`)
    // It takes some milliseconds. An expression that backtracks without a limit takes years.
    expect(performance.now() - start).toBeLessThan(5000)
  })

  test('no pattern of the plans repeats anything without a limit', () => {
    const patterns = all.flatMap(([, country]) => [...patternsOf(country), prefixOf(country)])
    expect(patterns.filter((pattern) => /[*+]|\{\d+,\}/.test(pattern))).toEqual([])
  })
})
