import { relative } from 'node:path'
import { expect, test } from 'vitest'
import { migrationFiles } from '../../../../src/cli/migrations.ts'
import { configurationFiles, MODULES } from '../../../../src/cli/move/connection/local-configuration.ts'
import { root } from '../../../../src/cli/wrangler.ts'
import { modulesOf } from '../../modules.ts'

/** What the kept configuration of the local database is made of (src/cli/kept-configuration.ts). */

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
