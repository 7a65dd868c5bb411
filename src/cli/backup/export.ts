import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import { root, wrangler } from '../wrangler.ts'
import { getPlatformProxy, readConfig } from '../wrangler-api.ts'
import type { Place } from './invocation.ts'

/** Writes the database as SQL, in the same form from both places: wrangler's own local export reads only the default folder. */
export const exportDatabase = async ({ environment, folder, arguments: place }: Place, file: string): Promise<void> => {
  if (environment !== null) {
    if ((await wrangler(['d1', 'export', 'DB', ...place, '--output', file])) !== 0)
      throw new CliError('The export failed: there is no backup.')
    return
  }
  const { d1_databases } = readConfig({ config: join(root, 'wrangler.toml') })
  const configPath = join(root, `.wrangler/backup-${process.pid}.json`)
  mkdirSync(join(root, '.wrangler'), { recursive: true })
  writeFileSync(
    configPath,
    JSON.stringify({ d1_databases: d1_databases.map((database: object) => ({ ...database, migrations_dir: undefined })) }),
  )
  const { env, dispose } = await getPlatformProxy<{ readonly DB: D1Database }>({
    configPath,
    persist: { path: join(folder, 'v3') },
  }).finally(() => rmSync(configPath, { force: true }))
  try {
    // The statement by which wrangler exports the local database: with the schema, with the rows, of all tables.
    const [lines = []] = await env.DB.prepare('PRAGMA miniflare_d1_export(?,?,?);').bind(0, 0).raw<string[]>()
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  } finally {
    await dispose()
  }
}
