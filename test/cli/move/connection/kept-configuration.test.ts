import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrationFiles } from '../../../../src/cli/migrations.ts'
import { configurationFiles, digestOfInputs, keptConfiguration, MODULES } from '../../../../src/cli/move/connection/kept-configuration.ts'
import { root } from '../../../../src/cli/wrangler.ts'
import { createFolder, type Folder } from '../fixtures.ts'

/** The kept configuration is used only as long as nothing that it was made of is different. */

let folder: Folder
beforeEach(() => {
  folder = createFolder()
})
afterEach(() => folder.remove())

/** The modules of src/ that a module imports, and those that they import, as paths in the project. */
const modulesOf = (name: string, found = new Set<string>()): Set<string> => {
  if (found.has(name)) return found
  found.add(name)
  const source = readFileSync(join(root, name), 'utf8').replaceAll(/^import type .*$/gm, '')
  for (const [, path = ''] of source.matchAll(/from '(\.[^']+)'/g)) modulesOf(relative(root, join(root, dirname(name), path)), found)
  return found
}

test('every module that makes the configuration is an input, and the script of the Worker', () => {
  const process = 'src/cli/move/connection/configuration-process.ts'
  expect([...MODULES].sort()).toEqual([...modulesOf(process), 'src/cli/move/connection/bridge.ts'].sort())
})

test('so are the settings, the version of wrangler and each migration', () => {
  const files = configurationFiles().map((file) => relative(root, file))
  expect(files).toEqual(
    expect.arrayContaining([
      'wrangler.toml',
      'node_modules/wrangler/package.json',
      ...migrationFiles().map((name) => `migrations/${name}`),
    ]),
  )
})

describe('the digest', () => {
  const files = () => [folder.write('wrangler.toml', 'name = "concord"'), folder.write('migrations/0001.sql', 'SELECT 1')]
  const digest = (paths: readonly string[], environment = {}, project = folder.path) => digestOfInputs(paths, environment, project)

  test('is the same for the same inputs, whatever else is in the environment', () => {
    expect(digest(files(), { PATH: '/bin', HOME: '/root' })).toBe(digest(files(), { PATH: '/usr/bin' }))
  })

  test.each<readonly [string, (before: readonly string[]) => string]>([
    ['a file', ([, migration = '']) => digest([folder.write('wrangler.toml', 'name = "concorde"'), migration])],
    ['a migration', ([toml = '']) => digest([toml, folder.write('migrations/0001.sql', 'SELECT 2')])],
    ['one more migration', (before) => digest([...before, folder.write('migrations/0002.sql', '')])],
    ['the name of a migration', ([toml = '']) => digest([toml, folder.write('migrations/0002.sql', 'SELECT 1')])],
    ['a setting in the environment', (before) => digest(before, { CLOUDFLARE_ENV: 'staging' })],
    ['the folder of the project', (before) => digest(before, {}, dirname(folder.path))],
  ])('differs with %s', (_input, changed) => {
    const before = files()
    const first = digest(before)
    expect(changed(before)).not.toBe(first)
  })
})

describe('a configuration', () => {
  const configuration = {
    worker: { compatibilityDate: '2026-10-01' },
    externalWorkers: [],
    bridge: 'export default {}',
    migrations: { a: ['SELECT 1'] },
  }
  let reads = 0
  beforeEach(() => {
    reads = 0
  })
  const kept = (digest: string) =>
    keptConfiguration(folder.file('state/kept.json'), digest, async () => {
      reads++
      return configuration
    })

  test('is made once, and again if the digest differs', async () => {
    for (const [digest, made] of [
      ['one', 1],
      ['one', 1],
      ['other', 2],
      ['other', 2],
      ['one', 3],
    ] as const) {
      expect(await kept(digest)).toEqual(configuration)
      expect([digest, reads]).toEqual([digest, made])
    }
  })

  test.each(['', '{', '{}', '{"digest": "one", "configuration": {"worker": {}}}'])(
    'is made again if its file is damaged: %j',
    async (text) => {
      folder.write('state/kept.json', text)
      expect(await kept('one')).toEqual(configuration)
      expect(await kept('one')).toEqual(configuration)
      expect(reads).toBe(1)
    },
  )

  test('is not kept if it cannot be made', async () => {
    const failing = keptConfiguration(folder.file('state/kept.json'), 'one', () =>
      Promise.reject(new Error('The database cannot be reached.')),
    )
    await expect(failing).rejects.toThrow('The database cannot be reached.')
    expect(existsSync(folder.file('state/kept.json'))).toBe(false)
  })
})
