import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildIfChanged, digestOf } from '../../src/cli/build-if-changed.ts'

const project = join(import.meta.dirname, '../..')

let root: string
const path = (file: string): string => join(root, file)
const write = (file: string, content: string): void => {
  mkdirSync(dirname(path(file)), { recursive: true })
  writeFileSync(path(file), content)
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'concord-assets-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('the assets are built', () => {
  let builds = 0
  const build = async () => {
    builds++
    write('dist/assets/page.html', 'the page')
    write('dist/assets/console/script.js', 'the script')
    return { 'dist/assets/page.html': digest('the page'), 'dist/assets/console/script.js': digest('the script') }
  }
  const digest = (content: string): string => digestOf(Buffer.from(content))
  /** How often one more call builds. */
  const builtBy = async (nodeVersion = 'v22.0.0'): Promise<number> => {
    builds = 0
    await buildIfChanged(root, build, nodeVersion)
    return builds
  }

  beforeEach(async () => {
    write('src/app.ts', 'app')
    write('src/site/page.ts', 'page')
    write('packages/client/src/chat/socket.ts', 'socket')
    write('packages/client/package.json', '{}')
    write('package.json', '{}')
    write('tsconfig.json', '{}')
    write('node_modules/.package-lock.json', '{ "esbuild": "1" }')
    expect(await builtBy()).toBe(1)
  })

  test('once, while nothing changes', async () => {
    expect(await builtBy()).toBe(0)
    write('src/app.ts', 'app')
    expect(await builtBy()).toBe(0)
  })

  test.each([
    ['a source', 'src/site/page.ts', 'another page'],
    ['a new source', 'src/site/other.ts', ''],
    ['a source with the content of another', 'src/app.ts', 'page'],
    ['the chat of the client', 'packages/client/src/chat/socket.ts', 'another socket'],
    ['the installed packages', 'node_modules/.package-lock.json', '{ "esbuild": "2" }'],
    ['the settings of the project', 'package.json', '{ "imports": {} }'],
    ['the settings of the compiler', 'tsconfig.json', '{ "compilerOptions": {} }'],
    ['a changed asset', 'dist/assets/page.html', 'the pagE'],
    ['a damaged record', 'dist/assets-built.json', '{ "sources": '],
    ['a record of another form', 'dist/assets-built.json', '{ "sources": "a" }'],
  ])('again after a change: %s', async (_name, file, content) => {
    write(file, content)
    expect(await builtBy()).toBe(1)
    expect(await builtBy()).toBe(0)
    expect(readFileSync(path('dist/assets/page.html'), 'utf8')).toBe('the page')
  })

  test.each(['src/site/page.ts', 'dist/assets/console/script.js', 'dist/assets-built.json'])('again without %s', async (file) => {
    rmSync(path(file))
    expect(await builtBy()).toBe(1)
    expect(await builtBy()).toBe(0)
  })

  test('again after a source moved its content to the next one', async () => {
    write('src/app.ts', '')
    write('src/site/page.ts', 'apppage')
    expect(await builtBy()).toBe(1)
  })

  test('again with another version of Node', async () => {
    expect(await builtBy('v24.0.0')).toBe(1)
  })

  test('each time if npm has not recorded what is installed', async () => {
    rmSync(path('node_modules/.package-lock.json'))
    expect([await builtBy(), await builtBy()]).toEqual([1, 1])
  })

  test('again if a source changed during the build', async () => {
    write('src/app.ts', 'app 2')
    await buildIfChanged(root, () => {
      write('src/app.ts', 'app 3')
      return build()
    })
    expect(await builtBy()).toBe(1)
  })

  test('again if a build failed', async () => {
    write('src/app.ts', 'app 2')
    await expect(buildIfChanged(root, () => Promise.reject(new Error('a syntax error')))).rejects.toThrow('a syntax error')
    expect(await builtBy()).toBe(1)
  })

  test('again if another process wrote other assets since', async () => {
    write('dist/assets/page.html', 'the page of another branch')
    expect(await builtBy()).toBe(1)
  })
})

test('the command writes what a page needs, and nothing the second time', async () => {
  for (const name of ['src', 'packages/client/src', 'packages/client/package.json', 'package.json', 'tsconfig.json'])
    cpSync(join(project, name), path(name), { recursive: true })
  symlinkSync(join(project, 'node_modules'), path('node_modules'))
  const build = (variables: Readonly<Record<string, string>> = {}) =>
    promisify(execFile)(process.execPath, ['-r', './src/cli/preflight.cjs', 'src/cli/build-assets.ts'], {
      cwd: root,
      env: { ...process.env, NODE_COMPILE_CACHE: join(project, '.wrangler/compile-cache'), ...variables },
    })
  const withoutBundler = { ESBUILD_BINARY_PATH: path('package.json') }
  await build()
  const record: { readonly assets: Readonly<Record<string, string>> } = JSON.parse(readFileSync(path('dist/assets-built.json'), 'utf8'))
  for (const file of ['console/assets/console.js', 'docs/assets/recovery.html', 'reference/pages/support.html', '_headers'])
    expect(record.assets).toHaveProperty([`dist/assets/${file}`])
  for (const [file, digest] of Object.entries(record.assets)) expect([file, digestOf(readFileSync(path(file)))]).toEqual([file, digest])

  await build(withoutBundler)
  rmSync(path('dist/assets/reference/pages/support.html'))
  await expect(build(withoutBundler)).rejects.toThrow('EACCES')
})
