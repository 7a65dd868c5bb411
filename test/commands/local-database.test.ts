import { execFile } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { preparedDatabase } from '../../src/cli/dev/prepared-database.ts'
import { migrateLocalDatabase } from '../../src/cli/migrate.ts'
import { waitingDatabase } from '../../src/cli/waiting-database.ts'
import { wranglerCommand } from '../../src/cli/wrangler.ts'
import { getPlatformProxy } from '../../src/cli/wrangler-api.ts'
import { createState, databaseFile, run } from './run.ts'

/** The database that a command opens: its migrations, and what happens while another process writes to it. No server runs. */

/** The local one in wrangler.toml. */
const DATABASE_ID = '00000000-0000-0000-0000-000000000000'

const state = createState()

/** Opens a database as src/cli/platform.ts does: with bindings to nothing else. */
const openDatabase = (folder: string) => {
  const configPath = join(folder, 'wrangler.json')
  writeFileSync(configPath, JSON.stringify({ d1_databases: [{ binding: 'DB', database_id: DATABASE_ID }] }))
  return getPlatformProxy<{ readonly DB: D1Database }>({ configPath, persist: { path: join(folder, 'v3') } })
}

let proxy: Awaited<ReturnType<typeof openDatabase>>
/** Another process. */
let other: DatabaseSync

beforeAll(async () => {
  proxy = await openDatabase(state.folder)
  await migrateLocalDatabase(proxy.env.DB)
  other = new DatabaseSync(databaseFile(state.folder))
})

afterAll(async () => {
  other.close()
  await proxy.dispose()
  state.remove()
})

test('the migrations are recorded in the way of wrangler, which has none left to apply', async () => {
  await migrateLocalDatabase(proxy.env.DB) // once more: all are applied already
  const { results } = await proxy.env.DB.prepare('SELECT name FROM d1_migrations ORDER BY id').all()
  expect(results.map(({ name }) => name)).toEqual(readdirSync(join(import.meta.dirname, '../../migrations')).sort())
  const { command, args, options } = wranglerCommand(['d1', 'migrations', 'list', 'DB', '--local', '--persist-to', state.folder])
  expect((await promisify(execFile)(command, args, options)).stdout).toContain('No migrations to apply')
})

test('a database that needs no preparation is known without a runtime, also while one is running', () => {
  const local = { folder: state.folder, arguments: [] }
  expect(preparedDatabase(local)).toEqual({ hasAccounts: false })
  other.exec(`BEGIN; INSERT INTO accounts (object_id, username, username_key, password, created_at, updated_at)
    VALUES ('0123456789abcdef01234567', 'ann', 'ann', '', 0, 0)`)
  expect(preparedDatabase(local)).toEqual({ hasAccounts: false })
  other.exec('COMMIT')
  expect(preparedDatabase(local)).toEqual({ hasAccounts: true })
  other.exec('DELETE FROM accounts')
  const last = other.prepare('SELECT name FROM d1_migrations ORDER BY id DESC LIMIT 1').get()?.name
  other.exec(`UPDATE d1_migrations SET name = 'another' WHERE name = '${last}'`)
  expect(preparedDatabase(local)).toBeNull()
  other.exec(`UPDATE d1_migrations SET name = '${last}' WHERE name = 'another'`)
  const fresh = createState()
  expect(preparedDatabase({ folder: fresh.folder, arguments: [] })).toBeNull()
  writeFileSync(databaseFile(state.folder).replace(/[^/]*$/, `${'0'.repeat(64)}.sqlite`), 'no database')
  expect(preparedDatabase(local)).toBeNull()
  rmSync(databaseFile(state.folder).replace(/[^/]*$/, `${'0'.repeat(64)}.sqlite`))
  fresh.remove()
})

describe('while another process has locked the database', () => {
  const plans = () => proxy.env.DB.prepare('SELECT plan_type FROM subscription_plans').all()

  test('a statement, a query and a batch wait until it is free, and are applied once', async () => {
    const reports: string[] = []
    const database = waitingDatabase(proxy.env.DB, {
      report: (line) => {
        reports.push(line)
        if (reports.length === 3) other.exec('COMMIT')
      },
    })
    const insert = database.prepare(
      "INSERT INTO subscription_plans (plan_type, start_date, end_date, created_at, updated_at) VALUES (?, '', '', 0, 0)",
    )
    other.exec('BEGIN IMMEDIATE')
    const [, read] = await Promise.all([
      insert.bind('one').run(),
      database.prepare('SELECT count(*) AS n FROM d1_migrations').first(),
      database.batch([insert.bind('two'), insert.bind('three')]),
    ])
    expect(reports).toEqual(Array(3).fill('The database is busy: waiting …'))
    expect(read).toEqual({ n: readdirSync(join(import.meta.dirname, '../../migrations')).length })
    expect((await plans()).results.map(({ plan_type }) => plan_type).sort()).toEqual(['one', 'three', 'two'])
  })

  test('a command waits as well, and prints a line about it', async () => {
    other.exec('BEGIN IMMEDIATE')
    const { code, out } = await run('admin', ['list', '--persist-to', state.folder], '', (output) => {
      if (output.includes('The database is busy') && other.isTransaction) other.exec('COMMIT')
    })
    expect({ code, out }).toEqual({ code: 0, out: 'The database is busy: waiting …\nThere are no accounts here.\n' })
  })

  test('a wait that takes too long ends with a sentence', async () => {
    const database = waitingDatabase(proxy.env.DB, { maxWaitMs: 0 })
    other.exec('BEGIN IMMEDIATE')
    const failure = database.prepare('SELECT 1').first()
    await expect(failure).rejects.toThrow('The database is still busy: another process, probably the server, is writing to it.')
    other.exec('COMMIT')
  })

  test('any other error is not repeated', async () => {
    await expect(waitingDatabase(proxy.env.DB).prepare('SELECT * FROM missing_table').all()).rejects.toThrow('no such table: missing_table')
  })
})

test('a migration that fails is named in a sentence, and nothing of it is applied', async () => {
  const broken = createState()
  const { env, dispose } = await openDatabase(broken.folder)
  await env.DB.prepare('CREATE TABLE login_failures (id INTEGER)').run()
  await expect(migrateLocalDatabase(env.DB)).rejects.toThrow(
    /^The local database could not be migrated\. 0004_credentials\.sql: .*already exists/,
  )
  const { results } = await env.DB.prepare('SELECT name FROM d1_migrations ORDER BY id').all()
  expect(results).toHaveLength(3)
  await dispose()
  broken.remove()
})
