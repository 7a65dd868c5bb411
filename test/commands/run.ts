import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The commands of package.json, run as somebody at a terminal runs them, on a database of their own. */

const root = join(import.meta.dirname, '../..')

export const fresh = (): { readonly folder: string; remove(): void } => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

interface Ended {
  readonly code: number
  readonly out: string
}

export const run = (script: string, given: readonly string[], typed = ''): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '-s', script, '--', ...given], { cwd: root })
    let out = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (out += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, out }))
    child.stdin.end(typed)
  })

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })

export interface Running {
  readonly origin: string
  readonly out: () => string
  /** As a power cut would: everything at once, nothing asked. */
  kill(): Promise<void>
}

/** `npm run dev`, up to its first answer. A port is given where a page is open on it. */
export const serve = async (folder: string, given?: number): Promise<Running> => {
  const port = given ?? (await freePort())
  const inspector = await freePort()
  const child = spawn('npm', ['run', '-s', 'dev', '--', '--port', `${port}`, '--inspector-port', `${inspector}`, '--persist-to', folder], {
    cwd: root,
    detached: true, // a process group of its own, so that all of it can be killed
  })
  let out = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  child.stderr.on('data', (chunk) => (out += chunk))
  const origin = `http://127.0.0.1:${port}`
  await answering(origin, child, () => out)
  return { origin, out: () => out, kill: () => killGroup(child) }
}

const answering = async (origin: string, child: ChildProcess, out: () => string): Promise<void> => {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`npm run dev ended: ${out()}`)
    const answered = await fetch(`${origin}/health`).catch(() => null)
    if (answered?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`npm run dev does not answer: ${out()}`)
}

const killGroup = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.pid === undefined || child.exitCode !== null) return resolve()
    child.on('close', () => resolve())
    process.kill(-child.pid, 'SIGKILL')
  })
