import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { digestOfInputs, keptConfiguration } from '../../src/cli/kept-configuration.ts'
import { localOptions, MODULES } from '../../src/cli/local-runtime.ts'
import { readLocalOptions } from '../../src/cli/platform-options.ts'
import { modulesOf } from './modules.ts'
import { createFolder, type Folder } from './move/fixtures.ts'

/** The kept configuration is used only as long as nothing that it was made of is different. */

let folder: Folder
beforeEach(() => {
  folder = createFolder()
})
afterEach(() => folder.remove())

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
  const configuration = { worker: { compatibilityDate: '2026-10-01' }, bridge: 'export default {}' }
  let reads = 0
  beforeEach(() => {
    reads = 0
  })
  const schema = z.object({ worker: z.record(z.string(), z.string()), bridge: z.string() })
  const kept = (digest: string) =>
    keptConfiguration({
      file: folder.file('state/kept.json'),
      digest,
      schema,
      read: async () => {
        reads++
        return configuration
      },
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
    const failing = keptConfiguration({
      file: folder.file('state/kept.json'),
      digest: 'one',
      schema,
      read: () => Promise.reject(new Error('The database cannot be reached.')),
    })
    await expect(failing).rejects.toThrow('The database cannot be reached.')
    expect(existsSync(folder.file('state/kept.json'))).toBe(false)
  })
})

describe('the options of the runtime that commands start', () => {
  test('every module that makes them is an input', () => {
    expect([...MODULES].sort()).toEqual([...modulesOf('src/cli/platform-options.ts')].sort())
  })

  test.each([false, true])('are kept as they are made: with the running Worker %s', async (operator) => {
    const made = readLocalOptions(operator)
    expect(await localOptions(operator, folder.path)).toEqual(made)
    expect(await localOptions(operator, folder.path)).toEqual(made)
    expect('serviceBindings' in made.worker && made.worker.serviceBindings).toEqual(operator ? { OPERATOR: expect.anything() } : {})
  })
})
