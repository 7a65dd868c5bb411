import * as z from 'zod/mini'
import { field, Repeated } from '../../http/request/fields.ts'
import type { Range } from '../../model/range.ts'
import { toDisplayText } from './fields.ts'

/** Reads a list from a JSON array, from a repeated form field, or from JSON in one form field. Returns anything else unchanged. */
export const asList = (input: unknown): unknown => {
  if (input instanceof Repeated) return [...input.values]
  if (typeof input !== 'string') return input
  if (input.trim() === '') return null
  try {
    const parsed: unknown = JSON.parse(input)
    return Array.isArray(parsed) ? parsed : input
  } catch {
    return input
  }
}

const asInteger = (input: unknown): number | null => {
  const value = typeof input === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(input) ? Number(input) : input
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

/** `[min, max]`, both ends included. */
export const range = (name: string) =>
  z.optional(
    z.pipe(
      z.transform(asList),
      z.nullable(
        field<Range>({ type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2 }, (value, reject) => {
          if (!Array.isArray(value) || value.length !== 2) {
            return reject(`${name} must be a list with two values representing a range [min, max].`)
          }
          const [min, max] = value.map(asInteger)
          if (min === null || min === undefined || max === null || max === undefined) {
            return reject(`All values in ${name} range must be integers.`)
          }
          return min <= max
            ? { min, max }
            : reject(`The minimum ${name.toLowerCase()} must be less than or equal to the maximum ${name.toLowerCase()}.`)
        }),
      ),
    ),
  )

/** Every value costs a look-up for every other member who is compared with it. No master list is that long. */
const LIST_MAX = 200

/** Values of one master data list. The database checks that they are in the list. */
export const listValues = (name: string) =>
  z.optional(
    z.pipe(
      z.transform(asList),
      z.nullable(
        field<string[]>({ type: 'array', items: { type: 'string' }, maxItems: LIST_MAX }, (value, reject) => {
          if (!Array.isArray(value)) return reject(`${name} should be a list of values.`)
          if (value.length > LIST_MAX) return reject(`Ensure this field has no more than ${LIST_MAX} elements.`)
          return [...new Set(value.map((item) => toDisplayText(item).trim()))]
        }),
      ),
    ),
  )
