import { Column, getTableName, is, SQL } from 'drizzle-orm'

/** A field of a result as drizzle lists it: its key, or the key of an object and its key in there. */
interface Selected {
  readonly path: readonly string[]
  /** A column, an SQL expression, or such an expression with a name. */
  readonly field: object
}

/** The part of drizzle's prepared query that its types do not show. */
interface Compiled {
  readonly fields?: readonly Selected[]
  /** By table: whether the joins always find a row of it. */
  readonly joinsNotNullableMap?: Readonly<Record<string, boolean>>
}

/** How the values of an expression are read; a column does it itself. */
const decoderOf = (field: object) => Reflect.get(is(field, SQL) ? field : Reflect.get(field, 'sql'), 'decoder')

/**
 * Makes an object of the values that the database returned for a row, as drizzle's own function does. That one looks up the kind and
 * the path of each field again for each row, which took half of the CPU time of our own code in a list of plans. The result has no type here: `prepared` gives it that of drizzle's rows.
 */
export const rowReaderOf = (query: object) => {
  const { fields = [], joinsNotNullableMap: notNullable }: Compiled = query
  const columns = fields.map(({ path: [first = '', second], field }, index) => {
    const isColumn = is(field, Column)
    const table = second !== undefined && isColumn ? getTableName(field.table) : null
    return { first, second, index, table, decoder: isColumn ? field : decoderOf(field) }
  })
  // An object with columns of only one table, of which a join may find no row, is null if its first column is.
  const nullable = columns.filter(({ first, table }, index) => {
    const own = columns.filter((other) => other.first === first && other.table !== null)
    return own[0]?.index === index && notNullable && !notNullable[String(table)] && own.every((other) => other.table === table)
  })
  return (values: readonly unknown[]) => {
    const row = Object({})
    for (const { first, second, index, decoder } of columns) {
      const value = values[index] === null ? null : decoder.mapFromDriverValue(values[index])
      if (second === undefined) row[first] = value
      else {
        row[first] ??= {}
        row[first][second] = value
      }
    }
    for (const { first, index } of nullable) if (values[index] === null) row[first] = null
    return row
  }
}
