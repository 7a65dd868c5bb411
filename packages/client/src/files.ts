/** A file of React Native, whose `FormData` reads it from the device. */
export interface NativeFile {
  readonly uri: string
  readonly name: string
  readonly type: string
}

/** What an operation takes that accepts a file. */
export type Upload = Blob | NativeFile

/** The `FormData` of React Native takes its files where that of browsers takes a `Blob`; only the latter's type is known here. */
const isFile = (value: unknown): value is Blob =>
  value instanceof Blob || (typeof value === 'object' && value !== null && 'uri' in value && 'name' in value && 'type' in value)

const append = (form: FormData, name: string, value: unknown): void => {
  if (value === undefined) return
  // A form has no null. In this contract an empty field means the same.
  if (value === null) form.append(name, '')
  else if (isFile(value) || typeof value === 'string') form.append(name, value)
  else form.append(name, String(value))
}

/**
 * The body of an operation that accepts files, under the name by which generated functions import it. A form is sent only if there
 * is a file: JSON keeps numbers and null as they are.
 */
export const formDataBodySerializer = {
  bodySerializer: (body: unknown): FormData | Blob => {
    const fields = Object.entries(body ?? {})
    // The type of the blob becomes the Content-Type of the request.
    if (!fields.some(([, value]) => isFile(value))) return new Blob([JSON.stringify(body)], { type: 'application/json' })
    const form = new FormData()
    for (const [name, value] of fields) append(form, name, value)
    return form
  },
}
