import { writeFileSync } from 'node:fs'
import { CliError } from '../cli-error.ts'
import { startLocalRuntime } from '../local-runtime.ts'
import { wrangler } from '../wrangler.ts'
import type { Place } from './invocation.ts'

/** Writes the database as SQL, in the same form from both places: wrangler's own local export reads only the default folder. */
export const exportDatabase = async ({ environment, folder, arguments: place }: Place, file: string): Promise<void> => {
  if (environment !== null) {
    if ((await wrangler(['d1', 'export', 'DB', ...place, '--output', file])) !== 0)
      throw new CliError('The export failed: there is no backup.')
    return
  }
  const { env, dispose } = await startLocalRuntime<{ readonly DB: D1Database }>(folder, false)
  try {
    // The statement by which wrangler exports the local database: with the schema, with the rows, of all tables.
    const [lines = []] = await env.DB.prepare('PRAGMA miniflare_d1_export(?,?,?);').bind(0, 0).raw<string[]>()
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  } finally {
    await dispose()
  }
}
