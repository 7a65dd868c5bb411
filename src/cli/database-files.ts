import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The files of the local databases in a folder of local state: one, unless the folder is used for other projects, too. */
export const databaseFilesIn = (folder: string): string[] => {
  const databases = join(folder, 'v3/d1/miniflare-D1DatabaseObject')
  if (!existsSync(databases)) return []
  return readdirSync(databases)
    .filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
    .map((name) => join(databases, name))
}
