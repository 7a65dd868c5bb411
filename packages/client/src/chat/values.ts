/** Reads values of unknown type. Everything that the server sends is checked before it is used. */

export type Fields = Readonly<Record<string, unknown>>

/** Returns null for a value that it cannot use. */
export type Parser<T> = (value: unknown) => T | null

export const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields of an object; none of anything else. */
export const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {})

/** A string, or the digits of a number; otherwise ''. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')

export const textOrNull = (value: unknown): string | null => asText(value) || null

/** A positive integer, sent as a number or as a string; otherwise null. */
export const parseId = (value: unknown): number | null => {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null
}

export const parseCount = (value: unknown): number => parseId(value) ?? 0

/** Null for what is not JSON. */
export const parseJson = (text: string | null): unknown => {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}
