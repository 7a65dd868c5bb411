import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFolder, type Folder, unpack } from '../cli/move/fixtures.ts'
import { type LargeForm, writeLarge } from '../cli/move/large.ts'
import { run } from './run.ts'

/** `npm run move -- inspect` as an operator runs it: what it prints, how it exits, what it leaves, and how much memory it takes. */

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

/** Runs `inspect` in a process of its own, and reads its peak from the system as long as it runs. */
const peakMegabytes = (path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const hook = `data:text/javascript,${encodeURIComponent("process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS))")}`
    const move = join(import.meta.dirname, '../../src/cli/move/move.ts')
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', hook, move, 'inspect', path, '--json'])
    let out = ''
    let errors = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.on('error', reject)
    child.on('close', () => {
      const [, kibibytes] = /peak (\d+)/.exec(errors) ?? []
      if (JSON.parse(out || '{}').models?.length > 0 && kibibytes !== undefined) resolve(Number(kibibytes) / 1024)
      else reject(new Error(errors))
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
    expect(await peakMegabytes(path)).toBeLessThan(256)
  })
})
