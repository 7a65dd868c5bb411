import { z } from '@hono/zod-openapi'
import { pythonName } from '../../http/field-errors.ts'
import { type About, field, type Refuse } from '../../http/fields.ts'

/** An id that a field refers to something by, as Django's related fields read one. */
export const pk = ({ example = 4, ...about }: About & { example?: number } = {}) =>
  field<number>({ type: 'integer', minimum: 1, example, ...about }, readPk)

/** The id of a record, as Django's related fields read one. */
export const readPk = (value: unknown, refuse: Refuse): number => {
  const given = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value
  if (typeof given === 'number' && Number.isSafeInteger(given)) return given
  return refuse(`Incorrect type. Expected pk value, received ${pythonName(value)}.`)
}

export const noSuchPk = (id: number): string => `Invalid pk "${id}" - object does not exist.`

/** What a client sent, for a text: an object may have a `toString` of its own that is none. */
export const shownAs = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** One of a fixed set of words. */
export const choice = <const T extends string>(words: readonly T[], about: About = {}) =>
  field<T>({ type: 'string', enum: [...words], ...about }, (value, refuse) => {
    const given = typeof value === 'string' ? value.trim() : value
    if (given === '') return refuse('This field may not be blank.')
    return words.find((word) => word === given) ?? refuse(`"${shownAs(given)}" is not a valid choice.`)
  })

/** A field of a form that is left blank errorResponse "none": forms have no other way. */
export const cleared = <T extends z.ZodType>(one: T) =>
  z.preprocess((given) => (typeof given === 'string' && given.trim() === '' ? null : given), one.nullable())

export const Message = z.object({ message: z.string() })
