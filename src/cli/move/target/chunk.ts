import type { ContractName } from '../../../model/contract.ts'
import type { Companion, TargetTable, Values } from './table.ts'
import { numberOf, type Statement, type Target, type TargetRow, textOf } from './target.ts'
import { digestOfValues } from './watched.ts'

/**
 * Writes rows and their ledger entries in one batch: all of it, or nothing. The entry is written first, unless there is one for the same
 * source row; then only rows with an entry of this batch are written. So of two imports at the same time, and of an import
 * that is repeated, one writes a row. Rows that the database refuses lose their entry again, at the end of the batch.
 */

export interface ChunkRow {
  /** Of the source. */
  readonly key: string
  /** Of a numbered table: the wished number. Of others the key here, as text. */
  readonly target: number | string | null
  readonly values: Values
  /** By the name of the table. */
  readonly companions: Readonly<Record<string, Values>>
  /** The path of the picture that the account gets, if it has none yet. */
  readonly picture: string | null
}

export interface ChunkContext {
  readonly moveId: string
  readonly contract: ContractName
  readonly model: string
  /** Numbers up to this one are not given to rows of the source: they may have been rows here. */
  readonly floor: number
  readonly now: number
}

export interface ChunkResult {
  readonly written: readonly { readonly key: string; readonly target: string; readonly digest: string }[]
  /** Keys of rows that conflict with a row of Concord's database, or whose account is gone. */
  readonly refused: readonly string[]
}

const CHUNK = '(SELECT max(id) FROM move_chunks)'

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The value of a column in the JSON of a row. */
const cellIn = (columns: readonly string[], column: string): string => `item.value->>'$.v[${columns.indexOf(column)}]'`

const withValues = (table: TargetTable, condition: string): string =>
  condition.replaceAll(/\{(\w+)\}/g, (_, column: string) => cellIn(table.columns, column))

const joined = (parts: readonly string[]): string => (parts.length === 0 ? 'true' : parts.join(' AND '))

const referencesExist = (table: TargetTable): string[] =>
  table.references.map(({ column, table: other, key, isNullable }) => {
    const value = cellIn(table.columns, column)
    const exists = `EXISTS (SELECT 1 FROM ${other} WHERE ${key} = ${value})`
    return isNullable ? `(${value} IS NULL OR ${exists})` : exists
  })

const keyMatches = (table: TargetTable): string =>
  joined(table.key.map((column) => `${table.name}.${column} = ${cellIn(table.columns, column)}`))

const conditions = (table: TargetTable): string =>
  joined([
    ...(table.isNumbered ? [] : [`NOT EXISTS (SELECT 1 FROM ${table.name} WHERE ${keyMatches(table)})`]),
    ...referencesExist(table),
    ...table.unless.map((condition) => `NOT EXISTS (${withValues(table, condition)})`),
  ])

/** The wished number, if it is free and was never given out here; otherwise one that follows all others. */
const numberFor = (table: TargetTable): string => `CASE
      WHEN item.value->>'t' > ? AND NOT EXISTS (SELECT 1 FROM ${table.name} WHERE id = item.value->>'t') THEN item.value->>'t'
      ELSE CAST(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = ${literal(table.name)}), 0) AS INTEGER) + row_number() OVER (ORDER BY item.key)
    END`

const entriesOf = (table: TargetTable, { contract, model, floor }: ChunkContext, json: string): Statement => ({
  sql: `INSERT INTO moved_rows (contract, model, source_key, chunk_id, target_key, digest)
    SELECT ${literal(contract)}, ${literal(model)}, item.value->>'k', ${CHUNK}, ${table.isNumbered ? numberFor(table) : "item.value->>'t'"}, item.value->>'d'
    FROM json_each(?) AS item
    WHERE ${conditions(table)}
    ON CONFLICT DO NOTHING
    RETURNING source_key, target_key, digest`,
  parameters: table.isNumbered ? [floor, json] : [json],
})

/** CROSS JOIN: the JSON has to be read once, and not once for each entry. */
const withEntries = ({ contract, model }: ChunkContext): string => `FROM json_each(?) AS item
    CROSS JOIN moved_rows AS entry ON entry.contract = ${literal(contract)} AND entry.model = ${literal(model)}
      AND entry.source_key = item.value->>'k' AND entry.chunk_id = ${CHUNK}`

const rowsOf = (table: TargetTable, context: ChunkContext, json: string): Statement => {
  const columns = [...(table.isNumbered ? ['id'] : []), ...table.columns]
  const values = table.columns.map((column) =>
    (table.expressions[column] ?? '{value}').replaceAll('{value}', cellIn(table.columns, column)),
  )
  return {
    sql: `INSERT INTO ${table.name} (${columns.join(', ')})
    SELECT ${[...(table.isNumbered ? ['CAST(entry.target_key AS INTEGER)'] : []), ...values].join(', ')}
    ${withEntries(context)}
    WHERE true
    ON CONFLICT DO NOTHING`,
    parameters: [json],
  }
}

/** Only if the row itself was written: another one may have taken its name. */
const companionsOf = (table: TargetTable, { name, reference, columns }: Companion, context: ChunkContext, json: string): Statement => ({
  sql: `INSERT INTO ${name} (${[reference, ...columns].join(', ')})
    SELECT ${table.name}.id, ${columns.map((_, index) => `item.value->>'$.c.${name}[${index}]'`).join(', ')}
    ${withEntries(context)}
    CROSS JOIN ${table.name} ON ${table.name}.id = CAST(entry.target_key AS INTEGER)
    WHERE item.value->'$.c.${name}' IS NOT NULL
    ON CONFLICT DO NOTHING`,
  parameters: [json],
})

/** A new picture fires no trigger. */
const picturesOf = (table: TargetTable, context: ChunkContext, json: string): Statement => ({
  sql: `UPDATE accounts SET profile_picture = item.value->>'p'
    ${withEntries(context)}
    WHERE item.value->>'p' IS NOT NULL AND accounts.id = ${cellIn(table.columns, 'account_id')} AND accounts.profile_picture IS NULL`,
  parameters: [json],
})

const withoutRow = (table: TargetTable, context: ChunkContext, json: string): Statement =>
  table.isNumbered
    ? {
        sql: `DELETE FROM moved_rows
    WHERE chunk_id = ${CHUNK} AND NOT EXISTS (SELECT 1 FROM ${table.name} WHERE id = CAST(moved_rows.target_key AS INTEGER))
    RETURNING source_key`,
        parameters: [],
      }
    : {
        sql: `DELETE FROM moved_rows
    WHERE chunk_id = ${CHUNK} AND source_key IN (
      SELECT entry.source_key ${withEntries(context)}
      WHERE NOT EXISTS (SELECT 1 FROM ${table.name} WHERE ${keyMatches(table)})
    )
    RETURNING source_key`,
        parameters: [json],
      }

const jsonOf = (table: TargetTable, rows: readonly ChunkRow[]): string =>
  JSON.stringify(
    rows.map(({ key, target, values, companions, picture }) => ({
      k: key,
      t: target,
      d: digestOfValues(table, values, companions),
      v: table.columns.map((column) => values[column] ?? null),
      ...(picture !== null && { p: picture }),
      ...(Object.keys(companions).length > 0 && {
        c: Object.fromEntries(
          table.companions.flatMap(({ name, columns }) => {
            const row = companions[name]
            return row ? [[name, columns.map((column) => row[column] ?? null)]] : []
          }),
        ),
      }),
    })),
  )

const keysOf = (rows: readonly TargetRow[] | undefined): string[] => (rows ?? []).map((row) => textOf(row, 'source_key'))

export const writeChunk = async (
  target: Target,
  table: TargetTable,
  context: ChunkContext,
  rows: readonly ChunkRow[],
): Promise<ChunkResult> => {
  const json = jsonOf(table, rows)
  const statements: readonly Statement[] = [
    {
      sql: 'INSERT INTO move_chunks (move_id, model, moved_at) VALUES (?, ?, ?)',
      parameters: [context.moveId, context.model, context.now],
    },
    entriesOf(table, context, json),
    rowsOf(table, context, json),
    ...table.companions.map((companion) => companionsOf(table, companion, context, json)),
    ...(rows.some(({ picture }) => picture !== null) ? [picturesOf(table, context, json)] : []),
    withoutRow(table, context, json),
    {
      sql: `SELECT source_key FROM moved_rows WHERE contract = ? AND model = ? AND source_key IN (SELECT value->>'k' FROM json_each(?))`,
      parameters: [context.contract, context.model, json],
    },
  ]
  const results = await target.batch(statements)
  const removed = new Set(keysOf(results.at(-2)))
  const present = new Set(keysOf(results.at(-1)))
  return {
    written: (results[1] ?? [])
      .map((row) => ({ key: textOf(row, 'source_key'), target: textOf(row, 'target_key'), digest: textOf(row, 'digest') }))
      .filter(({ key }) => !removed.has(key)),
    refused: rows.filter(({ key }) => !present.has(key)).map(({ key }) => key),
  }
}

/** The number that a table gives out next. */
export const nextNumber = async (target: Target, table: string): Promise<number> => {
  const [[row] = []] = await target.batch([{ sql: 'SELECT seq FROM sqlite_sequence WHERE name = ?', parameters: [table] }])
  return numberOf(row, 'seq') + 1
}

/** Numbers below this one are not given out any more, also if no row has them. */
export const raiseNextNumber = (table: string, next: number): Statement[] => [
  { sql: 'UPDATE sqlite_sequence SET seq = max(seq, CAST(? AS INTEGER)) WHERE name = ?', parameters: [next - 1, table] },
  {
    sql: 'INSERT INTO sqlite_sequence (name, seq) SELECT ?, CAST(? AS INTEGER) WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)',
    parameters: [table, next - 1, table],
  },
]
