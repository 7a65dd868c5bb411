import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createDataset, type Dataset, SECRET, type WritableDatabase } from './dataset.ts'
import { cpuOf, residentBytes } from './processes.ts'
import type { Served } from './runtime.ts'

interface NodeServer extends Served {
  readonly dataset: Dataset
  close(): Promise<void>
}

const writable = (database: DatabaseSync): WritableDatabase => ({
  prepare: (text) => {
    const statement = database.prepare(text)
    const bind = (...values: string[]) => ({ run: async () => statement.run(...values) })
    return { ...bind(), bind }
  },
})

const createDatabase = async (file: string, size: number): Promise<Dataset> => {
  const migrations = join(import.meta.dirname, '../../migrations')
  const database = new DatabaseSync(file)
  for (const name of readdirSync(migrations).sort()) database.exec(readFileSync(join(migrations, name), 'utf8'))
  const dataset = await createDataset(writable(database), size)
  database.close()
  return dataset
}

/** Starts `servers/node-server.ts` with its own database: one process, like `node server.js`. */
export const startNodeServer = async (size: number): Promise<NodeServer> => {
  const directory = mkdtempSync(join(tmpdir(), 'concord-bench-'))
  const file = join(directory, 'dataset.sqlite')
  const dataset = await createDatabase(file, size)
  const child = fork(join(import.meta.dirname, 'servers/node-server.ts'), {
    env: { ...process.env, NODE_ENV: 'production', DATABASE: file, JWT_SECRET: SECRET },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const exited = once(child, 'exit').then(() => rmSync(directory, { recursive: true }))
  const [port] = await Promise.race([once(child, 'message'), exited.then(() => Promise.reject(new Error('the Node server did not start')))])
  return {
    target: { host: '127.0.0.1', port: Number(port), worker: null },
    dataset,
    cpuMs: () => cpuOf(child.pid ?? 0),
    residentBytes: () => residentBytes(child.pid ?? 0),
    close: async () => {
      child.kill()
      await exited
    },
  }
}
