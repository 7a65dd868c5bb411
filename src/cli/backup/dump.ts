import { closeSync, createReadStream, openSync, writeSync } from 'node:fs'
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

const STATEMENT = /^(?:PRAGMA|CREATE|INSERT|DELETE|ANALYZE) /i

/** Only a line feed ends a line here. For `node:readline` other characters do, too, which a text in a row can contain. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

interface Line {
  readonly text: string
  /** Whether a statement starts in this line. The texts of rows are not taken for statements. */
  readonly isStart: boolean
}

/** The lines of a dump. Outside of rows, a statement starts in each line that begins like one. */
async function* parsedLinesOf(file: string): AsyncGenerator<Line> {
  let isInRow = false
  let isInText = false
  for await (const text of linesOf(file)) {
    const isStart = !isInText && STATEMENT.test(text)
    if (isStart) isInRow = ROW.test(text)
    // A quotation mark in a text is doubled.
    if (isInRow && (text.split("'").length - 1) % 2 === 1) isInText = !isInText
    yield { text, isStart }
  }
}

export const readContents = async (file: string): Promise<Contents> => {
  const tables = new Set<string>()
  let triggers = 0
  let rows = 0
  for await (const { text, isStart } of parsedLinesOf(file)) {
    if (!isStart) continue
    const [, table] = TABLE.exec(text) ?? []
    if (table !== undefined) tables.add(table)
    else if (TRIGGER.test(text)) triggers++
    else if (ROW.test(text)) rows++
  }
  return { tables, triggers, rows }
}

/**
 * Writes a copy of a dump that creates all tables before it inserts the first row. A dump has the rows of a table behind the table, in
 * the order in which the tables were created. But a column that was added later can refer to a table that was created later, and
 * SQLite inserts no row that could refer to a table that does not exist.
 */
export const writeTablesFirst = async (file: string, copy: string): Promise<void> => {
  const output = openSync(copy, 'wx', 0o600)
  try {
    for (const ofTables of [true, false]) {
      let isOfTable = false
      for await (const { text, isStart } of parsedLinesOf(file)) {
        if (isStart) isOfTable = TABLE.test(text)
        if (isOfTable === ofTables) writeSync(output, `${text}\n`)
      }
    }
  } finally {
    closeSync(output)
  }
}

/** An export that was interrupted ends early: tables come first, and triggers last. */
export const requireComplete = ({ tables, triggers }: Contents, expected: Iterable<string>): void => {
  const missing = [...expected].filter((table) => !tables.has(table))
  if (missing.length > 0) throw new CliError(`The backup is not complete: it lacks ${missing.slice(0, 3).join(', ')}.`)
  if (triggers === 0) throw new CliError('The backup is not complete: it has no triggers.')
}
