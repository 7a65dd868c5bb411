import { spawnSync } from 'node:child_process'
import { CliError } from '../cli-error.ts'
import { wranglerCommand } from '../wrangler.ts'

/** The rows of one statement, through wrangler: it also reaches a database that wrangler.toml does not name. */
export const queryRows = async (database: string, place: readonly string[], sql: string): Promise<Readonly<Record<string, unknown>>[]> => {
  const { command, args, options } = wranglerCommand(['d1', 'execute', database, ...place, '--json', '--command', sql])
  const { status, stdout, stderr } = spawnSync(command, args, { ...options, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (status !== 0) throw new CliError(`The database "${database}" could not be read: ${stderr.trim().split('\n')[0] ?? ''}`)
  const [result] = JSON.parse(stdout)
  return [...result.results]
}
