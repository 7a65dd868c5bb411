import { timeOf } from '../models/kinds.ts'
import { type SourceValue, UnsupportedValue } from '../models/values.ts'

/** MongoDB's Extended JSON, relaxed and canonical: objects such as `{"$oid": "…"}` represent values that JSON does not have. */

type JsonObject = { readonly [name: string]: SourceValue }

const isObject = (value: SourceValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof UnsupportedValue)

const isList = (value: SourceValue): value is readonly SourceValue[] => Array.isArray(value)

const numberOf = (type: string, value: SourceValue): SourceValue =>
  typeof value === 'string' && value !== '' ? Number(value) : new UnsupportedValue(type)

/** `"…Z"`, and before 1970 or in the canonical form `{"$numberLong": "-86400000"}`. */
const dateOf = (value: SourceValue): SourceValue => {
  if (typeof value === 'string') return timeOf(value) ?? new UnsupportedValue('$date')
  const milliseconds = typeof value === 'number' ? value : isObject(value) ? value.$numberLong : undefined
  if (typeof milliseconds !== 'string' && typeof milliseconds !== 'number') return new UnsupportedValue('$date')
  return new Date(Number(milliseconds))
}

const WRAPPED: Readonly<Record<string, (value: SourceValue) => SourceValue>> = {
  $oid: (value) => (typeof value === 'string' ? value : new UnsupportedValue('$oid')),
  $date: dateOf,
  $numberInt: (value) => numberOf('$numberInt', value),
  $numberLong: (value) => numberOf('$numberLong', value),
  $numberDouble: (value) => numberOf('$numberDouble', value),
  $undefined: () => null,
}

const UNSUPPORTED = [
  '$numberDecimal',
  '$binary',
  '$uuid',
  '$regularExpression',
  '$regex',
  '$timestamp',
  '$minKey',
  '$maxKey',
  '$symbol',
  '$code',
  '$dbPointer',
]

export const fromExtendedJson = (value: SourceValue): SourceValue => {
  if (isList(value)) return value.map(fromExtendedJson)
  return isObject(value) ? fromObject(value) : value
}

const fromObject = (value: JsonObject): SourceValue => {
  const names = Object.keys(value)
  const [name = ''] = names
  if (!name.startsWith('$')) return documentFrom(value)
  const read = Object.hasOwn(WRAPPED, name) ? WRAPPED[name] : undefined
  if (read && names.length === 1) return read(value[name] ?? null)
  return UNSUPPORTED.includes(name) ? new UnsupportedValue(name) : documentFrom(value)
}

export const documentFrom = (document: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(document).map(([name, value]) => [name, fromExtendedJson(value)]))
