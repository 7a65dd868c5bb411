import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { cpuOf, type Target } from './runtime.ts'
import { type Fillable, SECRET, settle, type Town } from './town.ts'

interface NodeSide {
  readonly target: Target
  readonly town: Town
  /** Milliseconds that the server's process has computed so far, all threads of it. */
  cpuMs(): number
  close(): Promise<void>
}

const fillable = (database: DatabaseSync): Fillable => ({
  prepare: (text) => {
    const statement = database.prepare(text)
    const bind = (...values: string[]) => ({ run: async () => statement.run(...values) })
    return { ...bind(), bind }
  },
})

const fill = async (file: string, size: number): Promise<Town> => {
  const migrations = join(import.meta.dirname, '../../migrations')
  const database = new DatabaseSync(file)
  for (const name of readdirSync(migrations).sort()) database.exec(readFileSync(join(migrations, name), 'utf8'))
  const town = await settle(fillable(database), size)
  database.close()
  return town
}

/** The server of `sides/node-server.ts` over a town of its own: one process, as `node server.js` would be. */
export const startNodeServer = async (size: number): Promise<NodeSide> => {
  const directory = mkdtempSync(join(tmpdir(), 'concord-bench-'))
  const file = join(directory, 'town.sqlite')
  const town = await fill(file, size)
  const child = fork(join(import.meta.dirname, 'sides/node-server.ts'), {
    env: { ...process.env, NODE_ENV: 'production', DATABASE: file, JWT_SECRET: SECRET },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const gone = once(child, 'exit').then(() => rmSync(directory, { recursive: true }))
  const [port] = await Promise.race([once(child, 'message'), gone.then(() => Promise.reject(new Error('the Node server did not start')))])
  return {
    target: { host: '127.0.0.1', port: Number(port), worker: null },
    town,
    cpuMs: () => cpuOf(child.pid ?? 0),
    close: async () => {
      child.kill()
      await gone
    },
  }
}
