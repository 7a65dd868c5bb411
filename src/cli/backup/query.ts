import { spawnSync } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { CliError } from '../cli-error.ts'
import { databaseFilesIn } from '../database-files.ts'
import { wranglerCommand } from '../wrangler.ts'
import type { Place } from './invocation.ts'

type Rows = Readonly<Record<string, unknown>>[]

const readFile = (file: string, sql: string): Rows => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

/** Runs the query with wrangler, which also reaches a database that wrangler.toml does not name. */
const readWithWrangler = (database: string, place: readonly string[], sql: string): Rows => {
  const { command, args, options } = wranglerCommand(['d1', 'execute', database, ...place, '--json', '--command', sql])
  const { status, stdout, stderr } = spawnSync(command, args, { ...options, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (status !== 0) throw new CliError(`The database "${database}" could not be read: ${stderr.trim().split('\n')[0] ?? ''}`)
  const [result] = JSON.parse(stdout)
  return [...result.results]
}

/** The rows of one query. A local database is read from its file: wrangler would start a runtime for each query, which takes seconds. */
export const queryRows = (database: string, { environment, folder, arguments: place }: Place, sql: string): Rows => {
  if (environment !== null) return readWithWrangler(database, place, sql)
  const [file, ...others] = databaseFilesIn(folder)
  if (file === undefined) return []
  return others.length === 0 ? readFile(file, sql) : readWithWrangler(database, place, sql)
}
