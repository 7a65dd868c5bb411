import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { runWithTarget } from '../../src/cli/move/commands.ts'
import { type Connection, openConnection } from '../../src/cli/move/connection/connection.ts'
import { stateFrom } from '../../src/cli/state.ts'
import { commandOf, descendants } from '../bench/processes.ts'
import { createFolder, type Folder, unpack } from '../cli/move/fixtures.ts'
import { type LargeForm, writeLarge } from '../cli/move/large.ts'
import { databaseFile, run } from './run.ts'
import { endHere } from './terminal.ts'

/** `npm run move` as an operator runs it: what it prints, how it exits, what it leaves, and how much memory it takes. */

let folder: Folder
beforeAll(() => {
  folder = createFolder()
  unpack(folder, 'mindharmony')
})
afterAll(() => folder.remove())

test('prints a report, or JSON, and writes nothing', async () => {
  const before = readdirSync(folder.file('mindharmony'))
  const report = await run('move', ['inspect', folder.file('mindharmony/db.sqlite3')])
  expect(report.code).toBe(0)
  expect(report.out).toMatch(/^A database of mindharmony \(mindharmony\): SQLite file\n/)
  const json = await run('move', ['inspect', folder.file('mindharmony/pg_dump.sql'), '--json'])
  expect(JSON.parse(json.out)).toMatchObject({ contract: 'mindharmony', accounts: { rows: 40 } })
  expect(readdirSync(folder.file('mindharmony'))).toEqual(before)
})

test.each([
  [['inspect'], /^Name one file or folder\./],
  [['inspect', 'a', 'b'], /^Name one file or folder\./],
  [['outspect', 'a'], /^There is no command outspect\./],
  [['inspect', 'a', '--contract', 'chess'], /^There is no contract chess: it is one of facility, /],
  [['inspect', '/nowhere/at/all'], /^There is no \/nowhere\/at\/all\.\n$/],
  [['inspect', 'a', '--jsn'], /^Unknown option '--jsn'/],
  [['import'], /^Name one plan\./],
  [['undo'], /^Name one plan or run\./],
  [['verify', 'a', '--answers', 'some'], /^--answers must be a number of people, or all, and not "some"\./],
  [['verify', 'a', '--url', 'http://concord.example'], /^--url must be an address with https, or with http on this machine/],
  [['plan', 'a', '--env', 'staging'], /^--env is only for --remote/],
  [['plan', 'a', '--remote', '--env', 'moon'], /^There is no environment "moon"/],
])('%j is an error in a sentence', async (args, expected) => {
  const { code, out } = await run('move', args)
  expect(code).toBe(1)
  expect(out).toMatch(expected)
  expect(out).not.toMatch(/^ {4}at /m)
})

test('help, and a damaged file', async () => {
  expect(await run('move', ['--help'])).toEqual({ code: 0, out: expect.stringContaining('npm run move -- inspect <file or folder>') })
  const bytes = readFileSync(folder.file('mindharmony/db.sqlite3'))
  const { code, out } = await run('move', ['inspect', folder.write('cut.sqlite3', bytes.subarray(0, 100_000))])
  expect(code).toBe(1)
  expect(out).toBe('cut.sqlite3 is cut off: it ends at byte 100,000 of 184,320.\n')
})

describe('a database is planned, imported, checked and taken back', () => {
  const state = () => ['--persist-to', folder.file('state')]
  const source = () => folder.file('mindharmony/db.sqlite3')
  const plan = () => folder.file('plan.json')
  const OPTIONS = { environment: null, persistTo: undefined, secretKeys: [] }

  /** Runs a command by its function, where another test has started its process already. */
  const here = async (work: (connection: Connection) => Promise<void>): Promise<void> => {
    const connection = await openConnection({ environment: null, state: stateFrom(folder.file('state')).folder })
    await work(connection).finally(() => connection.close())
  }

  test('plan', async () => {
    const { code, out } = await run('move', ['plan', source(), '--out', plan(), ...state()])
    expect(out).toMatch(/^40 accounts of mindharmony \(mindharmony\) would be imported\n/)
    expect(out).toContain('Etan → Etan.mindharmony: ')
    expect(code).toBe(0)
  })

  test('import, and again', async () => {
    const first = await run('move', ['import', plan(), ...state()])
    expect(first.out).toContain('Rows that were imported\n  40  auth.user\n  35  authtoken.token\n')
    expect(first.code).toBe(0)
    const print = vi.spyOn(console, 'log')
    await here((connection) => runWithTarget({ command: 'import', path: plan(), ...OPTIONS }, connection))
    expect(print.mock.calls.join('\n')).toContain('  0  auth.user, and 40 by an earlier run\n')
    const { counts, rows } = JSON.parse(readFileSync(folder.file('plan.report.json'), 'utf8'))
    expect(counts).toContainEqual({ model: 'auth.user', moved: 0, before: 40, present: 0 })
    expect(rows).toContainEqual(expect.objectContaining({ model: 'user.userprofile', key: '49', outcome: 'stays' }))
  })

  test('verify', async () => {
    const { code, out } = await run('move', ['verify', plan(), ...state()])
    expect(out).toContain('Rows that are as in the source\n  40  auth.user\n')
    expect(out).toContain('Answers that are as in the source\n  40  mindharmony GET /user/user-details/\n')
    expect(out).toMatch(/\nFor 40 of 40 people, the Worker was asked 120 times in \d+ s: \d+ requests a second\.\n/)
    expect(code).toBe(0)
    const { counts, rows } = JSON.parse(readFileSync(folder.file('plan.answers.json'), 'utf8'))
    expect(counts).toContainEqual({ model: 'mindharmony GET /media/profile_img/{name}', moved: 2, before: 0, present: 0 })
    expect(rows).toEqual([])
    // Nothing is left of the log-ins for people who had none, except that the command was run.
    const database = new DatabaseSync(databaseFile(folder.file('state')))
    expect(database.prepare('SELECT count(*) AS left FROM credentials WHERE expires_at = 0').get()).toEqual({ left: 0 })
    expect(database.prepare("SELECT detail FROM audit_entries WHERE detail = 'move verify'").all()).toHaveLength(1)
    database.close()
  })

  test('undo', async () => {
    const { code, out } = await run('move', ['undo', plan(), ...state()])
    expect(out).toContain('Rows that were taken back\n  40  auth.user\n')
    expect(code).toBe(0)
    await here(async (connection) => {
      const repeated = await endHere(() => runWithTarget({ command: 'import', path: plan(), ...OPTIONS }, connection))
      expect(repeated).toEqual({ code: 1, reported: 'This plan was imported and taken back. Make a new plan.' })
    })
  })

  test('a source that has changed is refused', async () => {
    const bytes = readFileSync(source())
    folder.write('mindharmony/db.sqlite3', readFileSync(folder.file('mindharmony/dumpdata.json')))
    const { code, out } = await run('move', ['verify', plan(), '--answers', '0', ...state()])
    folder.write('mindharmony/db.sqlite3', bytes)
    expect([code, out]).toEqual([1, expect.stringContaining('is not what the plan was made of any more. Make a new plan.')])
  })
})

const root = join(import.meta.dirname, '../..')
const { scripts }: { readonly scripts: { readonly move: string } } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Starts a command as `npm run move` does, with the limits of package.json. */
const start = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  spawn(process.execPath, [...scripts.move.split(' ').slice(1), ...args], { cwd: root, env: { ...process.env, ...environment } })

/** Runs a command, and returns the peak of each of its Node processes, by the name of its file. */
const peakMegabytes = (args: readonly string[]): Promise<ReadonlyMap<string, number>> =>
  new Promise((resolve, reject) => {
    const report = "process.on('exit', () => console.error('peak', process.argv[1].split('/').at(-1), process.resourceUsage().maxRSS))"
    const child = start(args, { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(report)}` })
    let out = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (out += chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(out))
      resolve(new Map([...out.matchAll(/^peak (\S+) (\d+)$/gm)].map(([, name = '', kibibytes]) => [name, Number(kibibytes) / 1024])))
    })
  })

/** The same figures hold for 2 GB: nothing but the temporary database of keys grows with the file (docs/moving.md). */
describe('a file of 50 MB is read in 256 MB of memory', () => {
  const LARGE: readonly (readonly [LargeForm, number])[] = [
    ['copy', 90_000],
    ['one line', 55_000],
    ['mongodump', 115_000],
    ['sqlite', 85_000],
  ]

  test.each(LARGE)('%s', async (form, people) => {
    const path = folder.file(`large ${form}`)
    await writeLarge(form, path, people)
    expect(existsSync(path) && statSync(path).size).toBeGreaterThan(48_000_000)
    expect((await peakMegabytes(['inspect', path])).get('move.ts')).toBeLessThan(256)
  })
})

describe('with the database', () => {
  const state = () => ['--persist-to', folder.file('large state')]
  const plan = () => folder.file('large.plan.json')
  const PEOPLE = 6000

  test.each(['plan', 'import', 'verify'] as const)('%s takes 256 MB of memory at most', async (command) => {
    const source = folder.file('large recovery')
    if (command === 'plan') await writeLarge('recovery', source, PEOPLE)
    // With answers, `verify` also starts a Worker, whose memory is that of `npm run dev`.
    const parameters = { plan: [source, '--out', plan()], import: [plan()], verify: [plan(), '--answers', '0'] }[command]
    const peaks = await peakMegabytes([command, ...parameters, ...state()])
    // The configuration is kept beside the database: only the first command loads wrangler, in a process that ends before its own work.
    expect([...peaks.keys()].sort()).toEqual(command === 'plan' ? ['configuration-process.ts', 'move.ts'] : ['move.ts'])
    for (const [name, megabytes] of peaks) expect(megabytes, name).toBeLessThan(256)
  })

  test.runIf(process.platform === 'linux')('a command that is killed leaves no process behind', async () => {
    const child = start(['undo', plan(), ...state()])
    const closed = new Promise((resolve) => child.on('close', resolve))
    const started = new Set<number>()
    await expect
      .poll(() => {
        for (const pid of descendants(child.pid)) started.add(pid)
        return [...started].some((pid) => commandOf(pid).includes('workerd'))
      })
      .toBe(true)
    child.kill('SIGKILL')
    await closed
    await expect.poll(() => [...started].filter((pid) => commandOf(pid) !== '')).toEqual([])
  })
})
