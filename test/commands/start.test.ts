import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import preflight from '../../src/cli/preflight.cjs'

/** What the commands check before they start anything. No test here starts a server. */

const root = join(import.meta.dirname, '../..')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-start-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the preflight check', () => {
  const READY = { isInstalled: true, runsTypeScript: true, version: '22.23.2' }

  test('names what is missing', () => {
    expect(preflight.problemOf(READY)).toBeNull()
    expect(preflight.problemOf({ ...READY, isInstalled: false, runsTypeScript: false })).toBe(
      'The packages are not installed yet. Run `npm ci` first.',
    )
    expect(preflight.problemOf({ ...READY, runsTypeScript: false, version: '20.20.2' })).toMatch(
      /^Concord's commands need Node 22\.18 or newer, and this is Node 20\.20\.2\./,
    )
  })

  test('before npm ci, every command prints one sentence and no stack trace', () => {
    const clone = join(folder, 'clone')
    mkdirSync(join(clone, 'src/cli'), { recursive: true })
    for (const file of ['package.json', 'src/cli/preflight.cjs']) copyFileSync(join(root, file), join(clone, file))
    const PATH = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'))
    const { scripts } = JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8'))
    for (const [name, script] of Object.entries<string>(scripts)) {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
        cwd: clone,
        encoding: 'utf8',
        env: { ...process.env, PATH: PATH.join(delimiter) },
      })
      expect([name, status, stdout + stderr]).toEqual([name, 1, 'The packages are not installed yet. Run `npm ci` first.\n'])
    }
  })
})
