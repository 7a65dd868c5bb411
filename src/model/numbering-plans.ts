/**
 * Phone numbers as people write them, read by the numbering plans of the world. The plans are passed in: the build makes them from the
 * metadata of a library (`src/cli/numbering-plans.ts`), and its test compares the two on thousands of numbers.
 */

/** Numbers of one kind: mobile phones, premium services, … */
interface NumberKind {
  readonly pattern: string
  readonly lengths: readonly number[]
  /** A call or a message to such a number costs the sender money: premium rate and shared cost. */
  readonly isCostly: boolean
}

/** The numbers of one country, without its calling code. The patterns are regular expressions without anchors. */
export interface NumberingPlan {
  readonly pattern: string
  readonly lengths: readonly number[]
  /** What callers inside the country dial in front of a number (`0`), or a short form of the number. */
  readonly prefix?: string | undefined
  /** What takes the place of `prefix` if its last group has matched. Otherwise the prefix is only removed. */
  readonly replacement?: string | undefined
  /** The first digits of the country's numbers, where several countries share a calling code. */
  readonly start?: string | undefined
  /** The first kind that matches is the number's. */
  readonly kinds: readonly NumberKind[]
}

/** The plans of the countries that share a calling code. The first one also has the numbers that belong to no country. */
type Plans = readonly [NumberingPlan, ...NumberingPlan[]]

/** By calling code. */
export type NumberingPlans = Readonly<Record<string, Plans>>

export interface PhoneNumber {
  readonly callingCode: string
  readonly e164: string
  /** The plan has numbers of this length. */
  readonly isPossible: boolean
  /** Null if no range of the plan contains the number. */
  readonly kind: NumberKind | null
}

const matches = (pattern: string, digits: string): boolean => new RegExp(`^(?:${pattern})$`).test(digits)

const kindOf = ({ pattern, kinds }: NumberingPlan, digits: string): NumberKind | null => {
  if (!matches(pattern, digits)) return null
  return kinds.find((kind) => kind.lengths.includes(digits.length) && matches(kind.pattern, digits)) ?? null
}

const planOf = (plans: Plans, digits: string): NumberingPlan => {
  const isOwn = (plan: NumberingPlan) =>
    plan.start === undefined ? kindOf(plan, digits) !== null : new RegExp(`^(?:${plan.start})`).test(digits)
  return plans.find(isOwn) ?? plans[0]
}

const isTooLong = ({ lengths }: NumberingPlan, digits: string): boolean => digits.length > Math.max(...lengths)

const withoutPrefix = (plans: Plans, digits: string): string => {
  const [{ pattern, prefix, replacement = '' }] = plans
  if (prefix === undefined) return digits
  const atStart = new RegExp(`^(?:${prefix})`)
  const [, ...groups] = atStart.exec(digits) ?? []
  const rest = digits.replace(atStart, groups.at(-1) ? replacement : '')
  // What looks like a prefix may be a part of the number: the 8 of toll-free numbers in Russia (800…), for example.
  if (matches(pattern, digits) && !matches(pattern, rest)) return digits
  const plan = planOf(plans, rest)
  return plan.lengths.includes(rest.length) || isTooLong(plan, rest) ? rest : digits
}

const MIN_DIGITS = 2
/** Some German numbers are longer than E.164 allows. */
const MAX_DIGITS = 17

const numberOf = (callingCode: string, plans: Plans, digits: string): PhoneNumber | null => {
  if (digits.length < MIN_DIGITS || digits.length > MAX_DIGITS) return null
  const plan = planOf(plans, digits)
  return {
    callingCode,
    e164: `+${callingCode}${digits}`,
    isPossible: plan.lengths.includes(digits.length),
    kind: kindOf(plan, digits),
  }
}

/** Reads digits that were written without a `+`, as they are dialled inside the countries of a calling code. */
export const readNationalNumber = (all: NumberingPlans, callingCode: string, digits: string): PhoneNumber | null => {
  const plans = all[callingCode]
  if (!plans) return null
  const [plan] = plans
  const number = withoutPrefix(plans, digits)
  if (!digits.startsWith(callingCode)) return numberOf(callingCode, plans, number)
  // Perhaps only the `+` in front of the calling code is missing.
  const shorter = withoutPrefix(plans, digits.slice(callingCode.length))
  const isShorter = (!matches(plan.pattern, number) && matches(plan.pattern, shorter)) || isTooLong(plan, number)
  return numberOf(callingCode, plans, isShorter ? shorter : number)
}

/** ASCII, full-width, Arabic and Persian digits. Of each, the last four bits are its value. */
const DIGITS = '0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9'
const DASHES = '\\-\u2010-\u2015\u2212\u30fc\uff0d'
const SPACES = ' \u00a0\u00ad\u200b\u2060\u3000'
const BRACKETS = '()\uff08\uff09\uff3b\uff3d\\[\\]'
const PUNCTUATION = `${DASHES}${SPACES}${BRACKETS}/\uff0f.\uff0e~\u2053\u223c\uff5e`

const extension = (label: string, maxDigits: number): string => `${label}[:.\uff0e]?[ \u00a0\\t,-]*[${DIGITS}]{1,${maxDigits}}#?`

/** The less clear the label, the fewer digits may follow it: they could be another number. */
const EXTENSIONS = [
  `;ext=[${DIGITS}]{1,20}`,
  extension('[ \u00a0\\t,]*(?:e?xt(?:ensi(?:o\u0301?|\u00f3))?n?|\uff45?\uff58\uff54\uff4e?|доб|anexo)', 20),
  extension('[ \u00a0\\t]*(?:,,|;)', 15),
  extension('[ \u00a0\\t,]*(?:[x#~\uff58\uff03\uff5e]|int|\uff49\uff4e\uff54)', 9),
  extension('[ \u00a0\\t]*,+', 9),
  `[- ]+[${DIGITS}]{1,6}#`,
]

/** A number that starts with `+`. A text around it and an extension are ignored. */
const INTERNATIONAL = new RegExp(`^[^+\uff0b${DIGITS}]*\\+([${DIGITS}${PUNCTUATION}]*?)(?:${EXTENSIONS.join('|')})?[^${DIGITS}#]*$`, 'i')

/** The time that `INTERNATIONAL` takes grows with the square of the length. */
const MAX_TEXT_LENGTH = 250

const MAX_CALLING_CODE_DIGITS = 3

export const readInternationalNumber = (all: NumberingPlans, text: string): PhoneNumber | null => {
  const written = text.length <= MAX_TEXT_LENGTH ? INTERNATIONAL.exec(text)?.[1] : undefined
  if (written === undefined) return null
  const digits = written.replaceAll(new RegExp(`[^${DIGITS}]`, 'g'), '').replaceAll(/\D/g, (digit) => String(digit.charCodeAt(0) & 15))
  for (let length = 1; length <= MAX_CALLING_CODE_DIGITS; length++) {
    const callingCode = digits.slice(0, length)
    const plans = all[callingCode]
    if (plans) return numberOf(callingCode, plans, withoutPrefix(plans, digits.slice(length)))
  }
  return null
}
