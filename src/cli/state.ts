import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { accepts } from './ports.ts'
import { root } from './wrangler.ts'

export interface State {
  readonly folder: string
  /** The arguments with which wrangler uses this folder. */
  readonly arguments: readonly string[]
}

/** The folder of the local database and other local state: `--persist-to <folder>`, or wrangler's default. */
export const stateFrom = (folder: string | undefined): State => {
  const stateFolder = folder === undefined ? join(root, '.wrangler/state') : resolve(folder)
  // Running Workers find each other by name in a registry. Each database has its own registry, so that a command finds the
  // Worker that serves this database, and not another Worker of the same name.
  process.env.WRANGLER_REGISTRY_PATH = join(stateFolder, 'registry')
  return { folder: stateFolder, arguments: ['--persist-to', stateFolder] }
}

/** The address in a registry entry, on which the Worker's process listens; null for anything else in the folder. */
const addressIn = (entry: string): { readonly host: string; readonly port: number } | null => {
  const [, host, port] = /"debugPortAddress":\s*"([^":]+):(\d+)"/.exec(entry) ?? []
  return host && port ? { host, port: Number(port) } : null
}

/**
 * Call this before a Worker starts. A Worker that was killed leaves its name in the registry, and then the next Worker of
 * that name would not be found: such names are removed. Returns whether a Worker on this state is running; its name stays.
 */
export const cleanWorkerRegistry = async ({ folder }: Pick<State, 'folder'>): Promise<boolean> => {
  const registry = join(folder, 'registry')
  let isRunning = false
  for (const name of existsSync(registry) ? readdirSync(registry) : []) {
    const file = join(registry, name)
    const address = addressIn(readFileSync(file, 'utf8'))
    if (address && (await accepts(address.host, address.port))) isRunning = true
    else rmSync(file, { force: true })
  }
  return isRunning
}
