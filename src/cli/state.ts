import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root } from './wrangler.ts'

/** The folder of the local database and other local state: `--persist-to <folder>`, or wrangler's default. */
export const stateFrom = (folder: string | undefined): { readonly folder: string; readonly arguments: readonly string[] } => {
  const stateFolder = folder === undefined ? join(root, '.wrangler/state') : resolve(folder)
  // Running Workers find each other by name in a registry. Each database has its own registry, so that a command finds the
  // Worker that serves this database, and not another Worker of the same name.
  process.env.WRANGLER_REGISTRY_PATH = join(stateFolder, 'registry')
  return { folder: stateFolder, arguments: ['--persist-to', stateFolder] }
}

/**
 * Call this before a Worker starts. A Worker that was killed leaves its name in the registry, and then the next Worker of
 * that name would not be found.
 */
export const clearWorkerRegistry = (state: { readonly folder: string }): void =>
  rmSync(join(state.folder, 'registry'), { recursive: true, force: true })

/** The value of one option among arguments that another program parses. */
export const optionIn = (args: readonly string[], name: string): string | undefined => {
  const index = args.findIndex((argument) => argument === name || argument.startsWith(`${name}=`))
  return index < 0 ? undefined : args[index]?.includes('=') ? args[index]?.split('=')[1] : args[index + 1]
}
