import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateLocalDatabase } from '../../src/cli/migrate.ts'
import { startRuntime } from '../../src/cli/platform.ts'
import { createAdmin } from './admin-here.ts'
import { copyProject } from './project-copy.ts'
import { createState, databaseFile, run } from './run.ts'

/** A backup of the local database, and the rehearsal of its restoration. Wrangler does the same at Cloudflare, with other arguments. */

const [source, target, files] = [createState(), createState(), createState()]
const backupFile = join(files.folder, 'backup.sql')

const LONG = `first line\nsecond 'line'; -- and "more"\n${'é😀'.repeat(2000)}`
/** A text that a member can send. In it, lines begin like statements, behind each character that ends a line anywhere. */
const STATEMENTS = ['\n', '\r', '\r\n', '\u2028', '\u2029'].map((end, n) => `it's${end}CREATE TABLE sent_${n} (id);`).join('')

beforeAll(async () => {
  const { env, dispose } = await startRuntime({ environment: null, state: source.folder })
  await migrateLocalDatabase(env.DB)
  await dispose()
  const admin = createAdmin(source.folder)
  for (const name of ['anna', 'boris', 'chen']) {
    const created = await admin.run(['create', name, '--email', `${name}@example.org`], 'a good password\n')
    expect(created.code, created.out).toBe(0)
  }
  await admin.close()
  const database = new DatabaseSync(databaseFile(source.folder))
  // Triggers have written prefixes of names and an account's notification: a restoration must not run them once more.
  database.prepare('UPDATE accounts SET first_name = ?, last_name = ? WHERE username = ?').run('Änna', "O'Neil", 'anna')
  database
    .prepare("INSERT INTO therapists (account_id, name, phone, email, created_at) SELECT id, ?, '+15005550006', '', 5 FROM accounts")
    .run(LONG)
  database.prepare("UPDATE therapists SET name = ? WHERE account_id = (SELECT id FROM accounts WHERE username = 'boris')").run(STATEMENTS)
  // The credential refers to a table that a later migration has created.
  database.exec(`INSERT INTO passkeys (id, account_id, webauthn_id, public_key, algorithm, sign_count, name, created_at)
    SELECT '${'1'.repeat(32)}', id, 'a', 'b', -7, 0, '', 1 FROM accounts LIMIT 1;
    INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day, passkey_id)
    SELECT '${'0'.repeat(32)}', account_id, 'session', 1, 2, '2026-11-30', id FROM passkeys`)
  database.close()
})

afterAll(() => {
  for (const state of [source, target, files]) state.remove()
})

/** Every table, index and trigger, and every row in a fixed order. */
const contentsOf = (folder: string) => {
  const database = new DatabaseSync(databaseFile(folder), { readOnly: true })
  const schema = database
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB '_cf_*' ORDER BY type, name")
    .all()
  const rows = schema
    .filter(({ type }) => type === 'table')
    .map(({ name }) => [
      name,
      database
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ])
  database.close()
  const normalized = schema.map(({ type, name, sql }) => ({
    type,
    name,
    sql: String(sql)
      .replaceAll('IF NOT EXISTS ', '')
      .replaceAll(/["`\s]+/g, ' '),
  }))
  return { schema: normalized, rows: Object.fromEntries(rows) }
}

test('a backup is a complete file that only its owner can read', async () => {
  const { code, out } = await run('backup', ['--persist-to', source.folder, '--out', backupFile])
  expect(code, out).toBe(0)
  expect(out).toMatch(/backup\.sql: \d\d tables, \d+ rows, \d+ bytes\./)
  expect(statSync(backupFile).mode & 0o777).toBe(0o600)
})

test('a restored database has the same tables, indexes, triggers and rows', async () => {
  const { code, out } = await run('restore', ['--from', backupFile, '--persist-to', target.folder])
  expect(code, out).toBe(0)
  expect(out).toMatch(/Restored \d\d tables and \d+ rows\. No row refers to nothing\./)
  const [before, after] = [contentsOf(source.folder), contentsOf(target.folder)]
  expect(before.rows.accounts).toHaveLength(3)
  expect(before.rows.credentials).toHaveLength(1)
  expect(before.schema.filter(({ type }) => type === 'trigger').length).toBeGreaterThan(5)
  expect(after.schema).toEqual(before.schema)
  expect(after.rows).toEqual(before.rows)
})

test('an account of the backup can be changed in the restored database', async () => {
  const admin = createAdmin(target.folder)
  const { code, out } = await admin.run(['grant', 'boris', '--staff'])
  expect(code, out).toBe(0)
  expect((await admin.run(['list'])).out).toMatch(/boris.*staff/)
  await admin.close()
})

test('a restoration overwrites nothing', async () => {
  const before = contentsOf(target.folder)
  const { code, out } = await run('restore', ['--from', backupFile, '--persist-to', target.folder])
  expect(code).toBe(1)
  expect(out).toMatch(/^The database has \d\d tables already\. Nothing was changed\.$/m)
  expect(contentsOf(target.folder)).toEqual(before)
})

test('of several databases in a folder, the restoration reads the one that wrangler would write to', async () => {
  const other = databaseFile(target.folder).replace(/[^/]*$/, `${'0'.repeat(64)}.sqlite`)
  new DatabaseSync(other).close()
  const { code, out } = await run('restore', ['--from', backupFile, '--persist-to', target.folder])
  rmSync(other)
  expect(code).toBe(1)
  expect(out).toMatch(/^The database has \d\d tables already\. Nothing was changed\.$/m)
})

test.each([
  ['backup', ['--out', backupFile], /exists already\. Nothing was changed\./],
  ['backup', ['--bucket'], /^--bucket is only for --remote\.$/m],
  ['backup', ['--env', 'staging'], /^--env is only for --remote/m],
  ['backup', ['--no-such-option'], /`npm run backup -- --help` lists the options\./],
  ['restore', [], /^Name the file of the backup/m],
  ['restore', ['--from', 'no-such-file.sql'], /no-such-file\.sql does not exist\. Nothing was changed\./],
  ['restore', ['--from', backupFile, '--remote'], /^--remote and --into <database> belong together\.$/m],
])('%s %j ends with a sentence', async (script, args, sentence) => {
  const { code, out } = await run(script, args)
  expect(code).toBe(1)
  expect(out).toMatch(sentence)
  expect(out).not.toMatch(/\n\s+at /)
})

test('at Cloudflare, an incomplete export is no backup, and a complete one can also go into the bucket', async () => {
  const project = copyProject()
  try {
    const dump = readFileSync(backupFile, 'utf8')
    project.change({ dump: dump.slice(0, dump.indexOf('CREATE TRIGGER')) })
    const incomplete = await project.runProcess('backup', ['--remote', '--out', join(files.folder, 'remote.sql')])
    expect(incomplete.code).toBe(1)
    expect(incomplete.out).toContain('The backup is not complete: it has no triggers.')
    project.change({ dump: dump.replace(/^CREATE TABLE .?accounts.? /m, 'CREATE TABLE others ') })
    expect((await project.runProcess('backup', ['--remote', '--out', join(files.folder, 'remote.sql')])).out).toContain(
      'it lacks accounts.',
    )
    project.change({ dump })
    const { code, out, calls } = await project.runProcess('backup', [
      '--remote',
      '--env',
      'staging',
      '--bucket',
      '--out',
      join(files.folder, 'remote.sql'),
    ])
    expect(code, out).toBe(0)
    expect(calls).toEqual([
      `d1 export DB --remote --env staging --output ${join(files.folder, 'remote.sql')}`,
      `r2 object put concord-staging-media/backups/remote.sql --remote --file ${join(files.folder, 'remote.sql')}`,
    ])
  } finally {
    project.remove()
  }
})
