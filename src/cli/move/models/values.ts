/** The values of a source, and of the records that are read from it. */

/** A value of a type that no original stores: a BSON regular expression, a decimal of 128 bits, a client's UUID. */
export class UnsupportedValue {
  readonly type: string

  constructor(type: string) {
    this.type = type
  }
}

/** One value as a form of the source has it: text of a dump, a number of SQLite, a nested value of JSON or BSON. */
export type SourceValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | UnsupportedValue
  | readonly SourceValue[]
  | { readonly [name: string]: SourceValue }

/** One value of a record: the same for every form of one database. Object ids and UUIDs are text, times are dates. */
export type Value = null | boolean | number | string | Date | readonly Value[] | { readonly [name: string]: Value }

/** What names a row. A dump with natural keys has no ids of accounts: there it is `[username]`. */
export type Key = number | string | readonly string[]

/** How a key is written in a message, and compared with others. */
export const keyText = (key: Key): string => (typeof key === 'object' ? `(${key.join(', ')})` : `${key}`)

const isList = (value: SourceValue): value is readonly SourceValue[] => Array.isArray(value)

/** A nested value whose types are not declared: a JSON column, or a document that is no Django model. */
export const nestedValue = (value: SourceValue): Value | undefined => {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value
  if (value instanceof UnsupportedValue) return undefined
  if (isList(value)) return allRead(value.map(nestedValue))
  return documentOf(value)
}

const allRead = (values: readonly (Value | undefined)[]): Value[] | undefined => {
  const read = values.filter((value) => value !== undefined)
  return read.length === values.length ? read : undefined
}

/** `nestedValue` for each property. */
export const documentOf = (document: Readonly<Record<string, SourceValue>>): Readonly<Record<string, Value>> | undefined => {
  const names = Object.keys(document)
  const values = allRead(Object.values(document).map(nestedValue))
  // Own properties, whatever their names are: a client may have sent `__proto__`.
  return values && Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]))
}
