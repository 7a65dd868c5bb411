import { z } from '@hono/zod-openapi'
import { field, Repeated } from '../../http/fields.ts'
import { shownAs } from './fields.ts'

/** A list as JSON, as a form that repeats a field, or as JSON in a field of a form; anything else is handed on as it is. */
export const asList = (given: unknown): unknown => {
  if (given instanceof Repeated) return [...given.values]
  if (typeof given !== 'string') return given
  if (given.trim() === '') return null
  try {
    const read: unknown = JSON.parse(given)
    return Array.isArray(read) ? read : given
  } catch {
    return given
  }
}

const asInteger = (given: unknown): number | null => {
  const value = typeof given === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(given) ? Number(given) : given
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

export interface Range {
  readonly min: number
  readonly max: number
}

/** `[min, max]`, both ends included. */
export const range = (name: string, example: readonly [number, number]) =>
  z
    .preprocess(
      asList,
      field<Range>({ type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2, example }, (value, refuse) => {
        if (!Array.isArray(value) || value.length !== 2) {
          return refuse(`${name} must be a list with two values representing a range [min, max].`)
        }
        const [min, max] = value.map(asInteger)
        if (min === null || min === undefined || max === null || max === undefined) {
          return refuse(`All values in ${name} range must be integers.`)
        }
        return min <= max
          ? { min, max }
          : refuse(`The minimum ${name.toLowerCase()} must be less than or equal to the maximum ${name.toLowerCase()}.`)
      }).nullable(),
    )
    .optional()

/** Values of one of the lists; which those are, only the table can tell. */
export const values = (name: string, example: readonly string[]) =>
  z
    .preprocess(
      asList,
      field<string[]>({ type: 'array', items: { type: 'string' }, example }, (value, refuse) => {
        if (!Array.isArray(value)) return refuse(`${name} should be a list of values.`)
        return [...new Set(value.map((one) => shownAs(one).trim()))]
      }).nullable(),
    )
    .optional()
