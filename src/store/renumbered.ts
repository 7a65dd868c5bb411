import { type SQL, sql } from 'drizzle-orm'
import type { Numbering } from '../model/contract-numbers.ts'

/** `renumber` of src/model/contract-numbers.ts, in a statement. The numbers are literals: D1 binds them as REAL, and the text of the sum would end in `.0`. */
export const renumbered = ({ block, end }: Numbering, id: SQL): SQL => {
  const [from, to, last] = [block, end, block + end].map((number) => sql.raw(String(number)))
  return sql`CASE WHEN ${id} < ${to} THEN ${id} + ${from} WHEN ${id} > ${from} AND ${id} < ${last} THEN ${id} - ${from} ELSE ${id} END`
}
