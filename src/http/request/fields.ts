import * as z from 'zod/mini'
import { EMAIL_MAX, isEmail } from '../../model/account.ts'
import { HOUR, isoDay, MINUTE } from '../../model/time.ts'
import { documented } from '../response/documented.ts'
import { pythonName } from './field-errors.ts'

/**
 * Fields that accept and reject values as Django REST Framework does, with Django's texts. Each is one function from
 * `unknown`: here a number is a valid string and `"12"` a valid integer, which zod's own types (and its coercion) treat
 * differently. `.meta(…)` holds what the document shows of a field.
 *
 * `.optional()`, `.nullable()` and `.default(…)` are zod's own.
 */

/** The values of a form field that was sent more than once. A list uses all of them, every other field the last one, as Django's QueryDict does. */
export class Repeated {
  readonly values: readonly unknown[]
  constructor(values: readonly unknown[]) {
    this.values = values
  }
}

/** Ends the reading of a field with one or more error texts. */
export type Reject = (...texts: string[]) => never

/** What the document shows of a field, beside its type. */
export interface FieldInfo {
  description?: string
}

/** What the document shows of a field, in the terms of JSON Schema. */
interface FieldSchema extends FieldInfo {
  type: 'string' | 'integer' | 'boolean' | 'array'
  format?: string
  enum?: string[]
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  items?: { type: 'string' | 'integer' }
  minItems?: number
  maxItems?: number
}

/** Thrown through `reject`, so that nothing runs on a rejected value. */
class RejectedValue extends Error {
  readonly texts: readonly string[]
  constructor(texts: readonly string[]) {
    super('rejected')
    this.texts = texts
  }
}

const reject: Reject = (...texts) => {
  throw new RejectedValue(texts)
}

export const field = <T>(info: FieldSchema, read: (value: unknown, reject: Reject) => T) =>
  documented(
    z.pipe(
      z.unknown(),
      z.transform((input, context): T => {
        const value = input instanceof Repeated ? input.values.at(-1) : input
        try {
          if (value === undefined) reject('This field is required.')
          if (value === null) reject('This field may not be null.')
          return read(value, reject)
        } catch (error) {
          if (!(error instanceof RejectedValue)) throw error
          for (const message of error.texts) context.issues.push({ code: 'custom', message, input })
          return z.NEVER
        }
      }),
    ),
    { ...info },
  )

const asText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

const CONTROL = /[\u0000-\u001f\u007f]/
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

/** Python counts code points, JavaScript UTF-16 units. The two differ for characters outside the basic plane. */
const lengthOf = (text: string): number => {
  let length = 0
  for (const _ of text) length++
  return length
}

/**
 * A string without NUL or control characters: the base of every field that is read from a string. It is trimmed unless it
 * is `exact`, as a password is.
 */
export const readText = (value: unknown, reject: Reject, { blank = false, long = false, exact = false } = {}): string => {
  const text = asText(value)
  if (text === undefined) return reject('Not a valid string.')
  const trimmed = text.trim()
  const input = exact ? text : trimmed
  if (trimmed === '' && !blank) return reject('This field may not be blank.')
  if (input.includes('\u0000')) return reject('Null characters are not allowed.')
  if ((long ? CONTROL_BUT_LINES : CONTROL).test(input)) return reject('Control characters are not allowed.')
  return input
}

interface TextOptions extends FieldInfo {
  max?: number
  min?: number
  /** Whether `""` is allowed. */
  blank?: boolean
  /** Whether newlines and tabs are allowed. */
  long?: boolean
  /** Whether the text is used as it was sent, with spaces around it. */
  exact?: boolean
  format?: 'email' | 'password' | 'uri'
  /** A further rule. It returns the error text, or null. */
  rule?: (text: string) => string | null
}

export const text = ({ max, min, blank = false, long = false, exact = false, format, rule, ...info }: TextOptions = {}) =>
  field<string>(
    {
      type: 'string',
      ...(max !== undefined && { maxLength: max }),
      ...(min !== undefined ? { minLength: min } : !blank && { minLength: 1 }),
      ...(format && { format }),
      ...info,
    },
    (value, reject) => {
      const input = readText(value, reject, { blank, long, exact })
      const problems: string[] = []
      if (max !== undefined && input.length > max && lengthOf(input) > max) {
        problems.push(`Ensure this field has no more than ${max} characters.`)
      }
      if (min !== undefined && input !== '' && lengthOf(input) < min) problems.push(`Ensure this field has at least ${min} characters.`)
      const problem = problems.length === 0 && input !== '' ? rule?.(input) : null
      if (problem) problems.push(problem)
      return problems.length > 0 ? reject(...problems) : input
    },
  )

export const email = ({ blank = false, ...info }: FieldInfo & { blank?: boolean } = {}) =>
  text({
    max: EMAIL_MAX,
    blank,
    ...(!blank && { format: 'email' as const }),
    rule: (input) => (isEmail(input) ? null : 'Enter a valid email address.'),
    ...info,
  })

interface UrlOptions extends FieldInfo {
  max?: number
  blank?: boolean
  /** Whether a path of the client's own site is accepted, too. */
  relative?: boolean
  /** Whether this URL or path may be used. */
  accepts?: (input: string) => boolean
}

/** An http or https URL, which is safe in a link or an image. */
export const webUrl = ({ max = 2000, blank = false, relative = false, accepts = () => true, ...info }: UrlOptions = {}) =>
  text({ max, blank, rule: (input) => (isWebUrl(input, relative) && accepts(input) ? null : 'Enter a valid URL.'), ...info })

const isWebUrl = (input: string, relative: boolean): boolean =>
  relative && !/^[a-z][a-z0-9+.-]*:/i.test(input)
    ? !/[\s"'<>\\]/.test(input)
    : URL.canParse(input) && /^https?:\/\/[^\s"'<>]+$/i.test(input)

interface IntegerOptions extends FieldInfo {
  min?: number
  max?: number
}

export const integer = ({ min, max, ...info }: IntegerOptions = {}) =>
  field<number>(
    { type: 'integer', ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }), ...info },
    (value, reject) => {
      const input = typeof value === 'string' && /^\s*[+-]?\d{1,16}\s*$/.test(value) ? Number(value) : value
      if (typeof input !== 'number' || !Number.isSafeInteger(input)) return reject('A valid integer is required.')
      if (min !== undefined && input < min) return reject(`Ensure this value is greater than or equal to ${min}.`)
      if (max !== undefined && input > max) return reject(`Ensure this value is less than or equal to ${max}.`)
      return input === 0 ? 0 : input // never -0
    },
  )

const TRUE = new Set<unknown>([true, 1, '1', 'true', 't', 'yes', 'y', 'on'])
const FALSE = new Set<unknown>([false, 0, '0', 'false', 'f', 'no', 'n', 'off'])

export const boolean = (info: FieldInfo = {}) =>
  field<boolean>({ type: 'boolean', ...info }, (value, reject) => {
    const input = typeof value === 'string' ? value.trim().toLowerCase() : value
    return TRUE.has(input) ? true : FALSE.has(input) ? false : reject('Must be a valid boolean.')
  })

/** A day that exists in the calendar, as text. */
export const date = (info: FieldInfo = {}) =>
  field<string>({ type: 'string', format: 'date', ...info }, (value, reject) => {
    const input = typeof value === 'string' ? value.trim() : ''
    return isCalendarDate(input) ? input : reject('Date has wrong format. Use one of these formats instead: YYYY-MM-DD.')
  })

export const isCalendarDate = (input: string): boolean => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(input)
  if (!parts || parts[1] === '0000') return false
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)? ?(Z|[+-]\d{2}:?\d{2})?)?$/
const DATE_TIME_WRONG = 'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].'

/** A date-time, in milliseconds. Without an offset it is UTC; a date alone means its midnight. */
export const dateTime = (info: FieldInfo = {}) =>
  field<number>({ type: 'string', format: 'date-time', ...info }, (value, reject) => {
    const time = typeof value === 'string' ? timeOf(value.trim()) : null
    return time ?? reject(DATE_TIME_WRONG)
  })

const timeOf = (input: string): number | null => {
  const [, day = '', hours = '00', minutes = '00', seconds = '00', fraction = '', zone = 'Z'] = DATE_TIME.exec(input) ?? []
  if (!isCalendarDate(day) || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null
  const offset = offsetOf(zone)
  const time = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`)
  if (offset === null || Number.isNaN(time)) return null
  // An offset may lead to a year that does not have four digits.
  return isCalendarDate(isoDay(time - offset)) ? time - offset : null
}

const offsetOf = (zone: string): number | null => {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  if (hours > 23 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * MINUTE)
}

/** One of a fixed set of values. */
export const choice = <const V extends string>(values: readonly V[], info: FieldInfo = {}) =>
  field<V>({ type: 'string', enum: [...values], ...info }, (value, reject) => {
    const input = asText(value) ?? pythonName(value)
    return values.find((one) => one === input) ?? reject(`"${input}" is not a valid choice.`)
  })

const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** The id in a path. An invalid id becomes 0, which matches no row, so the caller gets the normal 404. */
export const pathId = (info: FieldInfo = {}) =>
  documented(
    z.pipe(
      z.string(),
      z.transform((input) => (/^[1-9]\d{0,15}$/.test(input) && Number.isSafeInteger(Number(input)) ? Number(input) : 0)),
    ),
    { type: 'integer', minimum: 1, ...info },
  )
