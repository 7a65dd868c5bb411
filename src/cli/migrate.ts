import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from './cli-error.ts'
import { MIGRATIONS_FOLDER, migrationFiles } from './migrations.ts'
import { splitStatements } from './wrangler-api.ts'

/** The table in which `wrangler d1 migrations apply` records what it has applied. Both commands use it, so neither applies a migration a second time. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`

/**
 * Applies the new migrations to the local database, each in one transaction. It does what `wrangler d1 migrations apply --local`
 * does, which starts a runtime for every file and so takes longer than starting the server. `npm run deploy` uses wrangler.
 */
export const migrateLocalDatabase = async (database: D1Database): Promise<void> => {
  await database.prepare(CREATE_TABLE).run()
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all<{ name: string }>()
  const applied = new Set(results.map(({ name }) => name))
  for (const name of migrationFiles().filter((file) => !applied.has(file))) {
    const statements = splitStatements(readFileSync(join(MIGRATIONS_FOLDER, name), 'utf8')).map((sql) => database.prepare(sql))
    const record = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name)
    await database.batch([...statements, record]).catch((error: unknown) => {
      throw new CliError(`The local database could not be migrated. ${name}: ${error instanceof Error ? error.message : error}`)
    })
  }
}
