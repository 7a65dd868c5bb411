import { createServer } from 'node:http'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { ensureDevSecret } from '../../src/cli/secret.ts'
import { createState, listen, type Running, serve, WITHOUT_LOGIN_DELAYS } from './run.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The address that `sharedServer` asks. */
    readonly sharedServer: string
  }
}

/**
 * Runs once before all command tests. On a fresh clone, servers that start at the same time would each create a secret. Tests
 * that only send requests share one server, which starts when the first of them asks for it.
 */
export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  ensureDevSecret(join(import.meta.dirname, '../../.dev.vars'))
  const state = createState()
  let running: Promise<Running> | undefined
  const broker = createServer(async (_request, response) => {
    running ??= serve(state.folder, undefined, WITHOUT_LOGIN_DELAYS)
    await running.then(
      ({ origin }) => response.end(origin),
      (error) => response.writeHead(500).end(String(error)),
    )
  })
  provide('sharedServer', await listen(broker))
  return async () => {
    broker.close()
    await running?.then((server) => server.kill()).catch(() => undefined)
    state.remove()
  }
}
