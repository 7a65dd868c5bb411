import { createHash } from 'node:crypto'
import type { TargetTable, Values } from './table.ts'
import { type Cell, type Statement, type TargetRow, textOf } from './target.ts'

/** Whether a row is as it was written: the columns that people change, and a digest of them. */

export const digestOf = (cells: readonly Cell[]): string =>
  createHash('sha256')
    .update(JSON.stringify(cells.map((cell) => (cell === null ? null : `${cell}`))))
    .digest('hex')
    .slice(0, 16)

const cellOf = (value: unknown): Cell => (typeof value === 'string' || typeof value === 'number' ? value : null)

interface Watched {
  readonly name: string
  readonly expression: string
  value(values: Values, companions: Readonly<Record<string, Values>>): Cell
}

const watchedOf = ({ name: table, watched, companions }: TargetTable): Watched[] => [
  ...watched.map((column) => ({ name: column, expression: `${table}.${column}`, value: (values: Values) => values[column] ?? null })),
  ...companions
    .filter(({ isWatched }) => isWatched)
    .flatMap(({ name, columns }) =>
      columns.map((column) => ({
        name: `${name} ${column}`,
        expression: `${name}.${column}`,
        value: (_: Values, others: Readonly<Record<string, Values>>) => others[name]?.[column] ?? null,
      })),
    ),
]

export const digestOfValues = (table: TargetTable, values: Values, companions: Readonly<Record<string, Values>>): string =>
  digestOf(watchedOf(table).map(({ value }) => value(values, companions)))

/** Which columns of a row are not as expected. */
export const differingColumns = (
  table: TargetTable,
  row: TargetRow,
  values: Values,
  companions: Readonly<Record<string, Values>>,
): string[] =>
  watchedOf(table)
    .filter(({ name, value }) => digestOf([value(values, companions)]) !== digestOf([cellOf(row[name])]))
    .map(({ name }) => name)

export const digestOfRow = (table: TargetTable, row: TargetRow): string => digestOf(watchedOf(table).map(({ name }) => cellOf(row[name])))

/** What names a row in the ledger: its key, in the order of the columns. */
const targetKeyOf = ({ name, key }: TargetTable): string => key.map((column) => `${name}.${column}`).join(" || ' ' || ")

const joins = ({ name, companions }: TargetTable): string =>
  companions
    .filter(({ isWatched }) => isWatched)
    .map((companion) => `LEFT JOIN ${companion.name} ON ${companion.name}.${companion.reference} = ${name}.id`)
    .join(' ')

/** `present`, `target_key` and the watched columns of each row that a condition selects. */
export const selectRows = (table: TargetTable, from: string, parameters: readonly Cell[], more: readonly string[] = []): Statement => ({
  sql: `SELECT ${[
    `${targetKeyOf(table)} AS target_key`,
    ...more,
    ...watchedOf(table).map(({ name, expression }) => `${expression} AS "${name}"`),
  ].join(', ')} FROM ${from} ${joins(table)}`,
  parameters,
})

/** The columns of a key of the ledger. */
export const keyParts = ({ key: columns }: TargetTable, key: string): string[] => (columns.length === 1 ? [key] : key.split(' '))

/** Whether a row is the one whose key is in the JSON of `item`, in a form that finds it by its primary key. */
export const keyCondition = ({ name, key, isNumbered, accountColumns }: TargetTable): string =>
  key
    .map((column, index) => {
      const value = `item.value->>'$.t[${index}]'`
      return `${name}.${column} = ${isNumbered || accountColumns.includes(column) ? `CAST(${value} AS INTEGER)` : value}`
    })
    .join(' AND ')

/** The rows with these keys, as the ledger has them. */
export const selectByKeys = (table: TargetTable, keys: readonly string[]): Statement => {
  return selectRows(table, `json_each(?) AS item CROSS JOIN ${table.name} ON ${keyCondition(table)}`, [
    JSON.stringify(keys.map((key) => ({ t: keyParts(table, key) }))),
  ])
}

export const byTargetKey = (rows: readonly TargetRow[]): ReadonlyMap<string, TargetRow> =>
  new Map(rows.map((row) => [textOf(row, 'target_key'), row]))
