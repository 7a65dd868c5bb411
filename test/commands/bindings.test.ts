import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkBindings, writeBindings } from '../../src/cli/bindings-file.ts'
import { createState } from './run.ts'

/** A copy of the project, so that wrangler.toml can be changed. */
const root = join(import.meta.dirname, '../..')
const copy = createState()
const file = (name: string): string => join(copy.folder, name)
const configuration = readFileSync(join(root, 'wrangler.toml'), 'utf8').replace(/^\[build\]\n(?:.+\n)+/m, '')

cpSync(join(root, 'src'), file('src'), { recursive: true })
symlinkSync(join(root, 'node_modules'), file('node_modules'))
writeFileSync(file('wrangler.toml'), configuration)

const before = process.cwd()
beforeAll(() => process.chdir(copy.folder))
afterAll(() => {
  process.chdir(before)
  copy.remove()
})

/** Runs the command in a process of its own, which loads wrangler for most of a second. */
const run = (...args: readonly string[]) => {
  const program = ['-r', join(root, 'src/cli/preflight.cjs'), join(root, 'src/cli/bindings.ts')]
  const { status, stderr } = spawnSync(process.execPath, [...program, ...args], { encoding: 'utf8' })
  return { status, stderr }
}

test('the committed type of the bindings is what wrangler generates, whatever secrets the machine has', async () => {
  await checkBindings()
  writeFileSync(file('.dev.vars'), 'A_SECRET=x\n')
  writeFileSync(file('.env'), 'ANOTHER_SECRET=x\n')
  await checkBindings()
  expect(run('--check')).toEqual({ status: 0, stderr: '' })
})

test('a change by hand is found, although the hash in the first lines is still the same', () => {
  const generated = readFileSync(file('src/bindings.d.ts'), 'utf8')
  writeFileSync(file('src/bindings.d.ts'), generated.replaceAll('REVOKED: KVNamespace', 'REVOKED: R2Bucket'))
  expect(run('--check')).toEqual({ status: 1, stderr: 'src/bindings.d.ts does not match wrangler.toml: run `npm run types`\n' })
  expect(run()).toEqual({ status: 0, stderr: '' })
  expect(readFileSync(file('src/bindings.d.ts'), 'utf8')).toBe(generated)
})

test('a binding that is new in wrangler.toml has to be generated', async () => {
  writeFileSync(file('wrangler.toml'), `${configuration}\n[[r2_buckets]]\nbinding = "BACKUPS"\nbucket_name = "backups"\n`)
  await expect(checkBindings()).rejects.toThrow('src/bindings.d.ts does not match wrangler.toml')
  await writeBindings()
  // Optional, because the production environment does not have it.
  expect(readFileSync(file('src/bindings.d.ts'), 'utf8')).toContain('\tBACKUPS?: R2Bucket;\n')
  await checkBindings()
})
