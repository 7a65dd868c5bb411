import { ResponseThrown } from './answers.ts'
import { TOO_LARGE } from './bodies.ts'
import { type About, field } from './fields.ts'

/** A file of a form, of at most so many bytes; only a multipart form has files. What is in it is for the verb to see. */
export const file = (limit: number, about: About = {}) =>
  field<File>({ type: 'string', format: 'binary', ...about }, (value, refuse) => {
    if (!(value instanceof File)) return refuse('The submitted data was not a file. Check the encoding type on the form.')
    if (value.size > limit) throw new ResponseThrown(TOO_LARGE)
    return value.size === 0 ? refuse('The submitted file is empty.') : value
  })

/** What a form with one such file may weigh: the file, the other fields, and what holds them apart. */
export const withFile = (limit: number): number => limit + 128 * 1024
