import { HttpError } from '../response/errors.ts'
import { TOO_LARGE } from './body.ts'
import { type FieldInfo, field } from './fields.ts'
import { Upload } from './multipart.ts'

/** A file of a multipart form, of at most `limit` bytes. The verb checks its content. */
export const file = (limit: number, info: FieldInfo = {}) =>
  field<Upload>({ type: 'string', format: 'binary', ...info }, (value, reject) => {
    if (!(value instanceof Upload)) return reject('The submitted data was not a file. Check the encoding type on the form.')
    if (value.bytes.length > limit) throw new HttpError(TOO_LARGE)
    return value.bytes.length === 0 ? reject('The submitted file is empty.') : value
  })

/** The size limit of a form with one such file: the file, the other fields and the separators. */
export const withFile = (limit: number): number => limit + 128 * 1024
