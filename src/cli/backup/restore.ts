import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CliError, runCommand } from '../cli-error.ts'
import { exitIfHelpIsAsked } from '../usage.ts'
import { wrangler } from '../wrangler.ts'
import { readContents, writeTablesFirst } from './dump.ts'
import { optionsOf, PLACE_OPTIONS, placeOf } from './invocation.ts'
import { queryRows } from './query.ts'

/** `npm run restore`: makes a database of a backup. It never writes into a database that has something in it. */

exitIfHelpIsAsked(`npm run restore -- --from <file> --persist-to <folder>
npm run restore -- --from <file> --remote --into <database> [--env staging]

Makes a database of the file of a backup, and checks it. The database must be empty: nothing is overwritten. Locally, name a new folder.
At Cloudflare, create a database first (npx wrangler d1 create <database>), and write its name and id into wrangler.toml afterwards.

  --from <file>          what \`npm run backup\` has written
  --persist-to <folder>  the local database in this folder
  --remote               at Cloudflare
  --into <database>      the name of the new database there
  --env <name>           the environment whose configuration wrangler reads (production)
  --help                 show this`)

/** Those of our own: the platform keeps some in each database. */
const TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'"

/** Imports the file, with all tables first. The copy is in a folder that only this user can read. */
const isImported = async (file: string, database: string, place: readonly string[]): Promise<boolean> => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-restore-'))
  try {
    const copy = join(folder, 'tables-first.sql')
    await writeTablesFirst(file, copy)
    return (await wrangler(['d1', 'execute', database, ...place, '--yes', '--file', copy])) === 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const restore = async (): Promise<void> => {
  const options = optionsOf('restore', { ...PLACE_OPTIONS, from: { type: 'string' }, into: { type: 'string' } })
  const place = placeOf(options)
  if (options.from === undefined) throw new CliError('Name the file of the backup: --from <file>.')
  if ((place.environment === null) !== (options.into === undefined)) throw new CliError('--remote and --into <database> belong together.')
  const [file, database] = [resolve(options.from), options.into ?? 'DB']
  if (!existsSync(file)) throw new CliError(`${file} does not exist. Nothing was changed.`)
  const { tables, rows } = await readContents(file)
  if (tables.size === 0) throw new CliError(`${file} is no backup: it has no tables. Nothing was changed.`)
  const present = queryRows(database, place, TABLES)
  if (present.length > 0) throw new CliError(`The database has ${present.length} tables already. Nothing was changed.`)

  if (!(await isImported(file, database, place.arguments))) {
    throw new CliError('The import failed. The database may be incomplete: delete it, and begin with an empty one.')
  }
  const restored = new Set(queryRows(database, place, TABLES).map(({ name }) => String(name)))
  const missing = [...tables].filter((table) => !restored.has(table) && !/^(?:sqlite|_cf)_/.test(table))
  const broken = queryRows(database, place, 'PRAGMA foreign_key_check')
  if (missing.length > 0 || broken.length > 0) {
    throw new CliError(`The database is not complete: ${missing.length} tables are missing, and ${broken.length} rows refer to nothing.`)
  }
  console.log(`Restored ${restored.size} tables and ${rows} rows. No row refers to nothing.`)
}

await runCommand(restore)
