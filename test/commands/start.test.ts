import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listeningFrom } from '../../src/cli/dev/arguments.ts'
import { createOutputFilter } from '../../src/cli/dev/output.ts'
import { startBlock } from '../../src/cli/dev/start-block.ts'
import { isPortInUse } from '../../src/cli/ports.ts'
import preflight from '../../src/cli/preflight.cjs'
import { ensureDevSecret, secretFromEnvironment } from '../../src/cli/secret.ts'
import { cleanWorkerRegistry } from '../../src/cli/state.ts'

/** What the commands check before they start anything. No test here starts a server. */

const root = join(import.meta.dirname, '../..')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-start-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const listen = (host: string) => {
  const server = createServer()
  return new Promise<{ readonly port: number; close(): void }>((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, host, () => resolve({ port: Number(Object(server.address()).port), close: () => void server.close() }))
  })
}

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

  test('keeps compiled code, in the folder of the environment if it names one', () => {
    const cacheOf = (variables: object) => {
      const args = ['-r', join(root, 'src/cli/preflight.cjs'), '-p', "require('node:module').getCompileCacheDir()"]
      return spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, NODE_COMPILE_CACHE: undefined, ...variables } })
        .stdout
    }
    expect(cacheOf({})).toContain(join(root, '.wrangler/compile-cache'))
    expect(cacheOf({ NODE_COMPILE_CACHE: join(folder, 'compiled') })).toContain(join(folder, 'compiled'))
  })

  test('strips the types of a file once, and again after the file has changed', () => {
    const project = join(folder, 'project')
    mkdirSync(join(project, 'src/cli'), { recursive: true })
    mkdirSync(join(project, 'node_modules/wrangler'), { recursive: true })
    writeFileSync(join(project, 'node_modules/wrangler/package.json'), '{}')
    writeFileSync(join(project, 'package.json'), '{"type":"module"}')
    for (const name of ['preflight.cjs', 'module-hooks.cjs']) copyFileSync(join(root, 'src/cli', name), join(project, 'src/cli', name))
    writeFileSync(join(project, 'src/value.ts'), "export const value: string = 'first'\n")
    writeFileSync(join(project, 'src/print.ts'), "import { value } from './value.ts'\nconsole.log(value as string)\n")
    const cache = join(folder, 'kept')
    const print = (NODE_COMPILE_CACHE = cache) => {
      const options = { cwd: project, encoding: 'utf8', env: { ...process.env, NODE_COMPILE_CACHE } } as const
      return spawnSync(process.execPath, ['-r', './src/cli/preflight.cjs', 'src/print.ts'], options).stdout
    }
    const kept = () =>
      readdirSync(join(cache, `stripped-${process.version}`)).map((name) => join(cache, `stripped-${process.version}`, name))
    expect(print()).toBe('first\n')
    expect(kept()).toHaveLength(2)
    // The kept file is what runs.
    for (const file of kept()) writeFileSync(file, readFileSync(file, 'utf8').replace('first', 'kept'))
    expect(print()).toBe('kept\n')
    writeFileSync(join(project, 'src/value.ts'), "export const value: string = 'second'\n")
    expect(print()).toBe('second\n')
    // A folder that cannot be created.
    expect(print(join(project, 'package.json'))).toBe('second\n')
  })

  test('is not prevented by an option that an old Node does not know', () => {
    const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const first = Object.values(scripts).flatMap((script) => /^node (.*?)\S+\.\w+(?: |$)/.exec(script)?.[1]?.trim() ?? [])
    // V8 has had these limits of the heap since before Node 4.
    expect(new Set(first)).toEqual(new Set(['', '-r', '--max-semi-space-size=1 --max-old-space-size=128 -r']))
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

describe('the secret', () => {
  const file = (content: string): string => {
    const path = join(folder, 'dev.vars')
    writeFileSync(path, content)
    return path
  }
  const LONG = 'a secret of more than 32 characters'

  test('is created if there is none, beside the other variables, and readable by its owner only', () => {
    const path = file('TOKEN_DAYS=2')
    expect(ensureDevSecret(path)).toBe(true)
    expect(readFileSync(path, 'utf8')).toMatch(/^TOKEN_DAYS=2\nJWT_SECRET=[\w-]{64}\n$/)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(ensureDevSecret(path)).toBe(false)
  })

  test.each([[LONG], [`"${LONG}"`], [`'${LONG}'`]])('is kept: JWT_SECRET=%s', (value) => {
    const content = `JWT_SECRET=${value}\nTOKEN_DAYS=2\n`
    const path = file(content)
    expect(ensureDevSecret(path)).toBe(false)
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  test.each([['short'], [`"${'x'.repeat(31)}"`], ['']])('is refused and not replaced if it is too short: JWT_SECRET=%s', (value) => {
    const content = `JWT_SECRET=${value}\nTOKEN_DAYS=2\n`
    const path = file(content)
    expect(() => ensureDevSecret(path)).toThrow(/^The JWT_SECRET in \.dev\.vars has \d+ characters, and 32 are the minimum\./)
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  test('of the environment is held to the same', () => {
    expect(secretFromEnvironment({})).toBeNull()
    expect(secretFromEnvironment({ JWT_SECRET: LONG })).toBe(LONG)
    expect(() => secretFromEnvironment({ JWT_SECRET: 'short' })).toThrow(/^The JWT_SECRET in the environment has 5 characters/)
  })
})

describe('where the server listens', () => {
  test.each([
    [[], { port: 8787, host: 'localhost', origin: 'http://localhost:8787' }],
    [['--port', '9000'], { port: 9000, host: 'localhost', origin: 'http://localhost:9000' }],
    [['--port=9000', '--ip', '0.0.0.0'], { port: 9000, host: '0.0.0.0', origin: 'http://localhost:9000' }],
    [['--ip', '::1', '--local-protocol', 'https'], { port: 8787, host: '::1', origin: 'https://[::1]:8787' }],
  ])('%j', (args, expected) => {
    expect(listeningFrom(args)).toEqual(expected)
  })

  test.each(['0', '65536', 'x', '-1', ''])('--port=%s is refused', (port) => {
    expect(() => listeningFrom([`--port=${port}`])).toThrow('--port must be a number from 1 to 65535')
  })

  test('a port is in use if any address of localhost is', async () => {
    const server = await listen('127.0.0.1')
    expect(await isPortInUse(server.port, 'localhost')).toBe(true)
    expect(await isPortInUse(server.port, '127.0.0.1')).toBe(true)
    server.close()
    expect(await isPortInUse(server.port, 'localhost')).toBe(false)
  })
})

test('the registry keeps the name of a Worker that runs, and loses those of killed ones', async () => {
  const registry = join(folder, 'registry')
  mkdirSync(registry)
  const running = await listen('127.0.0.1')
  const killed = await listen('127.0.0.1')
  killed.close()
  writeFileSync(join(registry, 'killed'), JSON.stringify({ debugPortAddress: `127.0.0.1:${killed.port}` }, null, 2))
  expect(await cleanWorkerRegistry({ folder })).toBe(false)
  const entry = JSON.stringify({ debugPortAddress: `127.0.0.1:${running.port}` }, null, 2)
  writeFileSync(join(registry, 'killed'), JSON.stringify({ debugPortAddress: `127.0.0.1:${killed.port}` }, null, 2))
  writeFileSync(join(registry, 'concord'), entry)
  expect(await cleanWorkerRegistry({ folder })).toBe(true)
  expect(existsSync(join(registry, 'killed'))).toBe(false)
  expect(readFileSync(join(registry, 'concord'), 'utf8')).toBe(entry)
  running.close()
})

describe('the output of npm run dev', () => {
  test('the start block names the pages, and the demo data only if there are no accounts', () => {
    const block = startBlock('http://localhost:9000', false)
    for (const path of ['/', '/docs', '/console', '/support', '/health']) expect(block).toContain(`  http://localhost:9000${path}\n`)
    expect(block).toContain('npm run seed')
    expect(startBlock('http://localhost:9000', true)).not.toContain('npm run seed')
  })

  test('one line is shown for each request, and every warning and error', () => {
    const isShown = createOutputFilter('own-request')
    const line = (id: string) => `{"method":"GET","route":"/health","status":200,"request_id":"${id}"}`
    expect(
      [
        line('own-request'),
        '[wrangler:info] GET /health 200 OK (13ms)',
        line('another'),
        '',
        '▲ [WARNING] Scheduled Workers are not automatically triggered during local development.',
        '  For more details, see https://developers.cloudflare.com/workers/configuration/cron-triggers/#test-cron-triggers-locally',
        '▲ [WARNING] something else',
        '✘ [ERROR] Build failed with 1 error:',
      ].filter(isShown),
    ).toEqual([line('another'), '▲ [WARNING] something else', '✘ [ERROR] Build failed with 1 error:'])
  })
})
