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

/** A database that executes statements in one transaction, and returns the rows of each. */
interface Migrated {
  batch(
    statements: readonly { readonly sql: string; readonly parameters: readonly string[] }[],
  ): Promise<readonly (readonly Readonly<Record<string, unknown>>[])[]>
}

/**
 * Applies the new migrations to the local database, each in one transaction. It does what `wrangler d1 migrations apply --local`
 * does, which starts a runtime for every file and so takes longer than starting the server. `npm run deploy` uses wrangler.
 */
export const applyMigrations = async (database: Migrated, statementsOf: (name: string) => readonly string[]): Promise<void> => {
  const [, rows = []] = await database.batch([
    { sql: CREATE_TABLE, parameters: [] },
    { sql: 'SELECT name FROM d1_migrations', parameters: [] },
  ])
  const applied = new Set(rows.map(({ name }) => name))
  for (const name of migrationFiles().filter((file) => !applied.has(file))) {
    const statements = statementsOf(name).map((sql) => ({ sql, parameters: [] }))
    const record = { sql: 'INSERT INTO d1_migrations (name) VALUES (?)', parameters: [name] }
    await database.batch([...statements, record]).catch((error: unknown) => {
      throw new CliError(`The local database could not be migrated. ${name}: ${error instanceof Error ? error.message : error}`)
    })
  }
}

export const statementsOfMigration = (name: string): string[] => splitStatements(readFileSync(join(MIGRATIONS_FOLDER, name), 'utf8'))

export const migrateLocalDatabase = (database: D1Database): Promise<void> =>
  applyMigrations(
    {
      batch: async (statements) => {
        const bound = statements.map(({ sql, parameters }) => database.prepare(sql).bind(...parameters))
        return (await database.batch<Record<string, unknown>>(bound)).map(({ results }) => results)
      },
    },
    statementsOfMigration,
  )
