import { z } from '@hono/zod-openapi'
import { pythonName } from './field-errors.ts'

/**
 * Fields that read what clients send as Django REST Framework does, and refuse it in Django's words. Each is one
 * function from `unknown`, because a number is a fine string here and `"12"` a fine integer, which zod's own types
 * (and its coercion) see otherwise. What the document shows of a field stands in `.openapi(…)` beside it.
 *
 * `.optional()`, `.nullable()` and `.default(…)` are zod's own.
 */

/** What a form sent under one name more than once. A list takes all of it, everything else the last, as Django's QueryDict. */
export class Repeated {
  readonly values: readonly unknown[]
  constructor(values: readonly unknown[]) {
    this.values = values
  }
}

export type Refuse = (...texts: string[]) => never

// Type aliases, since an interface lacks the index signature that `.openapi(…)` asks for.
export type About = {
  example?: unknown
  description?: string
}

/** What the document errorResponse of a field: JSON Schema's own words. */
type Shown = About & {
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

/** What a reader throws through `refuse`, so that nothing after it runs on a value that was refused. */
class Refused extends Error {
  readonly texts: readonly string[]
  constructor(texts: readonly string[]) {
    super('refused')
    this.texts = texts
  }
}

const refuse: Refuse = (...texts) => {
  throw new Refused(texts)
}

export const field = <T>(shown: Shown, read: (value: unknown, refuse: Refuse) => T) =>
  z
    .unknown()
    .transform((given, context): T => {
      const value = given instanceof Repeated ? given.values.at(-1) : given
      try {
        if (value === undefined) refuse('This field is required.')
        if (value === null) refuse('This field may not be null.')
        return read(value, refuse)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        for (const message of error.texts) context.addIssue({ code: 'custom', message })
        return z.NEVER
      }
    })
    .openapi(shown)

const asText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value.isWellFormed() ? value.trim() : undefined
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

const CONTROL = /[\u0000-\u001f\u007f]/
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

/** Python counts characters, JavaScript UTF-16 units: the two differ for everything beyond the basic plane. */
const lengthOf = (text: string): number => {
  let length = 0
  for (const _ of text) length++
  return length
}

/** Trimmed, and free of what no text has: the base of every field that is read from a string. */
export const readText = (value: unknown, refuse: Refuse, { blank = false, long = false } = {}): string => {
  const given = asText(value)
  if (given === undefined) return refuse('Not a valid string.')
  if (given === '' && !blank) return refuse('This field may not be blank.')
  if (given.includes('\u0000')) return refuse('Null characters are not allowed.')
  if ((long ? CONTROL_BUT_LINES : CONTROL).test(given)) return refuse('Control characters are not allowed.')
  return given
}

interface Text extends About {
  max?: number
  min?: number
  /** `""` is a value, not a missing one. */
  blank?: boolean
  /** Newlines and tabs are part of it. */
  long?: boolean
  format?: 'email' | 'password' | 'uri'
  /** A further rule: the text to refuse with, or null. */
  rule?: (text: string) => string | null
}

export const text = ({ max, min, blank = false, long = false, format, rule, ...about }: Text = {}) =>
  field<string>(
    {
      type: 'string',
      ...(max !== undefined && { maxLength: max }),
      ...(min !== undefined ? { minLength: min } : !blank && { minLength: 1 }),
      ...(format && { format }),
      ...about,
    },
    (value, refuse) => {
      const given = readText(value, refuse, { blank, long })
      const wrong: string[] = []
      if (max !== undefined && given.length > max && lengthOf(given) > max) {
        wrong.push(`Ensure this field has no more than ${max} characters.`)
      }
      if (min !== undefined && given !== '' && lengthOf(given) < min) wrong.push(`Ensure this field has at least ${min} characters.`)
      const broken = wrong.length === 0 && given !== '' ? rule?.(given) : null
      if (broken) wrong.push(broken)
      return wrong.length > 0 ? refuse(...wrong) : given
    },
  )

const EMAIL =
  /^[-!#$%&'*+/=?^_`{}|~0-9A-Z]+(?:\.[-!#$%&'*+/=?^_`{}|~0-9A-Z]+)*@(?:localhost|(?:[A-Z0-9\u00a1-\uffff](?:[A-Z0-9\u00a1-\uffff-]{0,61}[A-Z0-9\u00a1-\uffff])?\.)+[A-Z0-9\u00a1-\uffff](?:[A-Z0-9\u00a1-\uffff-]{0,61}[A-Z0-9\u00a1-\uffff]))$/i

export const email = ({ blank = false, ...about }: About & { blank?: boolean } = {}) =>
  text({
    max: 254,
    blank,
    ...(!blank && { format: 'email' as const }),
    rule: (given) => (EMAIL.test(given) ? null : 'Enter a valid email address.'),
    ...about,
  })

/** An address of the web: what a page may put into a link or an image without a second thought. */
export const webUrl = ({ max = 2000, blank = false, ...about }: About & { max?: number; blank?: boolean } = {}) =>
  text({ max, blank, rule: (given) => (isWebUrl(given) ? null : 'Enter a valid URL.'), ...about })

const isWebUrl = (given: string): boolean => URL.canParse(given) && /^https?:\/\/[^\s"'<>]+$/i.test(given)

interface Bounds extends About {
  min?: number
  max?: number
}

export const integer = ({ min, max, ...about }: Bounds = {}) =>
  field<number>(
    { type: 'integer', ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }), ...about },
    (value, refuse) => {
      const given = typeof value === 'string' && /^\s*[+-]?\d{1,16}\s*$/.test(value) ? Number(value) : value
      if (typeof given !== 'number' || !Number.isSafeInteger(given)) return refuse('A valid integer is required.')
      if (min !== undefined && given < min) return refuse(`Ensure this value is greater than or equal to ${min}.`)
      if (max !== undefined && given > max) return refuse(`Ensure this value is less than or equal to ${max}.`)
      return given === 0 ? 0 : given // never -0
    },
  )

const TRUE = new Set<unknown>([true, 1, '1', 'true', 't', 'yes', 'y', 'on'])
const FALSE = new Set<unknown>([false, 0, '0', 'false', 'f', 'no', 'n', 'off'])

export const boolean = (about: About = {}) =>
  field<boolean>({ type: 'boolean', ...about }, (value, refuse) => {
    const given = typeof value === 'string' ? value.trim().toLowerCase() : value
    return TRUE.has(given) ? true : FALSE.has(given) ? false : refuse('Must be a valid boolean.')
  })

/** A day that exists in the calendar, as it was written. */
export const date = (about: About = {}) =>
  field<string>({ type: 'string', format: 'date', ...about }, (value, refuse) => {
    const given = typeof value === 'string' ? value.trim() : ''
    return isCalendarDate(given) ? given : refuse('Date has wrong format. Use one of these formats instead: YYYY-MM-DD.')
  })

export const isCalendarDate = (given: string): boolean => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(given)
  if (!parts || parts[1] === '0000') return false
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)? ?(Z|[+-]\d{2}:?\d{2})?)?$/
const DATE_TIME_WRONG = 'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].'

/** A moment, in milliseconds. Without an offset it is UTC; a bare date is its midnight. */
export const dateTime = (about: About = {}) =>
  field<number>({ type: 'string', format: 'date-time', ...about }, (value, refuse) => {
    const moment = typeof value === 'string' ? momentOf(value.trim()) : null
    return moment ?? refuse(DATE_TIME_WRONG)
  })

const momentOf = (given: string): number | null => {
  const [, day = '', hours = '00', minutes = '00', seconds = '00', fraction = '', zone = 'Z'] = DATE_TIME.exec(given) ?? []
  if (!isCalendarDate(day) || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null
  const offset = offsetOf(zone)
  const moment = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`)
  if (offset === null || Number.isNaN(moment)) return null
  // An offset may lead out of the years that can be written with four digits.
  return isCalendarDate(new Date(moment - offset).toISOString().slice(0, 10)) ? moment - offset : null
}

const offsetOf = (zone: string): number | null => {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  if (hours > 23 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

/** One of a few words. */
export const choice = <const W extends string>(words: readonly W[], about: About = {}) =>
  field<W>({ type: 'string', enum: [...words], ...about }, (value, refuse) => {
    const given = asText(value) ?? pythonName(value)
    return words.find((word) => word === given) ?? refuse(`"${given}" is not a valid choice.`)
  })

const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** The id in a path. What is no positive integer is nobody's id: 0, which no row has, so that it ends in the row's own 404. */
export const pathId = (about: About = {}) =>
  z
    .string()
    .transform((given) => (/^[1-9]\d{0,15}$/.test(given) && Number.isSafeInteger(Number(given)) ? Number(given) : 0))
    .openapi({ type: 'integer', minimum: 1, example: 1, ...about })
