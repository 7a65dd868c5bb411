import * as z from 'zod/mini'
import { pythonName } from '../../http/request/field-errors.ts'
import { type FieldInfo, field, type Reject } from '../../http/request/fields.ts'

/** A field that refers to a record by its id. It accepts what Django's related fields accept. */
export const pk = (info: FieldInfo = {}) => field<number>({ type: 'integer', minimum: 1, ...info }, readPk)

/** Reads the id of a record as Django's related fields do. */
export const readPk = (value: unknown, reject: Reject): number => {
  const parsed = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value
  if (typeof parsed === 'number' && Number.isSafeInteger(parsed)) return parsed
  return reject(`Incorrect type. Expected pk value, received ${pythonName(value)}.`)
}

export const pkNotFoundText = (id: number): string => `Invalid pk "${id}" - object does not exist.`

/** A value from a client as text, for use in a message. Not `String(value)`: a parsed object may have a `toString` that is no function. */
export const toDisplayText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** One of a fixed set of values. */
export const choice = <const T extends string>(options: readonly T[], info: FieldInfo = {}) =>
  field<T>({ type: 'string', enum: [...options], ...info }, (value, reject) => {
    const parsed = typeof value === 'string' ? value.trim() : value
    if (parsed === '') return reject('This field may not be blank.')
    return options.find((option) => option === parsed) ?? reject(`"${toDisplayText(parsed)}" is not a valid choice.`)
  })

/** Reads a blank text as null, because a form cannot send null. */
export const blankAsNull = <T extends z.ZodMiniType>(field: T) =>
  z.pipe(
    z.transform((value) => (typeof value === 'string' && value.trim() === '' ? null : value)),
    z.nullable(field),
  )

export const MessageResponse = z.object({ message: z.string() })
