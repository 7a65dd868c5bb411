import { execFile } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { preparedDatabase } from '../../src/cli/dev/prepared-database.ts'
import { startLocalRuntime } from '../../src/cli/local-runtime.ts'
import { migrateLocalDatabase } from '../../src/cli/migrate.ts'
import { waitingDatabase } from '../../src/cli/waiting-database.ts'
import { wranglerCommand } from '../../src/cli/wrangler.ts'
import { createState, databaseFile, run } from './run.ts'

/** The database that a command opens: its migrations, and what happens while another process writes to it. No server runs. */

const state = createState()

const openDatabase = (folder: string) => startLocalRuntime<{ readonly DB: D1Database }>(folder, false)

let runtime: Awaited<ReturnType<typeof openDatabase>>
/** Another process. */
let other: DatabaseSync

beforeAll(async () => {
  runtime = await openDatabase(state.folder)
  await migrateLocalDatabase(runtime.env.DB)
  other = new DatabaseSync(databaseFile(state.folder))
})

afterAll(async () => {
  other.close()
  await runtime.dispose()
  state.remove()
})

test('the migrations are recorded in the way of wrangler, which has none left to apply', async () => {
  await migrateLocalDatabase(runtime.env.DB) // once more: all are applied already
  const { results } = await runtime.env.DB.prepare('SELECT name FROM d1_migrations ORDER BY id').all()
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

describe('the database over HTTP', () => {
  const first = (sql: string, ...values: unknown[]) => runtime.env.DB.prepare(sql).bind(...values)

  test('returns what the runtime returns: rows, one row, one column, arrays, and what a change has changed', async () => {
    const { DB: database } = runtime.env
    const twoRows = "SELECT 1 AS a, ? AS b UNION SELECT 2, 'é😀'"
    expect((await first(twoRows, null).all()).results).toEqual([
      { a: 1, b: null },
      { a: 2, b: 'é😀' },
    ])
    expect(await first(twoRows, 'x').first()).toEqual({ a: 1, b: 'x' })
    expect(await first(twoRows, 'x').first('b')).toBe('x')
    expect(await first('SELECT 1 WHERE ?', false).first()).toBeNull()
    expect(await first(twoRows, 1.5).raw()).toEqual([
      [1, 1.5],
      [2, 'é😀'],
    ])
    expect(await first(twoRows, true).raw({ columnNames: true })).toEqual([
      ['a', 'b'],
      [1, 1],
      [2, 'é😀'],
    ])
    await first('CREATE TABLE changed (id INTEGER PRIMARY KEY)').run()
    const [inserted, selected] = await database.batch([
      first('INSERT INTO changed VALUES (?), (?)', 7, 8),
      database.prepare('SELECT id FROM changed'),
    ])
    expect(inserted?.meta).toMatchObject({ changes: 2, last_row_id: 8 })
    expect(selected?.results).toEqual([{ id: 7 }, { id: 8 }])
  })

  test('a batch is one transaction', async () => {
    const failing = runtime.env.DB.batch([first('INSERT INTO changed VALUES (9)'), first('INSERT INTO changed VALUES (7)')])
    await expect(failing).rejects.toThrow('UNIQUE constraint failed: changed.id')
    expect(await first('SELECT count(*) AS n FROM changed').first('n')).toBe(2)
    await first('DROP TABLE changed').run()
  })

  test.each([undefined, Number.NaN, 1n, new Uint8Array(1), {}])('refuses a value that JSON would change: %s', (value) => {
    expect(() => first('SELECT ?', value)).toThrow(/^a statement on the command line cannot have a value of the type /)
  })

  test('refuses a statement of another database', () => {
    expect(() => runtime.env.DB.batch([waitingDatabase(runtime.env.DB).prepare('SELECT 1')])).toThrow('of another database')
  })

  test('answers no other program of this machine', async () => {
    const body = '{"statements":[{"sql":"SELECT 1","values":[]}],"raw":null}'
    const response = await fetch(runtime.address, { method: 'POST', body })
    expect([response.status, await response.text()]).toEqual([404, ''])
  })
})

describe('while another process has locked the database', () => {
  const plans = () => runtime.env.DB.prepare('SELECT plan_type FROM subscription_plans').all()

  test('a statement, a query and a batch wait until it is free, and are applied once', async () => {
    const reports: string[] = []
    const database = waitingDatabase(runtime.env.DB, {
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
    const database = waitingDatabase(runtime.env.DB, { maxWaitMs: 0 })
    other.exec('BEGIN IMMEDIATE')
    const failure = database.prepare('SELECT 1').first()
    await expect(failure).rejects.toThrow('The database is still busy: another process, probably the server, is writing to it.')
    other.exec('COMMIT')
  })

  test('any other error is not repeated', async () => {
    await expect(waitingDatabase(runtime.env.DB).prepare('SELECT * FROM missing_table').all()).rejects.toThrow(
      'no such table: missing_table',
    )
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
