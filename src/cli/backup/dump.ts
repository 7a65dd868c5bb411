import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { CliError } from '../cli-error.ts'

/** What is in the file of a backup, as `wrangler d1 export` writes it: a text of SQL, with one row of a table on each line. */
export interface Contents {
  readonly tables: ReadonlySet<string>
  readonly triggers: number
  readonly rows: number
}

const NAME = '["`\']?(\\w+)["`\']?'
const TABLE = new RegExp(`^CREATE TABLE (?:IF NOT EXISTS )?${NAME}`, 'i')
const TRIGGER = /^CREATE TRIGGER /i
const ROW = /^INSERT INTO /i

export const readContents = async (file: string): Promise<Contents> => {
  const tables = new Set<string>()
  let triggers = 0
  let rows = 0
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const [, table] = TABLE.exec(line) ?? []
    if (table !== undefined) tables.add(table)
    else if (TRIGGER.test(line)) triggers++
    else if (ROW.test(line)) rows++
  }
  return { tables, triggers, rows }
}

/** An export that was interrupted ends early: tables come first, and triggers last. */
export const requireComplete = ({ tables, triggers }: Contents, expected: Iterable<string>): void => {
  const missing = [...expected].filter((table) => !tables.has(table))
  if (missing.length > 0) throw new CliError(`The backup is not complete: it lacks ${missing.slice(0, 3).join(', ')}.`)
  if (triggers === 0) throw new CliError('The backup is not complete: it has no triggers.')
}
