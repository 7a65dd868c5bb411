import { query, type Target, textOf } from '../target/target.ts'

/** A column that refers to rows of a table. */
export interface Dependent {
  readonly table: string
  readonly column: string
}

/** From the text of the tables: D1 does not let a query read the list of foreign keys. */
const REFERENCE = /(\w+)\s+(?:INTEGER|TEXT)\b[^,()]*?\bREFERENCES\s+(\w+)/g

export const referencesTo = async (target: Target, table: string): Promise<Dependent[]> => {
  const rows = await query(target, "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%REFERENCES%'")
  return rows.flatMap((row) => {
    const sql = textOf(row, 'sql').replaceAll(/--.*$/gm, '')
    return [...sql.matchAll(REFERENCE)]
      .filter(([, , other]) => other === table)
      .map(([, column = '']) => ({ table: textOf(row, 'name'), column }))
  })
}
