import { describeTable } from '../../../store/table-descriptions.ts'
import type { Cell } from './target.ts'

/** A table that rows are moved into, as the statements need it. The columns come from the tables of store/. */

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
  /** SQL expressions instead of the plain value, by column. `{value}` is replaced by the value. */
  readonly expressions: Readonly<Record<string, string>>
  /** Conditions (SQL): a row for which one of them holds is not written. `{column}` is replaced by the value of that column. */
  readonly unless: readonly string[]
  /** Columns by which `verify` and `undo` recognise that the row was changed since. */
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

type TableName = Parameters<typeof describeTable>[0]

export const targetTable = (
  name: TableName,
  { key: columnsOfKey, without = [], expressions = {}, unless = [], unwatched = [], companions = [] }: Options = {},
): TargetTable => {
  const { columns: all, references: allReferences } = describeTable(name)
  const own = all.find(({ isKey }) => isKey)
  const isNumbered = own?.name === 'id' && own.isInteger
  const columns = all
    .filter((column) => !column.isGenerated && !(isNumbered && column.isKey) && !without.includes(column.name))
    .map((column) => column.name)
  const nullable = new Set(all.filter(({ isNullable }) => isNullable).map((column) => column.name))
  const references = allReferences
    .filter(({ column }) => columns.includes(column))
    .map((reference) => ({ ...reference, isNullable: nullable.has(reference.column) }))
  return {
    name,
    columns,
    key: columnsOfKey ?? (own ? [own.name] : []),
    isNumbered,
    references,
    accountColumns: references.filter(({ table }) => table === 'accounts').map(({ column }) => column),
    expressions,
    unless,
    watched: columns.filter((column) => !unwatched.includes(column)),
    companions,
  }
}

export const companion = (name: TableName, reference: string, isWatched: boolean): Companion => ({
  name,
  reference,
  columns: describeTable(name)
    .columns.filter((column) => column.name !== reference)
    .map((column) => column.name),
  isWatched,
})

/** One row to be written: a value for each column of its table. */
export type Values = Readonly<Record<string, Cell>>
