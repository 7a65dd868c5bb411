import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrationFiles } from '../migrations.ts'
import type { State } from '../state.ts'

const databaseFileIn = ({ folder }: State): string | null => {
  const databases = join(folder, 'v3/d1/miniflare-D1DatabaseObject')
  const [file, ...others] = existsSync(databases) ? readdirSync(databases).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)) : []
  return file === undefined || others.length > 0 ? null : join(databases, file)
}

/**
 * Whether the local database contains accounts; null if it has to be created or migrated first. This reads the file itself,
 * because a runtime takes two seconds to start, and mostly there is nothing to prepare.
 */
export const preparedDatabase = (state: State): { readonly hasAccounts: boolean } | null => {
  const file = databaseFileIn(state)
  if (file === null) return null
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { readOnly: true })
    const applied = new Set(
      database
        .prepare('SELECT name FROM d1_migrations')
        .all()
        .map(({ name }) => name),
    )
    if (!migrationFiles().every((name) => applied.has(name))) return null
    return { hasAccounts: database.prepare('SELECT 1 FROM accounts LIMIT 1').get() !== undefined }
  } catch {
    return null // The runtime opens it, and reports what is wrong with it.
  } finally {
    database?.close()
  }
}
