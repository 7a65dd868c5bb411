import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runVerify, runWithTarget } from '../../src/cli/move/commands.ts'
import { type Connection, openConnection } from '../../src/cli/move/connection/connection.ts'
import { stateFrom } from '../../src/cli/state.ts'
import { createFolder, type Folder, unpack } from '../cli/move/fixtures.ts'
import { writeLarge } from '../cli/move/large.ts'
import { createState, type Running, run, serve } from './run.ts'
import { changeDatabase, readRows, sendTo } from './server-access.ts'
import { prepareDatabase } from './shared.ts'
import { endHere } from './terminal.ts'

/**
 * `npm run move -- … --remote` into another process: the Worker of `npm run dev` takes the place of the deployed one. The command
 * calls its entrypoint `Operator` as it does at Cloudflare; only the address is another one. Where no exit code and no kill is the
 * subject, this process opens the connection itself, because each process of the command starts another one that loads wrangler.
 */

const PEOPLE = 800

const state = createState()
let folder: Folder
let server: Running
let isRunning = true
let connection: Connection

const open = (): Promise<Connection> => openConnection({ environment: 'production', state: stateFrom(state.folder).folder })

beforeAll(async () => {
  vi.stubEnv('CONCORD_DEPLOYMENT', 'local')
  folder = createFolder()
  unpack(folder, 'matrimony')
  await writeLarge('recovery', folder.file('recovery.sql'), PEOPLE)
  await writeLarge('recovery', folder.file('more.sql'), PEOPLE + 1)
  await prepareDatabase(state.folder)
  server = await serve(state.folder, undefined, { FORMER_IDS: `matrimony:100, recovery:${PEOPLE + 1}` })
  connection = await open()
})

afterAll(async () => {
  await connection.close()
  vi.unstubAllEnvs()
  if (isRunning) await server.kill()
  state.remove()
  folder.remove()
})

const OPTIONS = { environment: 'production', persistTo: state.folder, secretKeys: [] } as const

/** Makes a plan in this process. */
const planHere = async (source: string): Promise<string> => {
  const plan = `${source}.plan.json`
  await runWithTarget({ command: 'plan', path: source, out: plan, media: undefined, contract: null, ...OPTIONS }, connection)
  return plan
}

const remote = ['--remote', '--persist-to', state.folder]
const move = (command: string, path: string, ...more: string[]) => run('move', [command, path, ...more, ...remote])
const rows = (query: string) => readRows(state.folder, query)
const count = (table: string): number => Number(JSON.stringify(rows(`SELECT count(*) AS n FROM ${table}`)).replace(/\D/g, ''))

test('rows and pictures are imported, verified and taken back, and the trail has it', async () => {
  const plan = await planHere(folder.file('matrimony/db.sqlite3'))
  await runWithTarget({ command: 'import', path: plan, ...OPTIONS }, connection)
  await runVerify(connection, { command: 'verify', path: plan, answers: null, url: null, ...OPTIONS }, null)
  // `verify` sets the exit code 1 if anything is different.
  expect(process.exitCode).toBeUndefined()
  const [profile] = rows('SELECT image FROM matrimony_profiles LIMIT 1')
  const image = Object.values(profile ?? {}).at(0)
  const picture = await sendTo(server.origin, 'GET', `/media/profile_img/${image}`)
  expect([picture.status, picture.headers.get('Content-Type')]).toEqual([200, expect.stringMatching(/^image\//)])
  await runWithTarget({ command: 'undo', path: plan, ...OPTIONS }, connection)
  expect(count('accounts')).toBe(0)
  expect(rows("SELECT role, detail FROM audit_entries WHERE detail LIKE 'move %' ORDER BY id")).toEqual([
    { role: 'operator', detail: 'move import' },
    { role: 'operator', detail: 'move undo' },
  ])
})

const root = join(import.meta.dirname, '../..')

/** Starts an import, and kills it when so many accounts are there. */
const importUntil = (plan: string, accounts: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-r', './src/cli/preflight.cjs', 'src/cli/move/move.ts', 'import', plan, ...remote], {
      cwd: root,
    })
    const timer = setInterval(() => {
      if (count('accounts') >= accounts) child.kill('SIGKILL')
    }, 20)
    child.on('error', reject)
    child.on('close', () => {
      clearInterval(timer)
      resolve()
    })
  })

test('an import that the deployed Worker does not know the numbers of is refused', async () => {
  const plan = await planHere(folder.file('more.sql'))
  expect(await endHere(() => runWithTarget({ command: 'import', path: plan, ...OPTIONS }, connection))).toEqual({
    code: 1,
    reported: `The deployed Worker does not know the numbers of this source: set FORMER_IDS to recovery:${PEOPLE + 2} or more, and deploy it first.`,
  })
  expect(count('accounts')).toBe(0)
})

test('an import that is killed and repeated: nothing is doubled or missing', async () => {
  const plan = await planHere(folder.file('recovery.sql'))
  const reached: number[] = []
  for (const accounts of [50, 400]) {
    await importUntil(plan, accounts)
    reached.push(count('accounts'))
  }
  expect(reached[0]).toBeLessThan(PEOPLE)
  expect(reached).toEqual(reached.toSorted((one, other) => one - other))
  expect(await move('import', plan)).toMatchObject({ code: 0, out: expect.stringContaining(' by an earlier run') })
  expect(await move('verify', plan)).toMatchObject({ code: 0 })
  expect(['accounts', 'emergency_contacts', 'therapists', 'recovery_profiles'].map(count)).toEqual([PEOPLE, 2 * PEOPLE, PEOPLE, PEOPLE])
  expect((await sendTo(server.origin, 'GET', '/health')).status).toBe(200)
  expect(await move('undo', plan)).toMatchObject({ code: 0 })
  expect(count('accounts')).toBe(0)
})

const change = (statement: string) => changeDatabase(state.folder, statement)

test('a database with other tables than this version has ends the command, and so does a Worker that is not there', async () => {
  change("INSERT INTO d1_migrations (name) VALUES ('9999_later.sql')")
  expect(await endHere(open)).toEqual({
    code: 1,
    reported: 'The deployed Worker is newer than this command: run the command of its version.',
  })
  change("DELETE FROM d1_migrations WHERE id = 1 OR name = '9999_later.sql'")
  expect(await endHere(open)).toEqual({
    code: 1,
    reported: 'The deployed database has not all tables of this version: run `npm run deploy -- production` first.',
  })
  await server.kill()
  isRunning = false
  expect(await move('verify', folder.file('recovery.sql.plan.json'))).toEqual({
    code: 1,
    out: expect.stringContaining('The deployed Worker does not respond ('),
  })
})
