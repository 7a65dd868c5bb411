import { DatabaseSync } from 'node:sqlite'
import { databaseFilesIn } from '../database-files.ts'
import { migrationFiles } from '../migrations.ts'
import type { State } from '../state.ts'

/**
 * Whether the local database contains accounts; null if it has to be created or migrated first. This reads the file itself,
 * because a runtime takes two seconds to start, and mostly there is nothing to prepare.
 */
export const preparedDatabase = (state: State): { readonly hasAccounts: boolean } | null => {
  const [file, ...others] = databaseFilesIn(state.folder)
  if (file === undefined || others.length > 0) return null
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
