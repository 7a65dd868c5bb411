import { getTableName } from 'drizzle-orm'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Cell } from './target.ts'

/** A table that rows are moved into, as the statements need it. The columns come from drizzle's table. */

export interface TargetTable {
  readonly name: string
  /** The columns that are written. Of a numbered table, without the id. */
  readonly columns: readonly string[]
  /** The columns of the primary key. */
  readonly key: readonly string[]
  /** Its rows have a number of their own, which is kept if it is free. */
  readonly isNumbered: boolean
  /** Columns that refer to other tables: nothing is written if the row there is gone. */
  readonly references: readonly { readonly column: string; readonly table: string; readonly key: string; readonly isNullable: boolean }[]
  /** Another expression than the value itself. `{value}` stands for the value. */
  readonly expressions: Readonly<Record<string, string>>
  /** What must not exist. `{column}` stands for the value of a column. */
  readonly unless: readonly string[]
  /** Columns that tell whether somebody has changed the row since. */
  readonly watched: readonly string[]
  /** The columns that refer to accounts. */
  readonly accountColumns: readonly string[]
  /** Rows of other tables that belong to a row of this one and are written with it. */
  readonly companions: readonly Companion[]
}

/** Its column that refers to the row is the first one. */
export interface Companion {
  readonly name: string
  readonly reference: string
  readonly columns: readonly string[]
  /** Whether a change of it is a change of the row. */
  readonly isWatched: boolean
}

interface Options {
  /** Of a primary key of several columns. */
  readonly key?: readonly string[]
  readonly without?: readonly string[]
  readonly expressions?: Readonly<Record<string, string>>
  readonly unless?: readonly string[]
  readonly unwatched?: readonly string[]
  readonly companions?: readonly Companion[]
}

export const targetTable = (
  table: SQLiteTable,
  { key: columnsOfKey, without = [], expressions = {}, unless = [], unwatched = [], companions = [] }: Options = {},
): TargetTable => {
  const { columns: all, foreignKeys } = getTableConfig(table)
  const [own] = all.filter(({ primary }) => primary)
  const key = columnsOfKey ?? (own ? [own.name] : [])
  const isNumbered = own?.name === 'id' && own.getSQLType() === 'integer'
  const columns = all
    .filter(({ name, generated }) => !generated && !(isNumbered && name === 'id') && !without.includes(name))
    .map(({ name }) => name)
  const references = foreignKeys.flatMap((foreignKey) => {
    const { columns: from, foreignTable, foreignColumns } = foreignKey.reference()
    const [column] = from
    const [foreign] = foreignColumns
    if (!column || !foreign || !columns.includes(column.name)) return []
    return [{ column: column.name, table: getTableName(foreignTable), key: foreign.name, isNullable: !column.notNull }]
  })
  return {
    name: getTableName(table),
    columns,
    key,
    isNumbered,
    references,
    accountColumns: references.filter((reference) => reference.table === 'accounts').map(({ column }) => column),
    expressions,
    unless,
    watched: columns.filter((column) => !unwatched.includes(column)),
    companions,
  }
}

export const companion = (table: SQLiteTable, reference: string, without: readonly string[] = []): Companion => ({
  name: getTableName(table),
  reference,
  columns: getTableConfig(table)
    .columns.filter(({ name }) => name !== reference && !without.includes(name))
    .map(({ name }) => name),
  isWatched: true,
})

/** One row to be written: a value for each column of its table. */
export type Values = Readonly<Record<string, Cell>>
