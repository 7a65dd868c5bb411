import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { ensureDevSecret } from '../../src/cli/secret.ts'
import { createState, listen, type Running, serve, WITHOUT_LOGIN_DELAYS } from './run.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The address that test/commands/shared.ts asks. */
    readonly shared: string
  }
}

const root = join(import.meta.dirname, '../..')

const createDatabase = async (folder: string): Promise<void> => {
  const program = join(import.meta.dirname, 'create-database.ts')
  await promisify(execFile)(process.execPath, ['-r', join(root, 'src/cli/preflight.cjs'), program, folder], { cwd: root })
}

const once = <T>(create: () => Promise<T>): (() => Promise<T>) => {
  let created: Promise<T> | undefined
  return () => {
    created ??= create()
    return created
  }
}

/**
 * Runs once before all tests that start servers. On a fresh clone, servers that start at the same time would each create a secret.
 * What many tests use is created when the first of them asks for it: one server, and one empty database to copy.
 */
export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  ensureDevSecret(join(root, '.dev.vars'))
  const database = createState()
  const state = createState()
  let running: Running | undefined
  const preparedFolder = once(async () => {
    await createDatabase(database.folder)
    return database.folder
  })
  const origin = once(async () => {
    cpSync(await preparedFolder(), state.folder, { recursive: true })
    running = await serve(state.folder, undefined, WITHOUT_LOGIN_DELAYS)
    return running.origin
  })
  const shared: Readonly<Record<string, () => Promise<string>>> = { '/database': preparedFolder, '/server': origin }
  const broker = createServer(async (request, response) => {
    await (shared[request.url ?? ''] ?? (() => Promise.reject(new Error(`nothing is shared as ${request.url}`))))().then(
      (value) => response.end(value),
      (error) => response.writeHead(500).end(String(error)),
    )
  })
  provide('shared', await listen(broker))
  return async () => {
    broker.close()
    await running?.kill()
    state.remove()
    database.remove()
  }
}
