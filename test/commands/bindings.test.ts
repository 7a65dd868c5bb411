import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createState } from './run.ts'

/** A copy of the project, so that wrangler.toml can be changed. */
const root = join(import.meta.dirname, '../..')
const copy = createState()
const file = (name: string): string => join(copy.folder, name)
const configuration = readFileSync(join(root, 'wrangler.toml'), 'utf8').replace(/^\[build\]\n(?:.+\n)+/m, '')

cpSync(join(root, 'src'), file('src'), { recursive: true })
symlinkSync(join(root, 'node_modules'), file('node_modules'))
writeFileSync(file('wrangler.toml'), configuration)

afterAll(() => copy.remove())

const bindings = (...args: readonly string[]) => {
  const program = ['-r', join(root, 'src/cli/preflight.cjs'), join(root, 'src/cli/bindings.ts')]
  const { status, stderr } = spawnSync(process.execPath, [...program, ...args], {
    cwd: copy.folder,
    encoding: 'utf8',
  })
  return { status, stderr }
}

test('the committed type of the bindings is what wrangler generates, whatever secrets the machine has', () => {
  expect(bindings('--check')).toEqual({ status: 0, stderr: '' })
  writeFileSync(file('.dev.vars'), 'A_SECRET=x\n')
  writeFileSync(file('.env'), 'ANOTHER_SECRET=x\n')
  expect(bindings('--check')).toEqual({ status: 0, stderr: '' })
})

test('a change by hand is found, although the hash in the first lines is still the same', () => {
  const generated = readFileSync(file('src/bindings.d.ts'), 'utf8')
  writeFileSync(file('src/bindings.d.ts'), generated.replaceAll('REVOKED: KVNamespace', 'REVOKED: R2Bucket'))
  expect(bindings('--check')).toEqual({ status: 1, stderr: 'src/bindings.d.ts does not match wrangler.toml: run `npm run types`\n' })
  expect(bindings()).toEqual({ status: 0, stderr: '' })
  expect(readFileSync(file('src/bindings.d.ts'), 'utf8')).toBe(generated)
})

test('a binding that is new in wrangler.toml has to be generated', () => {
  writeFileSync(file('wrangler.toml'), `${configuration}\n[[r2_buckets]]\nbinding = "BACKUPS"\nbucket_name = "backups"\n`)
  expect(bindings('--check').status).toBe(1)
  expect(bindings().status).toBe(0)
  // Optional, because the production environment does not have it.
  expect(readFileSync(file('src/bindings.d.ts'), 'utf8')).toContain('\tBACKUPS?: R2Bucket;\n')
  expect(bindings('--check').status).toBe(0)
})
