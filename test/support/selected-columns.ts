/**
 * The names of the columns that a statement returns, by its text as drizzle writes it: the list after `select` or `returning`.
 * Null for a statement that returns nothing, or all columns of a table.
 */
export const selectedColumns = (statement: string): string[] | null => {
  const [, list] = /^(?:with .*? )?select (?:distinct )?(.*)$/is.exec(statement) ?? /\breturning (.*)$/is.exec(statement) ?? []
  if (list === undefined) return null
  const columns: string[] = []
  let [depth, start] = [0, 0]
  for (let index = 0; index <= list.length; index++) {
    const character = list[index]
    if (character === '(') depth++
    if (character === ')') depth--
    if (depth !== 0) continue
    const ends = index === list.length || /^\sfrom\s/i.test(list.slice(index, index + 6))
    if (!ends && character !== ',') continue
    columns.push(nameOf(list.slice(start, index)))
    start = index + 1
    if (ends) break
  }
  return columns.includes('*') ? null : columns
}

/** The alias, or else the last identifier. */
const nameOf = (column: string): string => /["`]?([\w*]+)["`]?\s*$/.exec(column)?.[1] ?? column
