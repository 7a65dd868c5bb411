import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { CliError, runCommand } from '../cli-error.ts'
import { readEnvironment } from '../deploy/environment.ts'
import type { EnvironmentName } from '../environments.ts'
import { exitIfHelpIsAsked } from '../usage.ts'
import { root, wrangler } from '../wrangler.ts'
import { readContents, requireComplete } from './dump.ts'
import { exportDatabase } from './export.ts'
import { optionsOf, PLACE_OPTIONS, placeOf } from './invocation.ts'

/** `npm run backup`: writes the whole database into a file, and checks that the file is complete. */

exitIfHelpIsAsked(`npm run backup -- [--out <file>] [--remote [--env production|staging] [--bucket]] [--persist-to <folder>]

Writes all tables of the database, their rows, indexes and triggers into a file of SQL that only you can read, and checks that it is
complete. \`npm run restore\` makes a database of it. While it runs, the database answers no other request.

  --out <file>           the file; by default concord-<environment>-<time>.sql in this folder
  --remote               the database of production at Cloudflare, instead of the local one
  --env <name>           that of staging
  --bucket               also put the file into the R2 bucket of this environment, below backups/
  --persist-to <folder>  the local database in this folder
  --help                 show this`)

/** The tables that the migrations create and do not drop again. */
const expectedTables = (): string[] => {
  const folder = join(root, 'migrations')
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
  const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name)
  const gone = new Set([...named(/^DROP TABLE (?:IF EXISTS )?(\w+)/gim), ...named(/^ALTER TABLE (\w+) RENAME TO /gim)])
  return named(/^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/gim).filter((name) => !gone.has(name))
}

const copyToBucket = async (file: string, environment: EnvironmentName): Promise<void> => {
  const { bucket, vars } = readEnvironment(root, environment)
  const key = `${bucket}/backups/${basename(file)}`
  const jurisdiction = vars.JURISDICTION ? ['--jurisdiction', vars.JURISDICTION] : []
  if ((await wrangler(['r2', 'object', 'put', key, '--remote', ...jurisdiction, '--file', file])) !== 0) {
    throw new CliError(`The file is complete, but it was not put into the bucket as ${key}.`)
  }
  console.log(`Also in the bucket, as ${key}.`)
}

const backUp = async (): Promise<void> => {
  const options = optionsOf('backup', { ...PLACE_OPTIONS, out: { type: 'string' }, bucket: { type: 'boolean' } })
  const place = placeOf(options)
  const { environment } = place
  if (options.bucket && environment === null) throw new CliError('--bucket is only for --remote.')
  const file = resolve(options.out ?? `concord-${environment ?? 'local'}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.sql`)
  if (existsSync(file)) throw new CliError(`${file} exists already. Nothing was changed.`)
  try {
    await exportDatabase(place, file)
    chmodSync(file, 0o600)
    const contents = await readContents(file)
    requireComplete(contents, expectedTables())
    console.log(`${file}: ${contents.tables.size} tables, ${contents.rows} rows, ${statSync(file).size} bytes.`)
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  }
  if (options.bucket && environment !== null) await copyToBucket(file, environment)
}

await runCommand(backUp)
