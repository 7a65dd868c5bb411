/** The database that a source is moved into. */

export type Cell = string | number | null

export interface Statement {
  readonly sql: string
  readonly parameters: readonly Cell[]
}

export type TargetRow = Readonly<Record<string, unknown>>

export interface Target {
  /** One transaction. */
  batch(statements: readonly Statement[]): Promise<readonly (readonly TargetRow[])[]>
}

/** The rows of a single statement. */
export const query = async (target: Target, sql: string, ...parameters: Cell[]): Promise<readonly TargetRow[]> => {
  const [rows = []] = await target.batch([{ sql, parameters }])
  return rows
}

export const textOf = (row: TargetRow, column: string): string => `${row[column] ?? ''}`

export const numberOf = (row: TargetRow | undefined, column: string): number => Number(row?.[column] ?? 0)
