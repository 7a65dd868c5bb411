import { type ChildProcess, type ChildProcessWithoutNullStreams, type SpawnOptionsWithoutStdio, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs the commands of package.json like a person at a terminal, with a separate database. */

const root = join(import.meta.dirname, '../..')

export const createState = (): { readonly folder: string; remove(): void } => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The file of the local database. */
export const databaseFile = (folder: string): string => {
  const databases = join(folder, 'v3/d1/miniflare-D1DatabaseObject')
  return join(databases, readdirSync(databases).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)) ?? 'no database')
}

interface Exited {
  readonly code: number
  readonly out: string
}

const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Runs a script of package.json as `npm run` does, but without the process of npm, which takes as long as a short command. */
const spawnScript = (name: string, args: readonly string[], options: SpawnOptionsWithoutStdio = {}): ChildProcessWithoutNullStreams => {
  const [program, file = '', ...more] = scripts[name]?.split(' ') ?? []
  if (program !== 'node') throw new Error(`package.json has no script ${name} that runs node`)
  return spawn(process.execPath, [file, ...more, ...args], { cwd: root, ...options })
}

export const run = (
  script: string,
  args: readonly string[],
  input = '',
  onOutput: (out: string) => void = () => undefined,
): Promise<Exited> =>
  new Promise((resolve, reject) => {
    const child = spawnScript(script, args)
    let out = ''
    const append = (chunk: unknown): void => {
      out += chunk
      onOutput(out)
    }
    child.stdout.on('data', append)
    child.stderr.on('data', append)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, out }))
    child.stdin.end(input)
  })

/** Lets a server listen on a free port of this machine, and returns its address. */
export const listen = (server: Server): Promise<string> =>
  new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address && typeof address === 'object') resolve(`http://127.0.0.1:${address.port}`)
      else reject(new Error('no free port'))
    })
  })

const freePort = async (): Promise<number> => {
  const server = createServer()
  const { port } = new URL(await listen(server))
  await new Promise((resolve) => server.close(resolve))
  return Number(port)
}

/** For a server whose response times are not the subject: a failed log-in takes two seconds otherwise. */
export const WITHOUT_LOGIN_DELAYS = { LOGIN_SLOWDOWN_MS: '0', LOGIN_FAILURE_RESPONSE_MS: '0' } as const

export interface Running {
  readonly origin: string
  readonly out: () => string
  /** Kills all processes immediately with SIGKILL, like a power failure. */
  kill(): Promise<void>
  /** Stops all processes without closing their connections, like a dead line. */
  pause(): void
  resume(): void
}

/**
 * Starts `npm run dev` and waits for its first response. A test passes a fixed port if an open page must reconnect to it, and the
 * settings that it needs.
 */
export const serve = async (folder: string, fixedPort?: number, settings: Readonly<Record<string, string>> = {}): Promise<Running> => {
  const port = fixedPort ?? (await freePort())
  const inspector = await freePort()
  const variables = Object.entries(settings).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  const child = spawnScript('dev', ['--port', `${port}`, '--inspector-port', `${inspector}`, '--persist-to', folder, ...variables], {
    detached: true, // a separate process group, so that all its processes can be killed
  })
  let out = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  child.stderr.on('data', (chunk) => (out += chunk))
  const origin = `http://127.0.0.1:${port}`
  await waitForHealth(origin, child, () => out)
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    if (child.pid !== undefined) process.kill(-child.pid, name)
  }
  return { origin, out: () => out, kill: () => killGroup(child), pause: () => signal('SIGSTOP'), resume: () => signal('SIGCONT') }
}

const waitForHealth = async (origin: string, child: ChildProcess, out: () => string): Promise<void> => {
  for (let attempt = 0; attempt < 1200; attempt++) {
    if (child.exitCode !== null) throw new Error(`npm run dev ended: ${out()}`)
    const response = await fetch(`${origin}/health`).catch(() => null)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`npm run dev does not respond: ${out()}`)
}

const killGroup = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.pid === undefined || child.exitCode !== null) return resolve()
    child.on('close', () => resolve())
    process.kill(-child.pid, 'SIGKILL')
  })
