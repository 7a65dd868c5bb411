import { type Key, nestedValue, type SourceValue, type Value } from './values.ts'

/** The types of fields, and how a value of each is read from any form of a source. */

export interface Kind<T extends Value> {
  /** Completes "the field … is not …". */
  readonly expected: string
  /**
   * The value; undefined if it is not of this kind. `jsonIsText`: the form stores JSON as text. Everywhere else the value's
   * own type shows which form it comes from.
   */
  read(value: SourceValue, jsonIsText: boolean): T | undefined
}

export const text: Kind<string> = {
  expected: 'text',
  read: (value) => (typeof value === 'string' && value.isWellFormed() ? value : undefined),
}

const wholeNumber = (value: SourceValue): number | undefined => {
  if (typeof value !== 'number' && typeof value !== 'bigint' && !(typeof value === 'string' && /^-?\d{1,19}$/.test(value))) return undefined
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : undefined
}

export const integer: Kind<number> = { expected: 'a whole number', read: wholeNumber }

export const real: Kind<number> = {
  expected: 'a number',
  read: (value) => {
    if (typeof value === 'bigint') return Number(value)
    if (typeof value === 'string') return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : undefined
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined
  },
}

/** `t` and `f` in PostgreSQL, 0 and 1 in SQLite. */
const BOOLEANS = new Map<SourceValue, boolean>([
  [true, true],
  [false, false],
  ['t', true],
  ['f', false],
  [1, true],
  [0, false],
  [1n, true],
  [0n, false],
])

export const boolean: Kind<boolean> = { expected: 'true or false', read: (value) => BOOLEANS.get(value) }

/** The milliseconds of a day and a time in UTC. JavaScript takes the 31st of February for a day in March. */
const utcOf = (day: string, time: string): number | undefined => {
  const parsed = new Date(`${day}T${time}Z`)
  return parsed.getUTCDate() === Number(day.slice(-2)) ? parsed.getTime() : undefined
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)?$/

/**
 * `2024-07-25 14:20:29.268300` (SQLite, UTC), `2024-07-25 10:20:29.2683-04` (PostgreSQL), `2024-07-25T14:20:29.268Z` (JSON).
 * Microseconds are cut off, as dumpdata does.
 */
export const timeOf = (written: string): Date | undefined => {
  const [, day, time, fraction = '', sign, hours = '0', minutes = '0', seconds = '0'] = TIMESTAMP.exec(written) ?? []
  if (day === undefined || time === undefined) return undefined
  const local = utcOf(day, `${time}.${fraction.slice(0, 3).padEnd(3, '0')}`)
  if (local === undefined) return undefined
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  return new Date(sign === '-' ? local + offset : local - offset)
}

export const timestamp: Kind<Date> = {
  expected: 'a time',
  read: (value) => {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value
    return typeof value === 'string' ? timeOf(value) : undefined
  },
}

/** A day without a time, as `YYYY-MM-DD`. MongoDB has it as midnight in UTC. */
export const date: Kind<string> = {
  expected: 'a date',
  read: (value) => {
    if (typeof value === 'string') return /^\d{4}-\d\d-\d\d$/.test(value) && utcOf(value, '00:00:00') !== undefined ? value : undefined
    if (!(value instanceof Date) || Number.isNaN(value.getTime())) return undefined
    const [day, time] = value.toISOString().split('T')
    return time === '00:00:00.000Z' ? day : undefined
  },
}

/** Without an extension, which dumpdata leaves out and Concord has no place for: `+14155550132;ext=12`. */
export const phone: Kind<string> = { expected: 'text', read: (value, json) => text.read(value, json)?.replace(/;ext=.*$/s, '') }

/** NULL and an empty text both mean that there is no file; a JSON dump has only the latter. */
export const file: Kind<string> = { expected: 'the name of a file', read: (value, json) => (value === null ? '' : text.read(value, json)) }

const parsed = (written: string): SourceValue | undefined => {
  try {
    return JSON.parse(written)
  } catch {
    return undefined
  }
}

export const json: Kind<Value> = {
  expected: 'JSON',
  read: (value, jsonIsText) => {
    const nested = jsonIsText && typeof value === 'string' ? parsed(value) : value
    return nested === undefined ? undefined : nestedValue(nested)
  },
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

/** With dashes, in small letters. SQLite has it without dashes. */
const uuid: Kind<string> = {
  expected: 'a UUID',
  read: (value) =>
    typeof value === 'string' && UUID.test(value)
      ? value.toLowerCase().replace(/^(.{8})-?(.{4})-?(.{4})-?(.{4})-?(.{12})$/, '$1-$2-$3-$4-$5')
      : undefined,
}

const objectId: Kind<string> = {
  expected: 'an ObjectId',
  read: (value) => (typeof value === 'string' && /^[0-9a-f]{24}$/i.test(value) ? value.toLowerCase() : undefined),
}

/**
 * The id of a row: an integer, an ObjectId or a UUID, whichever this original has. An ObjectId may consist of digits, so the
 * integer is tried last.
 */
export const id: Kind<number | string> = {
  expected: 'an id',
  read: (value, json) => objectId.read(value, json) ?? uuid.read(value, json) ?? wholeNumber(value),
}

const isNatural = (value: SourceValue): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string')

/** The key of another row: an id, or a natural key such as `["etan"]`. */
export const keyOf = (kind: Kind<number | string>): Kind<Key> => ({
  expected: kind.expected,
  read: (value, json) => (isNatural(value) ? value : kind.read(value, json)),
})

export const nullable = <T extends Value>(kind: Kind<T>): Kind<T | null> => ({
  expected: `${kind.expected} or null`,
  read: (value, json) => (value === null ? null : kind.read(value, json)),
})
